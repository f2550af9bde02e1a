"""A fitted model compiled to arrays and look-ups: one line in milliseconds, the same scores."""
