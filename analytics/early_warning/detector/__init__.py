"""The detector: what a month says against each series' own past, ten thousand series at a time."""
