"""What every candidate says of a series at an origin, kept for the process's lifetime."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.models.effective_rate import broken
from analytics.tax_forecast.record.setting import RULE, Setting, following, item_shares, origin_at

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


def series_forecasts(
    panel: Panel, history: History, year: int, months: int, setting: Setting, names: Iterable[str]
) -> tuple[Origin, dict[str, np.ndarray]]:
    """Return the origin of a series and every candidate's remaining periods.

    Parameters
    ----------
    year, months : int
        The year asked for, and its known months; below 0 where the origin lies in an earlier year, -6 after six months
        of the year before. The years between are then forecast too, each candidate going on from its own.
    """
    own_year, digest = year - years_between(months), setting.digest()
    start = origin_at(panel, history, own_year, months if months >= 0 else months % 12, setting)
    shares = item_shares(panel, history, own_year) if own_year < year else {}
    last, said = start, {}
    for name in names:
        at = start
        while at.year < year:
            at = following(at, forecast_by(name, at, _key(at, digest)), setting, shares)
        said[name] = forecast_by(name, at, _key(at, digest))
        last = at if np.isfinite(said[name]).all() or last.year < year else last
    return last, said


def _key(origin: Origin, digest: str) -> tuple[object, ...]:
    return (origin.on_one_law.tobytes(), origin.law.tobytes(), digest)


def years_between(months: int) -> int:
    """Years from the origin's own year to the year asked for."""
    return max(0, -(months // 12))
