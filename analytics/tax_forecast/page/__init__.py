"""What the page of a forecast shows and says."""
