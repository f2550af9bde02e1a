"""126 series (42 districts x 3 items) with 1,000 paths each: time on this machine.

The series are made up: a common cycle, own growth and season, noise; 16 years of months.
Run from the project's root:  .venv/bin/python benchmarks/tax_forecast/many_series.py
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd

from analytics.tax_forecast import forecast_year

DISTRICTS, ITEMS, PATHS = 42, 3, 1000


def receipts(seed: int = 7) -> pd.DataFrame:
    """Make receipts by district and item."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2010-01-01", "2025-06-01", freq="MS")
    time_ = np.arange(len(months))
    cycle = np.cumsum(rng.normal(0, 0.01, len(months)))
    parts = []
    for district in range(DISTRICTS):
        for item in range(ITEMS):
            season = rng.normal(0, 0.1, 12)[time_ % 12]
            level = rng.uniform(2, 8) + rng.normal(0.04, 0.03) * time_ / 12 + cycle
            y = np.exp(level + season + rng.normal(0, 0.1, len(months)))
            name = {"unique_id": f"{item}/{district}", "tax_item": f"item {item}", "district": f"district {district}"}
            parts.append(pd.DataFrame({"ds": months, "y": y, "unit": "CNY million", **name}))
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Forecast and print wall time, CPU time and coherence."""
    frame = receipts()
    wall, cpu = time.perf_counter(), time.process_time()
    year = forecast_year(frame, 2025, "2025-06", paths=PATHS)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    gap = np.abs(np.sum(list(year.leaf_paths.values()), axis=0) / year.paths - 1).max()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(year.leaf_paths)} series x {PATHS} paths: {wall:.1f} s wall, {cpu:.1f} s CPU, {memory:.1f} GiB")
    print(f"largest relative gap between the parts and the total on any path: {gap:.1e}")


if __name__ == "__main__":
    main()
