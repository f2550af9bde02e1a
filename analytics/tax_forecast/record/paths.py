"""Simulated paths of the remaining periods, with the spread of the record, and their split on items and districts.

The structural model gives the shape of the uncertainty; its size is set so that the annual totals of the summed
paths follow the calibrated distribution exactly. Monthly bounds are never combined: months err together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.models.base import FEWEST_PERIODS, from_first_figure, log_levels
from analytics.tax_forecast.models.structural import deviations, fitted

UNKNOWN = 3.0  # log spread of a single period beyond which the model does not know it
FLOOR = 0.1  # a simulated remainder never falls below this share of the central one


@dataclass(frozen=True)
class Spread:
    """Distribution of log(outturn / forecast): Student's t around zero.

    Attributes
    ----------
    scale : float
        Scale of the log error of the annual total.
    freedom : float
        Degrees of freedom.
    years : int
        Years of record behind it.
    """

    scale: float
    freedom: float
    years: int

    def interval(self, forecast: float, level: float) -> tuple[float, float]:
        """Bounds of the annual total that hold `level` of the chance, split evenly."""
        half = float(stats.t.ppf(0.5 + level / 2, self.freedom)) * self.scale
        return forecast * float(np.exp(-half)), forecast * float(np.exp(half))

    @property
    def half80(self) -> float:
        """Half-width of the 80 % interval, in logs."""
        return float(stats.t.ppf(0.9, self.freedom)) * self.scale

    def times(self, factor: float) -> Spread:
        """Return the same shape, so much wider."""
        return replace(self, scale=self.scale * factor)

    def within(self, share: float) -> float:
        """Chance that the forecast misses the outturn by at most `share` of the outturn."""
        # |F/A - 1| <= share  <=>  -log(1 + share) <= log(A/F) <= -log(1 - share)
        low, high = -np.log1p(share), -np.log1p(-share)
        cdf = stats.t(self.freedom, scale=self.scale).cdf
        return float(cdf(high) - cdf(low))

    def at_least(self, ratio: float) -> float:
        """Chance that the outturn reaches `ratio` times the forecast."""
        if ratio <= 0:
            return 1.0
        return float(stats.t(self.freedom, scale=self.scale).sf(np.log(ratio)))


def raw_deviations(origin: Origin, paths: int, seed: int) -> np.ndarray:
    """Log deviations of the remaining periods, (paths, remaining); independent draws for a history too short."""
    rng = np.random.default_rng(seed)
    remaining = len(origin.history.ends) - origin.known
    if len(origin.history.complete_years) >= 3 and len(origin.history.ends) >= FEWEST_PERIODS:
        # What lies between the origin and the year is open too, whatever stands there for the central forecast.
        ahead = remaining + origin.ahead
        y = from_first_figure(log_levels(origin.on_one_law).ravel(), ahead)
        start = y[: len(y) - (origin.known + origin.since - origin.ahead)]
        level = fitted(y, start, "local level", len(origin.history.ends))
        drawn = deviations(level, ahead, paths, rng)[:, -remaining:]
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
