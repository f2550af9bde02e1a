"""What can hardly be meant: figures a thousand times off, per cents read as shares, totals beside their parts."""
