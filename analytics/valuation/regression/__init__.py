"""Unit values explained by goods, groups and enterprises: robust and mixed models."""
