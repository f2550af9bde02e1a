"""Receipts, periods, calendars, drivers and policy events as a forecast takes them."""
