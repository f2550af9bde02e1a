"""What a page looks like: theme, fonts, drawings, grids, words."""
