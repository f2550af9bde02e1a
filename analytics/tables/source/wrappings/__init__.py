"""Files that hold a table in another wrapping: archives, JSON, the keys of Eurostat's tables."""
