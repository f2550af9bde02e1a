"""The record: what every candidate would have said at every origin, kept for the process's lifetime."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.models.effective_rate import broken
from analytics.tax_forecast.record.combine import speaking, weights
from analytics.tax_forecast.record.setting import RULE, Setting, origin_at

FIRST_JUDGED = 3  # complete years before the first forecast of the record

_kept: dict[tuple[object, ...], np.ndarray] = {}


def forecast_by(name: str, origin: Origin, key: tuple[object, ...]) -> np.ndarray:
    """Remaining periods by one model, from memory where the same origin was asked before.

    NaN where the model has no answer; a forecast that is not finite and positive counts as no answer.
    """
    full = (name, origin.year, origin.months, *key)
    if full not in _kept:
        model = MODELS[name]
        if origin.known == len(origin.history.ends):
            return np.empty(0)
        enough = len(origin.history.complete_years) >= model.years_needed
        # The year to date says nothing of the months after a break of the rate.
        enough = enough and not (model.name == RULE and broken(origin) is not None)
        remaining = len(origin.history.ends) - origin.known
        answer = model.forecast(origin) if enough else np.full(remaining, np.nan)
        _kept[full] = answer if np.isfinite(answer).all() and answer.sum() > 0 else np.full(remaining, np.nan)
    return _kept[full]


def candidate_forecasts(
    panel: Panel, history: History, year: int, months: int, setting: Setting, names: Iterable[str]
) -> tuple[Origin, dict[str, np.ndarray]]:
    """Return the origin and every candidate's remaining periods."""
    origin = origin_at(panel, history, year, months, setting)
    known = (origin.on_one_law.tobytes(), origin.law.tobytes(), setting.digest())
    return origin, {name: forecast_by(name, origin, known) for name in names}


def judged_years(history: History, before: int, newest: int | None = None) -> list[int]:
    """Complete years before `before` with at least three complete years ahead of them; only the `newest` so many."""
    years = [y for y in history.complete_years[FIRST_JUDGED:] if y < before]
    return years if newest is None else years[-newest:]


def record(panel: Panel, history: History, years: Iterable[int], months: int, setting: Setting) -> pd.DataFrame:
    """Annual totals that each candidate would have forecast after `months` months, against the outturn.

    Returns
    -------
    DataFrame indexed by year; a column a candidate, and `actual`.
    """
    names = setting.candidates(months)
    rows = {}
    for year in years:
        origin, said = candidate_forecasts(panel, history, year, months, setting, names)
        rows[year] = {n: origin.received + r.sum() for n, r in said.items()} | {"actual": history.total(year)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*names, "actual"])


def log_errors(table: pd.DataFrame) -> np.ndarray:
    """log(forecast / outturn), years x candidates."""
    forecasts = table.drop(columns="actual").to_numpy(dtype=float)
    return np.log(forecasts / table[["actual"]].to_numpy(dtype=float))


def combined(table: pd.DataFrame, said: dict[str, float], months: int) -> tuple[float, pd.Series]:
    """Weighted forecast of one origin from the record of earlier years.

    Parameters
    ----------
    table : DataFrame as from `record`, earlier years only
    said : dict of candidate to its forecast now; NaN where it has none
    months : int
        Known months of the year.

    Returns
    -------
    (forecast, weights)
    """
    names = list(said)
    now = np.array([said[n] for n in names])
    w = np.where(speaking(now, months), weights(log_errors(table[[*names, "actual"]]), months), 0.0)
    if w.sum() == 0:
        return float("nan"), pd.Series(0.0, index=names)
    w = w / w.sum()
    return float(np.nansum(w * np.nan_to_num(now))), pd.Series(w, index=names)


def combination_record(table: pd.DataFrame, months: int) -> pd.Series:
    """What the combination would have said in each year, its weights from the years before it."""
    names = [c for c in table.columns if c != "actual"]
    said = {
        year: combined(table[table.index < year], {n: float(row[n]) for n in names}, months)[0]
        for year, row in table.iterrows()
    }
    return pd.Series(said, dtype=float)
