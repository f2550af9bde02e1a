"""Parts of the page that rest on more than one forecast, and what follows from them."""
