"""From evidence to alarms: thresholds, kinds, the month's list and the ledger."""
