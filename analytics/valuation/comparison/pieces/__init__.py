"""Lines in pieces of whole chapters, each read as codes, aligned, added up to cells and compared on its own."""
