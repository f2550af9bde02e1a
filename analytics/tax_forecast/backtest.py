"""Backtest: what would have been forecast at every origin, with only what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analytics.tax_forecast.events import Event
from analytics.tax_forecast.receipts import Panel, prepare
from analytics.tax_forecast.setting import AUTO, Setting, check_model
from analytics.tax_forecast.year import record_with_intervals

COLUMNS = ["unique_id", "year", "months_known", "actual", "forecast", "low80", "high80", "low95", "high95", "model"]


def backtest(
    receipts: Any,
    years: Iterable[int],
    months_known: Sequence[int] = (0, 2, 3, 6, 9),
    models: Sequence[str] = (AUTO,),
    *,
    year_end_block: bool = False,
    events: Sequence[Event] = (),
    drivers: pd.DataFrame | None = None,
    tax_base: pd.Series | None = None,
    calendar: str | None = None,
    joint: tuple[int, ...] = (),
    name: str | None = None,
) -> pd.DataFrame:
    """Forecast past years from past origins and set the outturn beside it.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        As for `forecast_year`.
    years : iterable of int
        Complete years; those without two complete years before them are left out.
    months_known : sequence of int
        Origins within the year, 0 (its start) to 11.
    models : sequence of str
        "auto" (the combination) or names of models.
    year_end_block, events, drivers, tax_base, calendar, joint, name
        As for `forecast_year`.

    Returns
    -------
    DataFrame with columns unique_id, year, months_known, actual, forecast, low80, high80, low95, high95, model.
        Everything of a row, weights and intervals included, uses earlier years only.
    """
    panel = prepare(receipts, name=name, joint=joint)
    parts = []
    for model in models:
        check_model(model)
        setting = Setting(model, year_end_block, tuple(events), drivers, tax_base, calendar=calendar)
        parts += [backtest_panel(panel, years, months, setting) for months in months_known]
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def backtest_panel(panel: Panel, years: Iterable[int], months: int, setting: Setting) -> pd.DataFrame:
    """Backtest of prepared receipts at one number of known months."""
    history = panel.total
    wanted = sorted(set(years) & set(history.complete_years))
    wanted = [y for y in wanted if {y - 1, y - 2} <= set(history.complete_years)]
    if not wanted:
        return pd.DataFrame(columns=COLUMNS)
    # The newest origin's record already holds every earlier year, each judged by the years before it.
    known = record_with_intervals(panel, wanted[-1] + 1, months, setting)
    rows = known[known.index.isin(wanted)].reset_index()
    rows = rows.assign(unique_id=history.unique_id, months_known=months, model=setting.model)
    return rows[COLUMNS]
