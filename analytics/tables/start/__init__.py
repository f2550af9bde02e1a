"""A first column map for a file that nobody has described yet."""
