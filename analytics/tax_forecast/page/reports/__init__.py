"""Parts of the page that rest on more than one forecast: the record, evaluation, causes."""
