"""From receipts and a question to the forecast of a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel, prepare
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.models.effective_rate import break_note
from analytics.tax_forecast.record.judging import judged
from analytics.tax_forecast.record.setting import AUTO, FALLBACK, FULL_YEARS, Setting
from analytics.tax_forecast.record.shifts import resolved
from analytics.tax_forecast.year.hierarchy import leaf_paths
from analytics.tax_forecast.year.question import Question
from analytics.tax_forecast.year.result import YearForecast


def forecast_year(
    receipts: Any,
    year: int,
    as_of: str | pd.Timestamp | None = None,
    model: str = AUTO,
    *,
    plan: float | None = None,
    year_end_block: bool | str = AUTO,
    events: Sequence[Event] = (),
    drivers: pd.DataFrame | None = None,
    tax_base: pd.Series | None = None,
    calendar: str | None = None,
    joint: tuple[int, ...] = (),
    name: str | None = None,
    record_years: int | None = None,
    paths: int = 2000,
    seed: int = 1,
) -> YearForecast:
    """Forecast a year's receipts from what was known at the end of a month.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        Columns ds (first day of the period's last month), y; optional unique_id, unit, months_covered, tax_item,
        district, vintage. Figures after `as_of` are not used, save to say how the year ended.
    year : int
        The year to forecast.
    as_of : str or Timestamp, optional
        Last known month, "2025-06"; December of the year before for a forecast at the year's start. The newest
        month by default.
    model : str
        "auto": candidates weighted by their past annual error at the same number of known months; or a model's
        name, see `models.MODELS`.
    plan : float, optional
        Planned annual total, in the receipts' unit.
    year_end_block, events, drivers, tax_base, calendar
        Devices, see `record.setting.Setting`.
    joint : tuple of int
        Months read together although published apart, such as (1, 2).
    name : str, optional
        Name of the total.
    record_years : int, optional
        Newest years of record to rest weights and intervals on; all by default.
    paths, seed : int
        Simulated paths and the seed they are drawn with.

    Returns
    -------
    YearForecast

    Raises
    ------
    ReceiptsError
        Receipts that cannot be forecast as they stand: see `receipts.prepare`; less than two complete years;
        receipts that end before `as_of`.
    """
    setting = Setting(
        model=model,
        year_end_block=year_end_block,
        events=tuple(events),
        drivers=drivers,
        tax_base=tax_base,
        record_years=record_years,
        calendar=calendar,
    )
    question = Question(
        year=year,
        as_of=None if as_of is None else str(as_of),
        setting=setting,
        plan=plan,
        joint=joint,
        name=name,
        paths=paths,
        seed=seed,
    )
    return answer(receipts, question)


def answer(receipts: Any, question: Question) -> YearForecast:
    """Answer a question from receipts; `forecast_year` asks the same in keywords."""
    return forecast_panel(prepare(receipts, name=question.name, joint=question.joint), question)


@single_threaded
def forecast_panel(panel: Panel, question: Question) -> YearForecast:
    """Forecast a year of prepared receipts; see `forecast_year`."""
    history, year = panel.total, question.year
    months = _months_known(history, year, question.as_of)
    setting, notes = _short_history(question.setting, _complete_before(history, year))
    setting, year_end = resolved(panel, year, setting)
    now = judged(panel, year, months, setting, question.paths, question.seed)
    outturn = history.total(year)
    return YearForecast(
        panel=panel.until(year, months),
        year=year,
        months=months,
        received=now.origin.received,
        median=now.median,
        paths=now.paths,
        leaf_paths=leaf_paths(panel, year, months, setting, now.paths, question.seed),
        spread=now.spread,
        weights=now.weights,
        record=now.record,
        setting=setting,
        year_end=year_end,
        plan=question.plan,
        outturn=outturn if np.isfinite(outturn) else None,
        later=_later(panel, year, now.origin.known),
        notes=(*history.notes, *notes, *break_note(now.origin)),
    )


def _months_known(history: History, year: int, as_of: str | None) -> int:
    """Months of `year` that have ended in a period by `as_of`; checks that the receipts reach so far."""
    last_year, last_month = history.last_known()
    newest = pd.Timestamp(last_year, last_month, 1)
    at = min(newest, pd.Timestamp(year, 12, 1)) if as_of is None else pd.Timestamp(as_of).replace(day=1)
    if at > newest:
        raise ReceiptsError(
            f"Receipts end in {newest:%Y-%m}, before as_of {at:%Y-%m}. Supply the missing months, or set as_of to "
            f"{newest:%Y-%m} or earlier."
        )
    months = (at.year - year) * 12 + at.month
    if not 0 <= months <= 12:
        raise ReceiptsError(
            f"as_of {at:%Y-%m} does not fit the year {year}: it must lie between {year - 1}-12 and {year}-12."
        )
    return max((end for end in history.ends if end <= months), default=0)


def _complete_before(history: History, year: int) -> int:
    """Complete years before `year`; refuses a forecast that has fewer than two right before it."""
    complete = [y for y in history.complete_years if y < year]
    if len(complete) < 2 or complete[-1] != year - 1:
        raise ReceiptsError(
            f"Series {history.unique_id}: a forecast of {year} needs {year - 2} and {year - 1} complete; complete "
            f"years at hand: {', '.join(map(str, complete)) or 'none'}. Supply at least two years of history."
        )
    return len(complete)


def _later(panel: Panel, year: int, known: int) -> pd.DataFrame:
    """Receipts after the origin, for judging it."""
    series = panel.leaves or {panel.total.unique_id: panel.total}
    rows = [
        (name, end, float(y))
        for name, history in series.items()
        for end, y in zip(history.ends[known:], history.row(year)[known:], strict=True)
        if np.isfinite(y)
    ]
    return pd.DataFrame(rows, columns=["unique_id", "period", "y"])


def _short_history(setting: Setting, complete: int) -> tuple[Setting, tuple[Text, ...]]:
    """Fall back to damped growth where the history is too short for a model, and say so."""
    if complete >= FULL_YEARS or (setting.model != AUTO and complete >= MODELS[setting.model].years_needed):
        return setting, ()
    note = Text(
        f"Only {complete} complete years of history: the forecast falls back to damped growth of the year to date.",
        f"完整历史年份仅{complete}年：改用累计阻尼增长法预测。",
    )
    return Setting(model=FALLBACK, year_end_block=False, events=setting.events), (note,)
