"""Backtest: what would have been forecast at every origin, with only what was known then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.receipts import Panel, as_frame, as_known, has_vintages, prepare
from analytics.tax_forecast.record.setting import AUTO, Setting
from analytics.tax_forecast.record.shifts import record_as_settled
from analytics.tax_forecast.year.forecast import forecast_panel
from analytics.tax_forecast.year.question import Question

VINTAGE_PATHS = 1000
COLUMNS = ["unique_id", "year", "months_known", "actual", "forecast", "low80", "high80", "low95", "high95", "model"]


def backtest(
    receipts: Any,
    years: Iterable[int],
    months_known: Sequence[int] = (0, 2, 3, 6, 9),
    models: Sequence[str] = (AUTO,),
    *,
    year_end_block: bool | str = AUTO,
    events: Sequence[Event] = (),
    drivers: pd.DataFrame | None = None,
    tax_base: pd.Series | None = None,
    calendar: str | None = None,
    joint: tuple[int, ...] = (),
    year_start: int = 1,
    name: str | None = None,
) -> pd.DataFrame:
    """Forecast past years from past origins and set the outturn beside it.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        As for `forecast_year`. Where a period is given in several vintages, every origin sees those published by
        the time its last known month first appeared; the outturn is the newest vintage's.
    years : iterable of int
        Complete years; those without two complete years before them are left out, and those of which more than a
        hundredth was never published.
    months_known : sequence of int
        Origins within the year, 0 (its start) to 11.
    models : sequence of str
        "auto" (the combination) or names of models.
    year_end_block, events, drivers, tax_base, calendar, joint, year_start, name
        As for `forecast_year`.

    Returns
    -------
    DataFrame with columns unique_id, year, months_known, actual, forecast, low80, high80, low95, high95, model.
        Everything of a row, weights and intervals included, uses earlier years only.
    """
    frame = as_frame(receipts)
    read = partial(prepare, name=name, joint=joint, year_start=year_start)
    panel = read(frame)
    parts = []
    for model in models:
        setting = Setting(
            model=model,
            year_end_block=year_end_block,
            events=tuple(events),
            drivers=drivers,
            tax_base=tax_base,
            calendar=calendar,
        )
        if has_vintages(frame):
            origins = [(y, k) for y in sorted(set(years) & set(panel.total.seen_years)) for k in months_known]
            parts.append(_on_vintages(frame, panel, origins, setting, read))
        else:
            parts += [backtest_panel(panel, years, months, setting) for months in months_known]
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def backtest_panel(panel: Panel, years: Iterable[int], months: int, setting: Setting) -> pd.DataFrame:
    """Backtest of prepared receipts at one number of known months."""
    history = panel.total
    wanted = sorted(set(years) & set(history.seen_years))
    wanted = [y for y in wanted if {y - 1, y - 2} <= set(history.complete_years)]
    if not wanted:
        return pd.DataFrame(columns=COLUMNS)
    rows = record_as_settled(panel, wanted, months, setting).reset_index()
    return rows.assign(unique_id=history.unique_id, months_known=months, model=setting.model)[COLUMNS]


def _on_vintages(
    frame: pd.DataFrame,
    panel: Panel,
    origins: Iterable[tuple[int, int]],
    setting: Setting,
    read: Callable[[pd.DataFrame], Panel],
) -> pd.DataFrame:
    """Backtest on what was published at each origin (year, months known)."""
    rows = []
    for year, months in origins:
        at = panel.total.month(year, months)
        known = read(as_known(frame, at))
        question = Question(year=year, as_of=f"{at:%Y-%m}", setting=setting, paths=VINTAGE_PATHS)
        said = forecast_panel(known, question, panel)
        bounds = (*said.interval(0.8), *said.interval(0.95))
        actual = panel.total.total(year)
        rows.append((known.total.unique_id, year, months, actual, said.forecast, *bounds, setting.model))
    return pd.DataFrame(rows, columns=COLUMNS)
