"""The page's head: verdict, tiles, and the sentences under them."""
