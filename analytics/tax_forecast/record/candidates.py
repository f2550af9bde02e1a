"""What every candidate says of a series at an origin, kept for the process's lifetime."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.record.setting import Setting, origins_to

_kept: dict[tuple[object, ...], np.ndarray] = {}


def series_forecasts(
    panel: Panel, history: History, year: int, months: int, setting: Setting, names: Iterable[str]
) -> tuple[Origin, dict[str, np.ndarray]]:
    """Return the origin of a series and every candidate's remaining periods.

    Parameters
    ----------
    year, months : int
        The year asked for, and its known months, see `setting.origins_to`. The years between are then forecast too,
        each candidate going on from its own.
    """
    first, *later = origins_to(panel, history, year, months, setting)
    last, said, digest = first, {}, setting.digest()
    for name in names:
        at = first
        for then in later:
            at = then.after(at, forecast_by(name, at, digest))
        said[name] = forecast_by(name, at, digest)
        last = at if np.isfinite(said[name]).all() or last.year < year else last
    return last, said


def forecast_by(name: str, origin: Origin, digest: str) -> np.ndarray:
    """Remaining periods by one model, from memory where the same origin was asked before.

    NaN where the model has no answer; a forecast that is not finite and positive counts as no answer.
    """
    key = (name, origin.year, origin.months, origin.on_one_law.tobytes(), origin.law.tobytes(), digest)
    if key not in _kept:
        model = MODELS[name]
        if origin.known == len(origin.history.ends):
            return np.empty(0)
        remaining = np.full(len(origin.history.ends) - origin.known, np.nan)
        enough = len(origin.history.complete_years) >= model.years_needed
        answer = model.forecast(origin) if enough else remaining
        _kept[key] = answer if np.isfinite(answer).all() and answer.sum() > 0 else remaining
    return _kept[key]
