"""From an estimate to a verdict: posterior, grades, decision."""
