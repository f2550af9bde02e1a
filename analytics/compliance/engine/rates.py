"""Rates of lines, tax or value from a sample with unequal chances, with exact-type limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.statistics import exact_limits


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval; `cases` of `lines` are behind it."""

    value: float
    low: float
    high: float
    cases: int
    lines: int


def share(held: np.ndarray, probability: np.ndarray, weight: np.ndarray | None = None) -> Rate:
    """Share of the frame's lines (or of their tax or value) on which something holds.

    Parameters
    ----------
    held : (n) bool
    probability : (n) chance with which each line was drawn
    weight : (n), optional
        Tax or value of the line; lines count alike without it.

    Returns
    -------
    Rate

    Notes
    -----
    Hajek's ratio; limits after Korn and Graubard 1998: Clopper-Pearson on the effective sample size p(1-p)/v, at
    most n, with v from the linearised ratio.
    """
    n = len(held)
    w = (1.0 if weight is None else np.nan_to_num(weight)) / probability
    total = float(w.sum())
    if n < 2 or total <= 0:
        return Rate(np.nan, 0.0, 1.0, int(held.sum()), n)
    value = float((w * held).sum() / total)
    residual = w * (held - value) / total
    variance = float(((1 - probability) * residual**2).sum()) * n / (n - 1)
    if variance <= 0 or value in (0.0, 1.0):
        # Nothing (or everything) held: as good as the effective number of lines says.
        effective = min(float(w.sum() ** 2 / (w**2).sum()), n)
    else:
        effective = value * (1 - value) / variance
        effective = min(effective * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, n - 1)) ** 2, n)
    low, high = exact_limits(value * effective, effective)
    return Rate(value, low, high, int(held.sum()), n)
