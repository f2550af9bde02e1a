"""Tax base x effective rate: imports (or another base) and receipts per unit of base forecast apart.

A change of tariffs shows in the rate at once, while the base goes its own way; forecast together the two blur.
"""

from __future__ import annotations

import numpy as np

from analytics.tax_forecast.models.base import Engine, log_levels, run
from analytics.tax_forecast.models.smoothing import sarimax, theta, without_holes
from analytics.tax_forecast.origin import Origin

SEASONAL_YEARS = 5


def forecast(origin: Origin, engine: Engine) -> np.ndarray:
    """Forecast the remaining periods as base x rate.

    Parameters
    ----------
    origin : Origin
        With `base`, the tax base by period.
    engine : Engine
        For the rate; the base is the mean of Theta and the airline model.
    """
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    if origin.base is None:
        return np.full(remaining, np.nan)
    base, receipts = log_levels(origin.base).ravel(), log_levels(origin.on_one_law).ravel()
    rate = receipts - base
    ahead = [run(e, base, remaining, origin.known, periods) for e in (theta, sarimax)]
    return origin.under_law(np.exp(np.mean(ahead, axis=0) + run(engine, rate, remaining, origin.known, periods)))


def last_rate(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Engine: the last rate, seasonally adjusted by the mean pattern of the last five years, stays."""
    y = without_holes(y, periods)
    whole = len(start) // periods
    rows = start[len(start) - whole * periods :].reshape(whole, periods)[-SEASONAL_YEARS:]
    pattern = without_holes(rows.ravel(), periods).reshape(rows.shape)
    seasonal = (pattern - pattern.mean(axis=1, keepdims=True)).mean(axis=0)
    # `start` ends with the year: position 0 of the pattern is the year's first period.
    place = (len(y) - len(start)) % periods
    now = y[-1] - seasonal[(place - 1) % periods]
    result: np.ndarray = now + seasonal[(place + np.arange(steps)) % periods]
    return result
