"""Medians by code, weighted or not, and how well they are known."""

from __future__ import annotations

import numpy as np

from analytics.statistics import MAD_TO_SD

_LEAST_UNITS = 10
_LEAST_SPREAD = 0.05
_HALF_WORD = np.uint64(32)
_FINEST = float(2**32 - 1)


def by_code(code: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Order of x within each code: both in one word, which sorts many times faster than two keys.

    x is taken to 2e-10 of its range; values nearer than that stand in any order.
    """
    if not len(x):
        return np.empty(0, dtype=np.int64)
    low, reach = float(x.min()), float(np.ptp(x))
    if not np.isfinite(reach) or int(code.max()) >= 2**31:
        return np.lexsort((x, code))
    step = reach / _FINEST if reach > 0 else 1.0
    return np.argsort((code.astype(np.uint64) << _HALF_WORD) | ((x - low) / step).astype(np.uint64))


class Ordered:
    """Observations in the order of x within each code: medians and their errors from one sort."""

    def __init__(self, code: np.ndarray, x: np.ndarray, size: int) -> None:
        self.x = x[by_code(code, x)]
        self.count = np.bincount(code, minlength=size)
        self.start = np.cumsum(self.count) - self.count
        self.last = max(len(x) - 1, 0)

    def median(self) -> np.ndarray:
        """Median by code, (size,); missing for codes without observations."""
        if not len(self.x):
            return np.full(len(self.count), np.nan)
        low = self.x[np.minimum(self.start + np.maximum(self.count - 1, 0) // 2, self.last)]
        high = self.x[np.minimum(self.start + self.count // 2, self.last)]
        return np.where(self.count > 0, (low + high) / 2, np.nan)

    def error(self) -> np.ndarray:
        """Standard error of each median without an assumption on the distribution: a quarter of its 95 % interval.

        The interval lies between order statistics n/2 -+ sqrt(n). Source: David and Nagaraja (2003), ch. 7.
        """
        count, reach = self.count, np.sqrt(self.count)
        low = self.start + np.maximum(np.floor(count / 2 - reach), 0).astype(np.int64)
        high = self.start + np.clip(np.ceil(count / 2 + reach) - 1, 0, np.maximum(count - 1, 0)).astype(np.int64)
        width = self.x[np.minimum(high, self.last)] - self.x[np.minimum(low, self.last)]
        return np.where(count > 0, width / 4, np.inf)


def weighted_median(code: np.ndarray, x: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """Weighted median of x by code, (size,): where half of the weight lies on either side, the middle of both.

    Missing for codes without observations.
    """
    if not len(x):
        return np.full(size, np.nan)
    order = by_code(code, x)
    sorted_x, count = x[order], np.bincount(code, minlength=size)
    total = np.concatenate(([0.0], np.cumsum(weight[order])))
    end = np.cumsum(count)
    start = end - count
    mass = total[end] - total[start]
    half, slack = total[start] + mass / 2, 1e-9 * np.maximum(mass, 1e-300)
    last = max(len(x) - 1, 0)
    low = np.clip(np.searchsorted(total[1:], half - slack), 0, last)
    high = np.minimum(np.clip(np.searchsorted(total[1:], half + slack), 0, last), np.maximum(end - 1, 0))
    return np.where(count > 0, (sorted_x[low] + sorted_x[high]) / 2, np.nan)


def median(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Median of x by code, (size,); missing for codes without observations."""
    return Ordered(code, x, size).median()


def median_error(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Standard error of each median (`Ordered.error`)."""
    return Ordered(code, x, size).error()


def spread_between(effect: np.ndarray, error: np.ndarray, known: np.ndarray) -> float:
    """Robust spread of ordinary units beyond their errors, from the better known half; at least 0.05.

    Parameters
    ----------
    effect, error : (U,) medians of units and their standard errors
    known : (U,) True for units with enough lines
    """
    if known.sum() < _LEAST_UNITS:
        return _LEAST_SPREAD
    best = known & (error <= np.median(error[known]))
    middle = effect[best] - np.median(effect[best])
    square = (MAD_TO_SD * np.median(np.abs(middle))) ** 2 - np.median(error[best] ** 2)
    return max(float(np.sqrt(max(square, 0.0))), _LEAST_SPREAD)
