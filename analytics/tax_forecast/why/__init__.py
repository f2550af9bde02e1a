"""Why receipts changed: factors, goods and enterprises behind a difference, and what a plan asks of each part."""
