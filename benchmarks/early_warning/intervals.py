"""Intervals of the sizes told: how often they hold the true size, plain and given that the change was told.

python benchmarks/early_warning/intervals.py [first seed] [panels]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from operating import thresholds, watched
from panels import Spec, simulate

from analytics.early_warning.alarms.selected import given_told, line_of_shift
from analytics.statistics import NORMAL95


def main() -> None:
    """Print cover and mean error by noise and by how near to the line, shifts told within four months of their "
    "start."""
    first, count = (int(a) for a in (sys.argv[1:] + ["701", "3"])[:2])
    limits = thresholds()["one in 5 years"]
    rows = []
    for seed in range(first, first + count):
        panel = simulate(Spec(), seed)
        reading = watched(panel).reading
        told, (_, line) = limits.shifted(reading), limits.lines(reading)
        for e in panel.events[panel.events.kind == "shift"].itertuples():
            months = e.month + np.flatnonzero(told[e.month : e.month + 4, e.series])
            if not len(months):
                continue
            at = (months[0], e.series)
            size, error = np.array([float(reading.size[at])]), np.array([float(reading.error[at])])
            least = line_of_shift(size, reading.shift[at][None], line[at][None])
            middle, low, high = given_told(size, error, least)
            truth = np.log1p(e.size)
            rows.append({"margin": reading.shift[at] / line[at], "plain": abs(size[0] - truth) <= NORMAL95 * error[0],
                         "told": low[0] <= truth <= high[0], "too large, plain": abs(size[0]) - abs(truth),
                         "too large, told": np.sign(truth) * middle[0] - abs(truth)})  # fmt: skip
    table = pd.DataFrame(rows)
    near = pd.cut(table["margin"], [0, 1.5, 3, np.inf], labels=["near the line", "beyond", "far beyond"])
    print(table.groupby(near, observed=True).mean().round(3).to_string(), table.mean().round(3).to_dict(), len(table))


if __name__ == "__main__":
    main()
