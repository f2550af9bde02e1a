"""The indicators that can be computed, each from the table that holds its cases."""
