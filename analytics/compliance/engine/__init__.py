"""Statistics of the random compliance sample: design, gap, rates, double inspection, planner."""
