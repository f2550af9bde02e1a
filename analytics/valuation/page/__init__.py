"""What the page of a price level shows and says."""
