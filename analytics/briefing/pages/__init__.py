"""Pages: from an executed notebook to one file, the index of all, the page of a set that failed."""
