"""Medians by code, weighted or not, and how well they are known."""

from __future__ import annotations

import numpy as np

from analytics.statistics import MAD_TO_SD

_LEAST_UNITS = 10
_LEAST_SPREAD = 0.05
_FINEST, _COARSEST = 50, 40  # bits of a value in a word that it shares with its code
_SMALLEST = 1e-280  # range of values that is cut into steps


def _packed(code: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Order of x within each code: both in one word, which sorts many times faster than two keys; and the words.

    x is taken to as many bits as the codes leave: what stands nearer than some 1e-13 of its range has one word, and
    stands in any order. No words where the range leaves no room: then the order is exact.
    """
    low, reach = float(x.min()), float(np.ptp(x))
    room = min(64 - int(code.max()).bit_length(), _FINEST)
    if not np.isfinite(reach) or room < _COARSEST or 0 < reach < _SMALLEST:
        return np.lexsort((x, code)), None
    step = reach / (2**room - 2) if reach > 0 else 1.0
    word = code.astype(np.uint64)
    word <<= np.uint64(room)
    word |= ((x - low) / step).astype(np.uint64)
    return np.argsort(word), word


class Ordered:
    """Observations in the order of x within each code: medians and their errors from one sort.

    Attributes
    ----------
    order : (N,) positions of the observations
    x : (N,) in this order
    count, start : (size,) observations of each code, and where in the order they start
    """

    def __init__(self, code: np.ndarray, x: np.ndarray, size: int) -> None:
        none: tuple[np.ndarray, np.ndarray | None] = (np.empty(0, dtype=np.int64), None)
        self.order, word = _packed(code, x) if len(x) else none
        self.x = x[self.order]
        self.count = np.bincount(code, minlength=size)
        self.start = np.cumsum(self.count) - self.count
        if word is not None:
            self._settle(word, x)

    def _settle(self, word: np.ndarray, x: np.ndarray) -> None:
        """Sort again where values stand nearer to each other than a word tells."""
        back = np.flatnonzero(self.x[1:] < self.x[:-1])
        back = back[word[self.order[back]] == word[self.order[back + 1]]]  # not from one code to the next
        if not len(back):
            return
        new = np.ones(len(x), dtype=bool)
        in_order = word[self.order]
        new[1:] = in_order[1:] != in_order[:-1]
        run = np.cumsum(new) - 1
        open_ = np.zeros(int(run[-1]) + 1, dtype=bool)
        open_[run[back]] = True
        at = np.flatnonzero(open_[run])
        rows = np.sort(self.order[at])
        self.order[at] = rows[np.lexsort((x[rows], word[rows]))]
        self.x[at] = x[self.order[at]]

    def median(self) -> np.ndarray:
        """Median by code, (size,); missing for codes without observations."""
        if not len(self.x):
            return np.full(len(self.count), np.nan)
        return middle(self.x, self.start, self.count)

    def error(self) -> np.ndarray:
        """Standard error of each median, (size,); infinite for codes without observations."""
        return error_of_middle(self.x, self.start, self.count)


def middle(x: np.ndarray, start: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Median of each run of ascending values, from its start and count; missing for empty ones."""
    last = len(x) - 1
    low = x[np.minimum(start + np.maximum(count - 1, 0) // 2, last)]
    high = x[np.minimum(start + count // 2, last)]
    return np.where(count > 0, (low + high) / 2, np.nan)


def error_of_middle(x: np.ndarray, start: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Standard error of the median of each run of ascending values without an assumption on the distribution.

    A quarter of its 95 % interval, which lies between order statistics n/2 -+ sqrt(n). Source: David and Nagaraja
    (2003), ch. 7.
    """
    last, reach = max(len(x) - 1, 0), np.sqrt(count)
    low = start + np.maximum(np.floor(count / 2 - reach), 0).astype(np.int64)
    high = start + np.clip(np.ceil(count / 2 + reach) - 1, 0, np.maximum(count - 1, 0)).astype(np.int64)
    width = x[np.minimum(high, last)] - x[np.minimum(low, last)] if len(x) else np.zeros(len(count))
    return np.where(count > 0, width / 4, np.inf)


def weighted_median(code: np.ndarray, x: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """Weighted median of x by code, (size,): where half of the weight lies on either side, the middle of both.

    Missing for codes without observations.
    """
    if not len(x):
        return np.full(size, np.nan)
    ordered = Ordered(code, x, size)
    sorted_x, count, start = ordered.x, ordered.count, ordered.start
    total, end = np.concatenate(([0.0], np.cumsum(weight[ordered.order]))), start + count
    mass = total[end] - total[start]
    half, slack = total[start] + mass / 2, 1e-9 * np.maximum(mass, 1e-300)
    last = max(len(x) - 1, 0)
    low = np.clip(np.searchsorted(total[1:], half - slack), 0, last)
    high = np.minimum(np.clip(np.searchsorted(total[1:], half + slack), 0, last), np.maximum(end - 1, 0))
    return np.where(count > 0, (sorted_x[low] + sorted_x[high]) / 2, np.nan)


def median(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Median of x by code, (size,); missing for codes without observations."""
    return Ordered(code, x, size).median()


def repeated_median(code: np.ndarray, x: np.ndarray, times: np.ndarray, size: int) -> np.ndarray:
    """Median by code of values that each stand for so many, (size,); missing for codes without observations."""
    if not len(x):
        return np.full(size, np.nan)
    ordered = Ordered(code, x, size)
    x, until = ordered.x, np.cumsum(times[ordered.order])
    count = np.bincount(code, times, size).astype(np.int64)
    start = np.cumsum(count) - count
    low = np.searchsorted(until, start + np.maximum(count - 1, 0) // 2, side="right")
    high = np.searchsorted(until, start + count // 2, side="right")
    last = len(x) - 1
    return np.where(count > 0, (x[np.minimum(low, last)] + x[np.minimum(high, last)]) / 2, np.nan)


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
