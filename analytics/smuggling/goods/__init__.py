"""Goods in words: the code that a description suggests."""
