"""Receipts by day or ten days: what the days known within a month say of it, and of the year."""
