"""Which lines of a unit belong to a practice of some of them: chances, where two groups of prices overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.valuation.alignment.groups import bounded
from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import median, weighted_median

_ENOUGH = 10  # far lines that show a second group of prices; fewer are taken as they are, and no line beside them
_ROUNDS = 12
_PRIOR_LINES = 10.0  # lines' worth of the unit's middle of ordinary lines in what its own say
_NEAR, _REJECTED = 3.5, 4.685  # spreads within which lines are asked, and of the robust mean
_FEWEST, _LEAST, _ERRORS = 30, 0.015, 3.0  # lines; log by which mean value and robust mean differ, and standard errors
_LARGE = 0.2  # of the mean value of what a unit of value lies in: from it on a line counts in full
JOINT = 0.4  # of the squared sum of a unit's values over the sum of their squares, a line: values are uneven
_CERTAIN = 0.02  # a chance nearer than this to 0 or 1 is taken for it


@dataclass(frozen=True)
class Membership:
    """What the lines of some units say of a second group of prices among them.

    Attributes
    ----------
    at : (M,) positions of the lines that may belong to a practice
    chance : (M,) that each belongs to the practice of its unit
    middle : (M,) log offset of that practice
    doubt : (M,) variance of each line's membership, what remains unknown of the practice's share included
    """

    at: np.ndarray
    chance: np.ndarray
    middle: np.ndarray
    doubt: np.ndarray


def membership(
    unit: np.ndarray, rest: np.ndarray, spread: np.ndarray, chosen: np.ndarray, threshold: float
) -> Membership:
    """Chance of lines to belong to the practice of their unit.

    Parameters
    ----------
    unit : (N,) code of each line's unit
    rest : (N,) log deviation from the cell
    spread : (N,) robust spread of the cell
    chosen : (N,) lines far off that stand together: where the practice is sought
    threshold : spreads beyond which a line belongs to neither group of prices

    Notes
    -----
    Two normal distributions of the cell's spread, shares and both middles by expectation-maximisation. Under 2 % of
    the sum a hard limit would place wrongly, at the edge, in each of twenty units the same way. The variance of the
    number of members follows from the information that is missing (Louis 1982).
    """
    size = int(unit.max(initial=-1)) + 1
    able = np.bincount(unit[chosen], minlength=size) >= _ENOUGH
    few = np.flatnonzero(chosen & ~able[unit])
    own = median(unit[few], rest[few], size)[unit[few]]
    at = np.flatnonzero(able[unit] & (chosen | (np.abs(rest) <= threshold * spread)))
    two = _two_groups((np.cumsum(able) - 1)[unit[at]], rest[at], spread[at], chosen[at], threshold)
    chance, middle, doubt = (
        np.concatenate(both) for both in zip(two, (np.ones(len(few)), own, np.zeros(len(few))), strict=True)
    )
    return Membership(np.concatenate([at, few]), chance, middle, doubt)


def _two_groups(
    code: np.ndarray, y: np.ndarray, s: np.ndarray, chosen: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance of each line to be of the second group, that group's middle, and the doubt, (M,)."""
    size = int(code.max(initial=-1)) + 1
    p, weight, total = chosen.astype(float), s**-2.0, np.bincount(code, minlength=size)
    middle, share, usual = np.zeros(size), np.zeros(size), np.zeros(size)
    for _ in range(_ROUNDS):
        middle = _mean(code, y, p * weight, size, 0.0)
        usual = _mean(code, y, (1 - p) * weight, size, _PRIOR_LINES)
        share = np.clip(np.bincount(code, p, size) / np.maximum(total, 1), 1e-3, 1 - 1e-3)
        log = ((y - usual[code]) ** 2 - (y - middle[code]) ** 2) / (2 * s**2)
        p = 1 / (1 + np.exp(-np.clip(log + np.log(share / (1 - share))[code], -50, 50)))
        p = np.where(np.abs(y - middle[code]) > np.maximum(threshold * s, np.abs(y - usual[code])), 0.0, p)
    p = np.where(p < _CERTAIN, 0.0, np.where(p > 1 - _CERTAIN, 1.0, p))
    unknown = p * (1 - p)
    missing = np.bincount(code, unknown, size)
    whole = np.maximum(total * share * (1 - share), 1e-9)
    inflation = 1 / np.maximum(1 - missing / whole, 0.1)
    return p, middle[code], unknown * inflation[code]


def _mean(code: np.ndarray, x: np.ndarray, weight: np.ndarray, size: int, prior: float) -> np.ndarray:
    """Weighted mean by code, drawn towards 0 by some average lines' worth of weight."""
    total = np.bincount(code, weight, size)
    average = float(weight.mean()) if len(weight) else 1.0
    return np.bincount(code, weight * x, size) / np.maximum(total + prior * average, 1e-12)


def unseen(lines: Lines, rest: np.ndarray, spread: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Doubt of a group's level through what some lines may do without standing apart, (N,), as that of a practice.

    A third of the lines at two thirds of the price, scattered as widely, are no second group of prices. A robust mean
    hardly sees them, the value does: what both differ by, beyond what they differ by in other groups, is not known.

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell with all offsets taken off
    spread : (N,) robust spread of the cell
    worth : (N,) log of the line's value with all offsets taken off
    """
    group, size = lines.each(lines.group), int(lines.group.max()) + 1
    at = np.flatnonzero(np.abs(rest) <= _NEAR * spread)
    code, y, s = group[at], rest[at], spread[at]
    value = np.exp(worth[at] - worth.max(initial=0.0))
    whole, square = (np.maximum(np.bincount(code, value**power, size), 1e-300) for power in (1, 2))
    # Samples at any price are most lines of some goods and none of their value.
    share = np.minimum(value * np.exp(-y) / (_LARGE * square / whole)[code], 1.0)
    count, total = np.bincount(code, minlength=size), np.maximum(np.bincount(code, share, size), 1e-300)
    middle = np.bincount(code, share * y, size) / total
    for _ in range(2):
        weight = (1 - np.minimum(np.abs(y - middle[code]) / (_REJECTED * s), 1.0) ** 2) ** 2
        sums = np.bincount(code, share * weight * y, size), np.bincount(code, share * weight, size)
        middle = np.divide(*sums, out=np.zeros(size), where=sums[1] > 0)
    y = y - middle[code]
    ratio = np.exp(y)
    mean = np.maximum(np.bincount(code, share * ratio, size) / total, 1e-9)
    pull = share * (ratio / mean[code] - 1 - weight * y)
    error = np.sqrt(np.bincount(code, pull**2, size)) / total
    stratum = np.zeros(size, dtype=np.int64)
    stratum[lines.group] = lines.stratum
    strata = int(stratum.max()) + 1
    voice = bounded(np.maximum(count, 1).astype(float), stratum, strata)
    beyond = np.log(mean) - weighted_median(stratum, np.log(mean), voice, strata)[stratum]
    told = (count >= _FEWEST) & (np.abs(beyond) > np.maximum(_LEAST, _ERRORS * error))
    return np.where(told, whole**2 / square * beyond**2, 0.0)[group]
