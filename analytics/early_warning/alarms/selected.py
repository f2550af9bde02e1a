"""Sizes of changes that were told because they were large: estimates and intervals given that they passed the line."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.special import log_ndtr

_STEPS = 60
_FURTHER = 9.0


def given_told(size: np.ndarray, error: np.ndarray, line: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correct sizes for having been selected.

    Parameters
    ----------
    size, error : estimates and their standard errors, errors normal
    line : smallest absolute size that would have been told

    Returns
    -------
    (size, low95, high95): the true sizes under which an estimate as large or larger would come with chance .5, .025 and
    .975 among those told. Far beyond the line they are the plain ones; near it they reach towards nought.

    Notes
    -----
    The estimate beyond the line is a normal cut on both sides; its upper tail grows with the true size, so each limit
    is found by bisection. Source: Zhong and Prentice, Biostatistics 9 (2008), 621-634.
    """
    known = np.isfinite(size) & (error > 0)
    size, error, line = (np.where(known, v, 1.0) for v in (size, error, line))
    sign, x = np.where(size < 0, -1.0, 1.0), np.abs(size) / error
    cut = np.minimum(line / error, x)
    found = [np.where(known, sign * error * _solve(x, cut, chance), np.nan) for chance in (0.5, 0.025, 0.975)]
    low, high = np.minimum(found[1], found[2]), np.maximum(found[1], found[2])
    return found[0], low, high


def _solve(x: np.ndarray, cut: np.ndarray, chance: float) -> np.ndarray:
    """True standardised size at which an estimate of x or more comes with this chance, among those beyond the cut."""
    low, high = np.full_like(x, -_FURTHER), x + _FURTHER
    for _ in range(_STEPS):
        middle = (low + high) / 2
        beyond = np.logaddexp(log_ndtr(middle - cut), log_ndtr(-cut - middle))
        less = log_ndtr(middle - x) - beyond < np.log(chance)
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    solved: np.ndarray = (low + high) / 2
    return solved


def line_of_shift(size: np.ndarray, evidence: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Smallest shift told: evidence grows with the square of a size."""
    line: np.ndarray = np.abs(size) * np.sqrt(np.clip(limit / np.maximum(evidence, 1e-9), 0, 1))
    return line


def line_of_jump(size: np.ndarray, evidence: np.ndarray, limit: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Smallest jump told: evidence is minus log10 of the two-sided tail of Student's t."""
    at = stats.t.isf(0.5 * 10.0 ** -np.minimum(limit, evidence), degrees)
    is_at = stats.t.isf(0.5 * 10.0**-evidence, degrees)
    line: np.ndarray = np.abs(size) * np.clip(at / np.maximum(is_at, 1e-9), 0, 1)
    return line
