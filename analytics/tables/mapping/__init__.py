"""Column maps: how a source in another shape becomes a table of the contract."""
