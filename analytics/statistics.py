"""Constants and small formulas of statistics that every pillar uses, said once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr, stdtrit

MAD_TO_SD: Final = 1.4826
"""Median absolute deviation to standard deviation, where values are normal."""

MEAN_ABS_TO_SD: Final = 1.2533141373155003
"""Mean absolute deviation to standard deviation, where values are normal: the square root of pi / 2."""

NORMAL95: Final = 1.959963984540054
"""Half-width of a 95 % interval in standard errors, where an estimate is normal."""

NORMAL80: Final = 1.2815515655446004
"""Half-width of an 80 % interval in standard errors, where an estimate is normal."""


@dataclass(frozen=True)
class Share:
    """An estimated share with its 95 % interval.

    Attributes
    ----------
    value, low, high : missing where nothing is known
    counted : units with an outcome that it rests on
    effective : independent, equally weighted units that they are worth
    """

    value: float
    low: float
    high: float
    counted: int
    effective: float


def exact_limits(cases: float, of: float, unknown: float = 0.0, level: float = 0.95) -> tuple[float, float]:
    """Limits of a share after Clopper and Pearson (1934); 0 and 1 where there are no cases.

    Parameters
    ----------
    cases, of : may be effective numbers, not whole
    unknown : further units whose outcome nobody knows: the limits run from none of them to all of them
    level : confidence
    """
    alpha, all_, most = (1 - level) / 2, of + unknown, cases + unknown
    if not all_ > 0:
        return 0.0, 1.0
    low = 0.0 if cases <= 0 else float(betaincinv(cases, all_ - cases + 1, alpha))
    high = 1.0 if most >= all_ else float(betaincinv(most + 1, all_ - most, 1 - alpha))
    return low, high


def share_of(y: np.ndarray, weight: np.ndarray, cluster: np.ndarray | None = None, level: float = 0.95) -> Share:
    """Weighted share of y among the units with a weight, by clusters.

    Parameters
    ----------
    y : array of 0 and 1, missing where unknown
    weight : array, units that each stands for; 0 where it counts for nothing
    cluster : array, optional
        Units of one cluster (enterprise, identical goods) are not independent of each other.
    level : float, of the interval

    Notes
    -----
    Clopper and Pearson's interval for the effective number of units: the number that would give the clustered,
    weighted variance, with the loss of degrees of freedom, and never more than were counted.
    Source: Korn and Graubard (1998), Survey Methodology 24.
    """
    use = ~np.isnan(y) & (weight > 0)
    n = int(use.sum())
    if n == 0:
        return Share(float("nan"), float("nan"), float("nan"), 0, 0.0)
    found, w = y[use], weight[use] / weight[use].sum()
    p = float(np.clip(w @ found, 0.0, 1.0))
    codes, names = pd.factorize(np.arange(n) if cluster is None else cluster[use])
    effective = min(1.0 / float(np.sum(w**2)), float(len(names)))  # where all agree, Kish's number
    if 0 < p < 1 and len(names) > 1:
        total = np.bincount(codes, w * (found - p))
        variance = len(names) / (len(names) - 1) * float(np.sum(total**2))
        loss = float(stdtrit(max(n - 1, 1), 0.5 + level / 2) / stdtrit(len(names) - 1, 0.5 + level / 2))
        alone = p * (1 - p) / max(n - 1, 1)  # the variance, were all independent and equally weighted
        effective = min(float(n), n * alone / variance * loss**2) if variance > 0 else effective
    return Share(p, *_exact(p * effective, effective, level), n, float(effective))


def _exact(hits: float, size: float, level: float) -> tuple[float, float]:
    """Clopper and Pearson's interval; from the functions themselves: statsmodels would cost a second to import."""
    low = float(betaincinv(hits, size - hits + 1, (1 - level) / 2)) if hits > 0 else 0.0
    return low, float(betaincinv(hits + 1, size - hits, (1 + level) / 2)) if hits < size else 1.0


def mixture_quantile(weight: np.ndarray, mean: np.ndarray, sd: np.ndarray, level: float) -> np.ndarray:
    """Quantile of normal mixtures by bisection, (B,).

    Parameters
    ----------
    weight, mean, sd : (B, K) arrays, weights adding up to one in each row
    level : share of the probability below the quantile
    """
    low, high = (mean - 6 * sd).min(1), (mean + 6 * sd).max(1)
    for _ in range(50):
        middle = (low + high) / 2
        below = (weight * ndtr((middle[:, None] - mean) / sd)).sum(1) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
