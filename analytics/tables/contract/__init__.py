"""What a table must hold, and the account of its rows."""
