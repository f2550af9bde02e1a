"""Intervals of the sizes told: how often they hold the true size, plain and allowing for selection.

python benchmarks/early_warning/intervals.py [first seed] [panels]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from operating import thresholds, watched
from panels import Spec, simulate

from analytics.early_warning.alarms.selected import given_told
from analytics.statistics import NORMAL95


def told(seed: int) -> pd.DataFrame:
    """Alarms of the right sign on planted changes: shifts told within four months, jumps in their month."""
    panel, limits = simulate(Spec(), seed), thresholds()["one in 5 years"]
    reading = watched(panel).reading
    shifted, jumped = limits.shifted(reading), limits.jumped(reading)
    rows = []
    for e in panel.events[panel.events.kind.isin(["shift", "outlier"])].itertuples():
        first = e.month + np.flatnonzero(shifted[e.month : e.month + 4, e.series])
        if e.kind == "shift" and len(first):
            at = (first[0], e.series)
            rows.append(("shift", np.log1p(e.size), reading.size[at], reading.error[at]))
        if jumped[e.month, e.series]:
            at = (e.month, e.series)
            rows.append(("jump", np.log1p(e.size), reading.deviation[at], reading.spread[at]))
    table = pd.DataFrame(rows, columns=["kind", "truth", "size", "error"]).astype({"size": float, "error": float})
    return table[np.sign(table["size"]) == np.sign(table["truth"])]


def main() -> None:
    """Print cover and how far sizes lie above the truth, in standard errors."""
    first, count = (int(a) for a in (sys.argv[1:] + ["706", "3"])[:2])
    table = pd.concat([told(seed) for seed in range(first, first + count)], ignore_index=True)
    truth, size, error = (table[c].to_numpy() for c in ("truth", "size", "error"))
    middle, low, high = given_told(size, error, (table["kind"] == "shift").to_numpy())
    table["plain"] = np.abs(size - truth) <= NORMAL95 * error
    table["given told"] = (low <= truth) & (truth <= high)
    table["too large, plain"] = (np.abs(size) - np.abs(truth)) / error
    table["too large, given told"] = (np.abs(middle) - np.abs(truth)) / error
    shown = ["plain", "given told"]
    print(table.groupby("kind")[shown].mean().round(3), table.groupby("kind").size())
    print(table.groupby("kind")[["too large, plain", "too large, given told"]].median().round(2))


if __name__ == "__main__":
    main()
