"""Error of the annual total by months known, its intervals, chances and scores: the tables of docs/tax_forecast.md.

Run from the project's root:  ANALYTICS_DATA=... .venv/bin/python benchmarks/tax_forecast/accuracy.py [WORD ...]
With words, only the cases whose names hold one of them.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from series import Case, cases

from analytics.tax_forecast.record.scores import brier, scored, transform
from analytics.tax_forecast.record.shifts import record_as_settled

MONTHS = (0, 2, 3, 6, 9)
POOLED = ("China: VAT cuts, oil", "Brazil, total", "US duties", "Bangladesh, fiscal years")


def judged(case: Case) -> pd.DataFrame:
    """Forecasts of a case at every origin, one row a year and number of known months."""
    years = range(case.first, case.last + 1)
    rows = [record_as_settled(case.panel, years, k, case.setting).reset_index().assign(months=k) for k in MONTHS]
    return pd.concat(rows, ignore_index=True).assign(case=case.name)


def line(name: str, rows: pd.DataFrame) -> str:
    """One line of the table."""
    s = scored(rows)
    hits = round(s["within"] * s["years"])
    shares = f"{s['chance']:.2f} | {s['covered80']:.2f} | {s['covered95']:.2f} | {100 * s['width80']:.1f} %"
    scores = f"{100 * s['interval_score80']:.1f} | {100 * s['crps']:.2f} | {s['brier']:.3f}"
    return f"| {name} | {100 * s['mean_error']:.2f} | {hits} of {s['years']:.0f} | {shares} | {scores} |"


def fifths(table: pd.DataFrame) -> None:
    """Print chances said and happened in every fifth of the origins, and the spread of the integral transform."""
    table = table.assign(hit=(table["forecast"] / table["actual"] - 1).abs() <= 0.05)
    table["fifth"] = pd.qcut(table["p_within_5pct"].rank(method="first"), 5, labels=False)
    for _, group in table.groupby("fifth"):
        print(f"said {group['p_within_5pct'].mean():.2f}, happened {group['hit'].mean():.2f} (n {len(group)})")
    found = transform(*(table[c].to_numpy(dtype=float) for c in ("actual", "forecast", "scale", "freedom")))
    shares = np.histogram(found, bins=5, range=(0, 1))[0] / len(found)
    print("integral transform by fifths:", ", ".join(f"{s:.2f}" for s in shares))
    print(f"Brier over all origins {brier(table['p_within_5pct'].to_numpy(), table['hit'].to_numpy()):.3f}")


def main() -> None:
    """Print the tables."""
    words, everything = sys.argv[1:], []
    print("| months | mean error % | within 5 % | chance | 80 % held | 95 % held | width | score 80 | CRPS | Brier |")
    for case in (c for c in cases() if not words or any(w in c.name for w in words)):
        table = judged(case)
        everything.append(table)
        print(f"\n{case.name}, {case.first}-{case.last}")
        for months, rows in table.groupby("months"):
            print(line(str(months), rows), flush=True)
        print(line("all", table), flush=True)
    pooled = [t for t in everything if t["case"].iloc[0] in POOLED]
    if len(pooled) == len(POOLED):
        means = pd.DataFrame([scored(t) for t in pooled]).mean()
        print("\nMean of", ", ".join(POOLED))
        print(means.round(4).to_string())
        fifths(pd.concat(pooled))


if __name__ == "__main__":
    main()
