"""What a selection would have found; leaks, drift and fairness."""
