"""Release times: same-day rates, quantiles with open cases, and what an examination costs."""
