"""Tax base x effective rate: imports (or another base) and receipts per unit of base forecast apart.

A change of tariffs shows in the rate at once, while the base goes its own way; forecast together the two blur.
"""

from __future__ import annotations

import numpy as np

from analytics.language import Text, percent
from analytics.statistics import MAD_TO_SD
from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.models.base import Engine, log_levels, run
from analytics.tax_forecast.models.smoothing import sarimax, theta
from analytics.tax_forecast.theta import without_holes

SEASONAL_YEARS = 5
BREAK = 4.0  # robust standard deviations of the rate's change on the year before: beyond, the rate has broken
BREAK_YEARS = 7  # years that say how much the rate usually changes
FEWEST = 24  # changes needed to say so


def broken(origin: Origin) -> float | None:
    """Log change of the effective rate on the same period of the year before, where it is out of all proportion.

    Parameters
    ----------
    origin : Origin
        With `base`, the tax base by period.

    Returns
    -------
    float, or None where the newest change lies within `BREAK` robust standard deviations (1.4826 x median absolute
    deviation) of those of the last `BREAK_YEARS` years, or where there are too few of them.

    Notes
    -----
    A rate that changed fourfold its usual swing was changed by law. Averages of the past no longer describe it.
    """
    if origin.base is None:
        return None
    periods = len(origin.history.ends)
    rate = (log_levels(origin.on_one_law) - log_levels(origin.base)).ravel()
    change = rate[periods:] - rate[:-periods]
    change = change[np.isfinite(change)]
    before = change[-1 - BREAK_YEARS * periods : -1]
    if len(before) < FEWEST:
        return None
    scale = MAD_TO_SD * float(np.median(np.abs(before - np.median(before))))
    return float(change[-1]) if abs(change[-1]) > BREAK * scale else None


def break_note(origin: Origin) -> tuple[Text, ...]:
    """Say that the effective rate has broken, for then the forecast rests on its last value alone."""
    change = broken(origin)
    if change is None:
        return ()
    by = float(np.expm1(change))
    return (
        Text(
            f"The effective rate is {percent(by, 0, 'en', sign=True)} on the same month a year before, out of all "
            "proportion to its past: the forecast keeps the last rate. Enter what the law says of the months ahead "
            "as a policy event.",
            f"实际税率同比{percent(by, 0, 'zh', sign=True)}，远超历史波动：预测沿用最新税率。"
            "后续月份的法定税率变动请作为政策事件录入。",
        ),
    )


def forecast(origin: Origin, engine: Engine) -> np.ndarray:
    """Forecast the remaining periods as base x rate.

    Parameters
    ----------
    origin : Origin
        With `base`, the tax base by period.
    engine : Engine
        For the rate; the base is the mean of Theta and the airline model. After a break (see `broken`) every
        engine gives way to `last_rate`.
    """
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    if origin.base is None:
        return np.full(remaining, np.nan)
    base, receipts = log_levels(origin.base).ravel(), log_levels(origin.on_one_law).ravel()
    rate = receipts - base
    engine = engine if broken(origin) is None else last_rate
    in_year = origin.known + origin.since
    ahead = [run(e, base, remaining, in_year, periods) for e in (theta, sarimax)]
    return origin.under_law(np.exp(np.mean(ahead, axis=0) + run(engine, rate, remaining, in_year, periods)))


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
