"""The price level with its interval, contributions, sensitivity and course over time."""
