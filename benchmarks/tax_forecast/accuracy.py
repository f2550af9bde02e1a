"""Error of the annual total by months known, its intervals and chances: the table of docs/tax_forecast.md.

Run from the project's root:  ANALYTICS_DATA=... .venv/bin/python benchmarks/tax_forecast/accuracy.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from series import Case, cases

from analytics.tax_forecast.record.shifts import record_as_settled

MONTHS = (0, 2, 3, 6, 9)
WIDTHS = (0.7, 0.85, 1.0, 1.2, 1.5)


def judged(case: Case) -> pd.DataFrame:
    """Forecasts of a case at every origin, one row a year and number of known months."""
    parts = []
    for months in MONTHS:
        rows = record_as_settled(case.panel, range(case.first, case.last + 1), months, case.setting)
        parts.append(rows.reset_index().assign(months_known=months, case=case.name))
    table = pd.concat(parts, ignore_index=True)
    table["error"] = (table["forecast"] / table["actual"] - 1).abs()
    return table


def held(table: pd.DataFrame, level: str, stretch: float = 1.0) -> float:
    """Share of years whose outturn lies in the interval, stretched in logs."""
    half = stretch * np.log(table[f"high{level}"] / table["forecast"])
    return float((np.log(table["actual"] / table["forecast"]).abs() <= half).mean())


def main() -> None:
    """Print the tables."""
    everything = []
    for case in cases():
        table = judged(case)
        everything.append(table)
        print(f"\n{case.name}, {case.first}-{case.last}")
        print("| months known | mean error % | within 5 % | chance given | 80 % held | 95 % held | 80 % width |")
        for months, rows in table.groupby("months_known"):
            width = ((rows["high80"] - rows["low80"]) / rows["actual"]).mean()
            print(
                f"| {months} | {100 * rows['error'].mean():.2f} | {(rows['error'] <= 0.05).sum()} of {len(rows)} | "
                f"{rows['p_within_5pct'].mean():.2f} | {held(rows, '80'):.2f} | {held(rows, '95'):.2f} | "
                f"{100 * width:.1f} % |",
                flush=True,
            )
    print("\nWhat a narrower or wider 80 % interval would hold")
    chosen = pd.concat([everything[0], everything[4], everything[5]])
    for stretch in WIDTHS:
        by_case = {name: held(rows, "80", stretch) for name, rows in chosen.groupby("case", sort=False)}
        shown = ", ".join(f"{name} {share:.2f}" for name, share in by_case.items())
        print(f"| x {stretch} | {held(chosen, '80', stretch):.2f} | {shown} |")


if __name__ == "__main__":
    main()
