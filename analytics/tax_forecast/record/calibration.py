"""Intervals and chances calibrated on the record: how wrong forecasts at this time of the year have been.

The standard deviation of the annual total's log error is the record's, shrunk towards what the model itself
simulates; with few years of record the quantiles are Student's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

PSEUDO_YEARS = 2.0  # years' weight of the simulated spread against the record
HALF_LIFE = 8.0  # years after which an error of the record counts half: economies and models change


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


def spread(errors: np.ndarray, simulated: float) -> Spread:
    """Spread of the annual total's log error.

    Parameters
    ----------
    errors : ndarray
        log(forecast / outturn) at the same number of known months, earlier years only, oldest first.
    simulated : float
        Standard deviation of the log annual total over the model's own simulated paths.
    """
    errors = errors[np.isfinite(errors)]
    weight = 0.5 ** (np.arange(len(errors))[::-1] / HALF_LIFE)
    total = float((weight * errors**2).sum()) + PSEUDO_YEARS * simulated**2
    freedom = float(weight.sum()) + PSEUDO_YEARS
    # A year that is over leaves nothing to miss; a scale of zero has no distribution.
    return Spread(max(float(np.sqrt(total / freedom)), 1e-9), freedom, len(errors))
