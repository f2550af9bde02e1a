"""What the page of a risk selection shows and says."""
