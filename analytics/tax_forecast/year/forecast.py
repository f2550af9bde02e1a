"""From receipts and a question to the forecast of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tax_forecast.inputs.doubts import refuse_empty_end, total_notes
from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel, as_frame, as_known, has_vintages, prepare
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.models.effective_rate import break_note
from analytics.tax_forecast.record.combine import SHORT_HISTORY
from analytics.tax_forecast.record.judging import judged
from analytics.tax_forecast.record.setting import (
    AUTO,
    FALLBACK,
    FEWEST_PERIODS,
    FULL_YEARS,
    PACE,
    Setting,
    years_between,
)
from analytics.tax_forecast.record.shifts import resolved
from analytics.tax_forecast.year.hierarchy import year_parts
from analytics.tax_forecast.year.notes import few_years, parts_notes, short_history, without_base
from analytics.tax_forecast.year.outturn import came_later, outturn_of
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
    year_start: int = 1,
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
        Last known month, "2025-06"; December of the year before for a forecast at the year's start, an earlier month
        for a forecast further ahead (up to three years). The newest month by default.
    model : str
        "auto": candidates weighted by their past annual error at the same number of known months; or a model's
        name, see `models.MODELS`.
    plan : float, optional
        Planned annual total, in the receipts' unit.
    year_end_block, events, drivers, tax_base, calendar
        Devices, see `record.setting.Setting`.
    joint : tuple of int
        Months read together although published apart, such as (1, 2).
    year_start : int
        Calendar month in which the year starts; a year is named by the calendar year in which it ends.
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
        Receipts that cannot be forecast as they stand: see `receipts.prepare`; receipts that end before
        `as_of`, or an `as_of` that does not fit the year.
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
        year_start=year_start,
        name=name,
        paths=paths,
        seed=seed,
    )
    return answer(receipts, question)


def answer(receipts: Any, question: Question) -> YearForecast:
    """Answer a question from receipts; `forecast_year` asks the same in keywords.

    Where figures were revised (a column vintage), a question with an `as_of` is answered from what was published when
    that month first appeared; the newest figures only say how the year ended.
    """
    frame = as_frame(receipts)
    read = partial(prepare, name=question.name, joint=question.joint, year_start=question.year_start)
    final = read(frame)
    if question.as_of is not None and has_vintages(frame):
        months = final.total.months_known(question.year, question.as_of)
        known = as_known(frame, final.total.month(question.year, months))
        return forecast_panel(read(known), question, final)
    return forecast_panel(final, question, final)


@single_threaded
def forecast_panel(panel: Panel, question: Question, final: Panel) -> YearForecast:
    """Forecast a year of prepared receipts; see `forecast_year`.

    Parameters
    ----------
    panel : Panel
        Receipts as published by then; months after the origin are cut off first.
    question : Question
    final : Panel
        Receipts that say how the year ended.
    """
    year, months = question.year, panel.total.months_known(question.year, question.as_of)
    panel = panel.until(year, months)
    setting, notes = _short_history(panel.total, question, months)
    setting, year_end = resolved(panel, year - years_between(months), setting)
    now = judged(panel, year, months, setting, question.paths, question.seed)
    outturn = outturn_of(final.total, year, now.origin.received + float(now.median.sum()))
    later = came_later(final, year, now.origin.known)
    parts = year_parts(panel, now, setting, question.seed)
    return YearForecast(
        panel=panel,
        year=year,
        months=months,
        received=now.origin.received,
        median=now.median,
        paths=now.paths,
        leaf_medians=parts.medians,
        leaf_paths=parts.paths,
        leaf_record=parts.record,
        spread=now.spread,
        weights=now.weights,
        record=now.record,
        setting=setting,
        year_end=year_end,
        plan=question.plan,
        outturn=outturn,
        unseen=final.total.unseen_in(year),
        later=later,
        notes=(
            *panel.total.notes,
            *notes,
            *break_note(now.origin),
            *parts_notes(panel, year, months),
        ),
    )


def _short_history(cut: History, question: Question, months: int) -> tuple[Setting, tuple[Text, ...]]:
    """Fall back to a rule of thumb where the history known at the origin is too short for a model, and say so.

    Raises
    ------
    ReceiptsError
        When nothing at all is known at the origin.
    """
    setting, own_year = question.setting, question.year - years_between(months)
    if not np.isfinite(cut.grid).any():
        raise ReceiptsError(f"Series {cut.unique_id}: no figure at or before the month the forecast is made in.")
    refuse_empty_end(cut)
    notes = [*total_notes(cut)]
    if months > 0 and np.isnan(cut.grid[-1, 0]):
        raise ReceiptsError(
            f"Series {cut.unique_id}: receipts of {cut.fiscal.label(own_year).en} start after its first month: "
            "its total cannot be formed. Supply the months before, or ask for a later year."
        )
    years = [y for y in cut.complete_years if y < own_year]
    complete = len(years) if years and years[-1] == own_year - 1 else 0
    if months < 0 and setting.tax_base is not None:
        setting, notes = replace(setting, tax_base=None), [*notes, without_base()]
    enough = FULL_YEARS if setting.model == AUTO else MODELS[setting.model].years_needed
    if complete >= enough and (len(cut.ends) >= FEWEST_PERIODS or setting.model != AUTO):
        return setting, (*notes, *([few_years(complete)] if complete < SHORT_HISTORY else []))
    rule = FALLBACK if complete else PACE
    fallback = Setting(model=rule, year_end_block=False, events=setting.events)
    return fallback, (*notes, short_history(complete, len(cut.ends)))
