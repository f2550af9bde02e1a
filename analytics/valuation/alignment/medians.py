"""Medians by code, weighted or not, and how well they are known."""

from __future__ import annotations

import numpy as np

from analytics.statistics import MAD_TO_SD

_LEAST_UNITS = 10
_LEAST_SPREAD = 0.05


def weighted_median(code: np.ndarray, x: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """Weighted median of x by code, (size,): where half of the weight lies on either side, the middle of both.

    Missing for codes without observations.
    """
    if not len(x):
        return np.full(size, np.nan)
    order = np.lexsort((x, code))
    sorted_code, sorted_x = code[order], x[order]
    total = np.concatenate(([0.0], np.cumsum(weight[order])))
    start = np.searchsorted(sorted_code, np.arange(size))
    end = np.searchsorted(sorted_code, np.arange(size), side="right")
    mass = total[end] - total[start]
    half, slack = total[start] + mass / 2, 1e-9 * np.maximum(mass, 1e-300)
    last = max(len(x) - 1, 0)
    low = np.clip(np.searchsorted(total[1:], half - slack), 0, last)
    high = np.minimum(np.clip(np.searchsorted(total[1:], half + slack), 0, last), np.maximum(end - 1, 0))
    return np.where(end > start, (sorted_x[low] + sorted_x[high]) / 2, np.nan)


def median(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Median of x by code, (size,)."""
    return weighted_median(code, x, np.ones(len(x)), size)


def median_error(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Standard error of each median without an assumption on the distribution: a quarter of its 95 % interval's width.

    The interval lies between order statistics n/2 -+ sqrt(n). Source: David and Nagaraja (2003), ch. 7.
    """
    order = np.lexsort((x, code))
    sorted_x, count = x[order], np.bincount(code, minlength=size)
    start, reach = np.cumsum(count) - count, np.sqrt(count)
    low = start + np.maximum(np.floor(count / 2 - reach), 0).astype(np.int64)
    high = start + np.clip(np.ceil(count / 2 + reach) - 1, 0, np.maximum(count - 1, 0)).astype(np.int64)
    last = max(len(x) - 1, 0)
    return np.where(count > 0, (sorted_x[np.minimum(high, last)] - sorted_x[np.minimum(low, last)]) / 4, np.inf)


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
