"""Months that are missing or not all in: filled from what is known at the origin, never from what came after it."""

from __future__ import annotations

import numpy as np

from analytics.statistics import MAD_TO_SD
from analytics.tax_forecast.theta import theta_ahead

NEAR = (-3, -2, -1, 1, 2, 3)  # periods around a hole that say how the year compares with its neighbours
LEAST_OF_PACE = 0.7  # newest figure against its pace, below which it is doubted
UNUSUAL, BEFORE = 4.0, 3  # robust spreads that it lies below; figures that set the pace


def short_of_pace(grid: np.ndarray) -> float | None:
    """Newest figure as a share of what last year's and the growth of late let expect; None where it is nothing unusual.

    Far below all that a series ever did in one step, it is a month that is not all in more often than an economy.
    """
    flat, year = grid.ravel(), grid.shape[1]
    flat = flat[: int(np.flatnonzero(np.isfinite(flat))[-1]) + 1]
    if len(flat) < 3 * year or year < BEFORE:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.log(flat[year:] / flat[:-year])
    pace = np.array([np.median(growth[i - BEFORE : i]) for i in range(BEFORE, len(growth))])
    apart = growth[BEFORE:] - pace
    usual = apart[:-1][np.isfinite(apart[:-1])]
    if len(usual) < year or not np.isfinite(apart[-1]):
        return None
    spread = MAD_TO_SD * float(np.median(np.abs(usual - np.median(usual))))
    return float(np.exp(apart[-1])) if apart[-1] < min(np.log(LEAST_OF_PACE), -UNUSUAL * spread) else None


def missing(grid: np.ndarray) -> list[int]:
    """Flat positions without a figure between the first and the newest one."""
    flat = grid.ravel()
    have = np.flatnonzero(np.isfinite(flat))
    return [i for i in range(have[0], have[-1]) if not np.isfinite(flat[i])] if len(have) else []


def runs(positions: list[int]) -> list[np.ndarray]:
    """Positions as runs of neighbours."""
    return [run for run in np.split(np.array(positions), np.flatnonzero(np.diff(positions) != 1) + 1) if len(run)]


def filled(grid: np.ndarray, upto: int | None = None) -> np.ndarray:
    """Fill holes from the same period of the neighbouring years.

    Parameters
    ----------
    grid : ndarray of shape (years, periods)
        Receipts; NaN where missing.
    upto : int, optional
        Fill to this flat position (not included): the months that a late series still owes. To its newest figure by
        default.

    Returns
    -------
    ndarray of shape (years, periods)

    Notes
    -----
    Each neighbour is moved by the median growth of the three periods before and after the hole. Only what stands in
    `grid` is used: a hole that is filled at an earlier origin does not see the following year. What a late series owes
    is forecast by the Theta method: a figure that surprises nobody, so that it moves the months after it as little as
    can be.
    """
    flat = grid.ravel().copy()
    source = flat.copy()
    for i in missing(grid):
        flat[i] = _from_neighbours(source, i, grid.shape[1])
    if upto is not None and np.isfinite(flat).any():
        first, have = np.flatnonzero(np.isfinite(flat))[[0, -1]]
        if upto > have + 1:
            flat[have + 1 : upto] = _owed(flat[first : have + 1], upto - int(have) - 1, grid.shape[1])
    return flat.reshape(grid.shape)


def _owed(y: np.ndarray, owed: int, periods: int) -> np.ndarray:
    """Figures a late series owes: by the Theta method on logs; from its neighbours where there is no season yet."""
    sign = -1.0 if y[-2 * periods :].sum() < 0 else 1.0
    if len(y) < 2 * periods + 1 or not (sign * y > 0).all():
        blank = np.append(y, np.full(owed, np.nan))
        return np.array([_from_neighbours(blank, i, periods) for i in range(len(y), len(blank))])
    ahead: np.ndarray = sign * np.exp(theta_ahead(np.log(sign * y), owed, periods))
    return ahead


def _from_neighbours(flat: np.ndarray, i: int, periods: int) -> float:
    """Same period last year and next year, each moved by the growth of the periods around the gap."""
    estimates = []
    for other in (i - periods, i + periods):
        if not 0 <= other < len(flat) or not np.isfinite(flat[other]):
            continue
        steps = [s for s in NEAR if 0 <= i + s < len(flat) and 0 <= other + s < len(flat)]
        pairs = [(flat[i + s], flat[other + s]) for s in steps]
        ratios = [a / b for a, b in pairs if np.isfinite(a) and np.isfinite(b) and a / b > 0] if pairs else []
        estimates.append(flat[other] * (float(np.median(ratios)) if ratios else 1.0))
    if not estimates:
        near = flat[max(i - 3, 0) : i + 4]
        estimates = [float(near[np.isfinite(near)].mean()) if np.isfinite(near).any() else 0.0]
    return float(np.mean(estimates))


def trailing_zeros(known: np.ndarray) -> int:
    """Length of the run of zeros that a series ends with, where it had receipts before and never paused so long.

    Parameters
    ----------
    known : ndarray
        Receipts to the origin, oldest first.

    Returns
    -------
    int; 0 where the series goes on, or pauses as it has before.
    """
    values = known[np.isfinite(known)]
    nonzero = np.flatnonzero(values != 0)
    if not len(nonzero):
        return 0
    run = len(values) - 1 - int(nonzero[-1])
    pauses = np.diff(nonzero) - 1
    longest = int(pauses.max()) if len(pauses) else 0
    return run if run > longest else 0
