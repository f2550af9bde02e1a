"""Where a table comes from: files, databases, what the package carries; text decoded, parsed, mapped."""
