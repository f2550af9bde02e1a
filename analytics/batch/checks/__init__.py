"""What can be checked of a briefing: where it came from, what changed since another run, whether it repeats."""
