"""Simulated paths of the remaining periods, with the spread of the record, and their split on items and districts.

The structural model gives the shape of the uncertainty; its size is set so that the annual totals of the summed
paths follow the calibrated distribution exactly. Monthly bounds are never combined: months err together.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.models.base import FEWEST_PERIODS
from analytics.tax_forecast.models.structural import deviations
from analytics.tax_forecast.record.calibration import Spread

UNKNOWN = 3.0  # log spread of a single period beyond which the model does not know it
FLOOR = 0.1  # a simulated remainder never falls below this share of the central one


def raw_deviations(origin: Origin, paths: int, seed: int) -> np.ndarray:
    """Log deviations of the remaining periods, (paths, remaining); independent draws for a history too short."""
    rng = np.random.default_rng(seed)
    remaining = len(origin.history.ends) - origin.known
    if len(origin.history.complete_years) >= 3 and len(origin.history.ends) >= FEWEST_PERIODS:
        drawn = deviations(origin, paths, rng)
        # A month of the season that never held a figure is unknown to the model, and any number comes out.
        if np.isfinite(drawn).all() and drawn.std(axis=0).max(initial=0.0) < UNKNOWN:
            return drawn
    values = np.log(np.where(origin.on_one_law > 0, origin.on_one_law, np.nan))
    steps = np.diff(values, axis=0)
    steps = steps[np.isfinite(steps)]
    scale = float(steps.std()) if len(steps) > 2 else 0.2
    # One shock common to the year and one for each month.
    return scale * (rng.standard_normal((paths, 1)) + 0.5 * rng.standard_normal((paths, remaining)))


def simulated_spread(origin: Origin, median: np.ndarray, drawn: np.ndarray) -> float:
    """Standard deviation of the log annual total over raw paths around `median`."""
    totals = origin.received + (median * np.exp(drawn)).sum(axis=1)
    totals = totals[totals > 0]
    return float(np.log(totals).std()) if len(totals) > 1 else 0.2


def calibrated(origin: Origin, median: np.ndarray, drawn: np.ndarray, spread: Spread) -> np.ndarray:
    """Paths whose annual totals have the quantiles of `spread` around the central forecast.

    Parameters
    ----------
    median : ndarray of shape (remaining,)
        Central forecast of the remaining periods.
    drawn : ndarray of shape (paths, remaining)
        Raw log deviations; their order and shape are kept, their size is not.

    Returns
    -------
    ndarray of shape (paths, remaining), in the receipts' unit.
    """
    paths = median * np.exp(drawn)
    remainders = paths.sum(axis=1)
    order = np.argsort(np.argsort(remainders))
    chance = (order + 0.5) / len(order)
    forecast = origin.received + median.sum()
    totals = forecast * np.exp(spread.scale * stats.t.ppf(chance, spread.freedom))
    wanted = np.maximum(totals - origin.received, FLOOR * median.sum())
    return paths * (wanted / remainders)[:, None]


def split(total: np.ndarray, medians: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Split paths of the total on its leaves so that every path adds up.

    Parameters
    ----------
    total : ndarray of shape (paths, remaining)
    medians : ndarray of shape (leaves, remaining)
        Central forecasts of the leaves, not negative.
    drawn : ndarray of shape (leaves, paths, remaining)
        Log deviations of each leaf.

    Returns
    -------
    ndarray of shape (leaves, paths, remaining); the sum over leaves is `total` to rounding.
    """
    raw = medians[:, None, :] * np.exp(drawn)
    sums = raw.sum(axis=0)
    even = np.full_like(raw, 1 / len(medians))
    shares = np.divide(raw, sums, out=even, where=sums > 0)
    result: np.ndarray = shares * total
    return result


def add_up(total: np.ndarray, medians: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Leaves on every path: refunds by themselves, the others scaled to what the total needs before refunds."""
    back = medians.sum(axis=1) < 0  # what gives back
    parts = medians[:, None, :] * np.exp(drawn)
    if back.all():
        return -split(-total, -medians, drawn)
    parts[~back] = split(total - parts[back].sum(axis=0), medians[~back], drawn[~back])
    return parts
