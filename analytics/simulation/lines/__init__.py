"""Its declaration lines, block by block, column by column."""
