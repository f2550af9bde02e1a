"""Items and states of Brazil: how good the parts of a forecast are, and how wrong the worst one is.

Run from the project's root:  ANALYTICS_DATA=... .venv/bin/python benchmarks/tax_forecast/parts.py [MONTHS ...]
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from series import brazil_by_state

from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.leaves import leaf_medians
from analytics.tax_forecast.record.setting import Setting
from analytics.tax_forecast.record.shifts import record_as_settled
from analytics.tax_forecast.year.notes import changing

MONTHS = (0, 3, 6, 9)
YEARS = range(2006, 2025)
LEAST = 1e-4  # share of the total below which a part is passed over


def of_year(panel: Panel, year: int, months: int, total: float, setting: Setting) -> list[tuple[str, float, float]]:
    """Forecast and outturn of every part of a year, scaled to the total's forecast."""
    cut = panel.until(year, months)
    known = cut.total.known(months)
    received = float(cut.total.grid[-1, :known].sum())
    before = float(cut.total.grid[-2, known:].sum())
    medians = leaf_medians(cut, year, months, setting, (total - received) / before)
    sums = {name: float(rest.sum()) for name, rest in medians.items()}
    scale = (total - received) / sum(sums.values())
    so_far = {name: float(np.nansum(leaf.grid[-1, :known])) for name, leaf in cut.leaves.items()}
    return [(name, so_far[name] + sums[name] * scale, panel.leaves[name].total(year)) for name in sums]


def far_off(table: pd.DataFrame) -> pd.Series:
    """Whether forecast and outturn lie more than threefold apart, or on two sides of nothing."""
    low, high = np.minimum(table["forecast"], table["actual"]), np.maximum(table["forecast"], table["actual"])
    return (low <= 0) & (high > 0) | (high > 3 * low)


def main() -> None:
    """Print mean error, worst ratio and weighted error by months known."""
    panel, setting = brazil_by_state(), Setting(year_end_block=False)
    means = []
    for months in [int(word) for word in sys.argv[1:]] or MONTHS:
        record = record_as_settled(panel, YEARS, months, setting)
        rows = [
            (year, *row)
            for year in YEARS
            for row in of_year(panel, year, months, float(record["forecast"].loc[year]), setting)
        ]
        table = pd.DataFrame(rows, columns=["year", "part", "forecast", "actual"])
        sized = np.maximum(table["actual"], table["forecast"].abs())
        missed = table[(sized >= LEAST * table.groupby("year")["actual"].transform("sum")) & far_off(table)]
        named = {(year, part) for year in YEARS for part in changing(panel, year, months)}
        called = len(named & set(zip(missed["year"], missed["part"], strict=True)))
        print(f"{months} months: {len(missed)} parts beyond x 3, {called} of them named; {len(named)} named in all")
        table = table[table["actual"] >= LEAST * table.groupby("year")["actual"].transform("sum")]
        ratio = table["forecast"] / table["actual"]
        off = (ratio - 1).abs()
        weighted = (table["forecast"] - table["actual"]).abs().sum() / table["actual"].sum()
        means.append((off.mean(), off.median(), weighted, (np.abs(np.log(ratio)) <= np.log(1.5)).mean()))
        print(
            f"{months} months: mean error {100 * off.mean():.1f} %, median {100 * off.median():.1f} %, weighted "
            f"{100 * weighted:.2f} %, worst {ratio.max():.1f} x, within x 1.5 {means[-1][3]:.3f}, n {len(table)}",
            flush=True,
        )
    mean, median, weighted, inside = np.mean(means, axis=0)
    print(
        f"mean of all: {100 * mean:.1f} %, median {100 * median:.1f} %, weighted {100 * weighted:.2f} %, {inside:.3f}"
    )


if __name__ == "__main__":
    main()
