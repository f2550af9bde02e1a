"""How often a customs that treats all alike has somebody told: counts with few large enterprises at home in a district.

python benchmarks/early_warning/clean_counts.py [first seed] [seeds]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.special import expit

from analytics.early_warning.enforced import alike

DECISIONS = {"examined": (-2.6, 0.56), "documents": (-2.0, 0.56), "same_day": (1.5, 0.40)}
"""Log odds, and the standard deviation of enterprises' own."""


def clean(seed: int, lines: int = 30_000, enterprises: int = 700) -> pd.DataFrame:
    """Decisions that depend on goods and enterprises, and on nobody who decides."""
    rng = np.random.default_rng(seed)
    drawn = rng.zipf(1.6, 3 * lines)
    enterprise = drawn[drawn <= enterprises][:lines]
    n = len(enterprise)
    home = rng.integers(0, 12, enterprises + 1)
    district = np.where(rng.random(n) < 0.8, home[enterprise], rng.integers(0, 12, n))
    port = district * 4 + rng.integers(0, 4, n)
    goods = rng.integers(0, 30, n)
    made = {
        "district": district.astype(str),
        "port": port.astype(str),
        "officer_id": (port * 4 + rng.integers(0, 4, n)).astype(str),
        "enterprise": enterprise.astype(str),
        "goods": goods,
        "mode": rng.integers(0, 3, n),
    }
    own, of_goods = rng.normal(0, 1, enterprises + 1)[enterprise], rng.normal(0, 0.4, 30)[goods]
    for name, (base, spread) in DECISIONS.items():
        made[name] = (rng.random(n) < expit(base + of_goods + spread * own)).astype(float)
    return pd.DataFrame(made)


def told(rows: pd.DataFrame) -> tuple[int, int]:
    """Units told apart, and comparisons made."""
    made = [
        alike.funnel(rows, decision, unit, ["goods", "mode", *(["port"] if unit == "officer_id" else [])])
        for unit in ("district", "port", "officer_id")
        for decision in DECISIONS
    ]
    done = alike.apart(made)
    return sum(int(f.table["apart"].astype(bool).sum()) for f in done), sum(len(f.table) for f in done)


def main() -> None:
    """Print in how many customs anybody is told."""
    first, count = (int(a) for a in (sys.argv[1:] + ["100", "20"])[:2])
    found = [told(clean(seed)) for seed in range(first, first + count)]
    print("somebody told in", sum(n > 0 for n, _ in found), "of", count, "with about", found[0][1], "comparisons each")


if __name__ == "__main__":
    main()
