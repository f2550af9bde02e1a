"""The record: what every candidate would have said of the total at every origin, against the outturn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.candidates import series_forecasts, years_between
from analytics.tax_forecast.record.combine import combined
from analytics.tax_forecast.record.leaves import given_back
from analytics.tax_forecast.record.setting import Setting

FIRST_JUDGED = 3  # complete years before the first forecast of the record


def candidate_forecasts(
    panel: Panel, year: int, months: int, setting: Setting, names: Iterable[str]
) -> tuple[Origin, dict[str, np.ndarray]]:
    """Return the total's origin and every candidate's remaining periods.

    What is given back (refunds) is forecast by itself and is part of each: before it, receipts are what the models take
    them for, a positive series with a season.
    """
    origin, said = series_forecasts(panel, panel.total, year, months, setting, names)
    back = given_back(panel, year, months, setting)
    return origin, said if back is None else {name: rest + back for name, rest in said.items()}


def judged_years(history: History, before: int, months: int, newest: int | None = None) -> list[int]:
    """Complete years that a forecast of `before` may learn from; only the `newest` so many.

    They had at least three complete years before their own origin, were over at the origin of `before`, and were
    (nearly) all published.
    """
    between = years_between(months)
    behind = history.complete_years[: FIRST_JUDGED + between]
    years = [y for y in history.seen_years if y not in behind and y < before - between]
    return years if newest is None else years[-newest:]


def record(panel: Panel, years: Iterable[int], months: int, setting: Setting) -> pd.DataFrame:
    """Annual totals that each candidate would have forecast after `months` months, against the outturn.

    Returns
    -------
    DataFrame indexed by year; a column a candidate, and `actual`.
    """
    names = setting.candidates(months)
    rows = {}
    for year in years:
        origin, said = candidate_forecasts(panel, year, months, setting, names)
        rows[year] = {n: origin.received + r.sum() for n, r in said.items()} | {"actual": panel.total.total(year)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*names, "actual"])


def known_then(table: pd.DataFrame, year: int, months: int) -> pd.DataFrame:
    """Rows of a record that were over at the origin of `year`."""
    return table[table.index < year - years_between(months)]


def complete_before(history: History, year: int, months: int) -> int:
    """Complete years that lay behind a forecast of `year` after `months` months."""
    return sum(y < year - years_between(months) for y in history.complete_years)


def combination_record(table: pd.DataFrame, history: History, months: int) -> pd.Series:
    """What the combination would have said in each year, its weights from the years before it."""
    names = [c for c in table.columns if c != "actual"]
    said = {}
    for year, row in zip(table.index.astype(int), table[names].to_numpy(dtype=float), strict=True):
        then = dict(zip(names, row.tolist(), strict=True))
        earlier, behind = known_then(table, int(year), months), complete_before(history, int(year), months)
        said[int(year)], _ = combined(earlier, then, months, behind)
    return pd.Series(said, dtype=float)
