"""Who stands apart within a group: enterprises, goods of a group, contracts, each by the median of its lines."""

from __future__ import annotations

import numpy as np

from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import Ordered, median, spread_between

_FEWEST, _FEWEST_GOODS = 5, 8  # lines of an enterprise, of goods
_ENTERPRISE, _GOODS = 0.15, 0.35  # least log offset
_SPREADS, _SPREADS_GOODS = 4.0, 4.5  # and so many standard deviations of honest units and their errors
_FEWEST_EVERYWHERE = 20  # lines of an enterprise in all groups together
_SLAB, _LIKELY = 0.25, 0.9  # spread (log) of offsets of those apart; how likely it must be that one is
_FIRST_APART, _PRIOR_UNITS, _ROUNDS = 0.02, 50.0, 10  # first guess of their share, its weight in units, rounds
_JOINT = 0.4  # of the squared sum of a unit's values over the sum of their squares, a line: values are uneven
_NORMAL_MEDIAN = np.sqrt(1.57)


def units_apart(lines: Lines, rest: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log offset of every line through enterprises, goods and contracts that stand apart, (N,); and its doubt, (N,).

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, groups' offsets taken off
    spread : (N,) robust spread of the line's cell

    Returns
    -------
    Offset; and, in squares of the line's value at usual prices, the variance of that value through the offset's error.

    Notes
    -----
    The spread of honest units is learnt and never below 0.05; a median's error is the larger of the normal one and the
    one from order statistics: where prices have several modes, the first alone would take grades for enterprises.
    """
    shift = _everywhere(lines, rest, spread)
    unit = lines.unit("group", "enterprise")
    every, limits = np.ones(int(unit.max()) + 1, dtype=bool), (_ENTERPRISE, _SPREADS)
    own, doubt = _moved(unit, rest - shift, spread, _FEWEST, every, limits)
    shift = shift + own
    for columns, fewest in ((("group", "product"), 2), (("group", "enterprise", "product"), 1)):
        unit = lines.unit(*columns)
        shared = lines.distinct(columns, "enterprise") >= fewest
        limits = (_GOODS, _SPREADS_GOODS)
        own, unsure = _moved(unit, rest - shift, spread, _FEWEST_GOODS, shared, limits)
        shift, doubt = shift + own, doubt + unsure
    return shift, doubt


def _everywhere(lines: Lines, rest: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Log offset of enterprises of several groups that stand apart wherever they declare, (N,).

    Such an offset is nothing that one group does, so that a model with enterprise effects takes it out of every level.
    How many stand apart is learnt, their offsets being drawn from a wide distribution: one moves where this is at least
    nine times likelier than an honest difference (two groups: Efron 2010).
    """
    unit = lines.unit("stratum", "enterprise")
    size = int(unit.max()) + 1
    count = np.bincount(unit, minlength=size)
    effect, error = _known_by_median(unit, rest, spread, size)
    able = (count >= _FEWEST_EVERYWHERE) & (lines.distinct(("stratum", "enterprise"), "group") > 1)
    if not able.any():
        return np.zeros(len(rest))
    honest = spread_between(effect, error, able) ** 2 + error[able] ** 2
    log = _log_density(effect[able], honest + _SLAB**2) - _log_density(effect[able], honest)
    odds = _FIRST_APART / (1 - _FIRST_APART)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(log, -50, 50)) / odds)
        share = (chance.sum() + _FIRST_APART * _PRIOR_UNITS) / (len(chance) + _PRIOR_UNITS)
        odds = share / (1 - share)
    moved = np.zeros(size)
    moved[able] = np.where((chance >= _LIKELY) & (np.abs(effect[able]) > _ENTERPRISE), effect[able], 0.0)
    return moved[unit]


def _log_density(x: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return -(x**2 / variance + np.log(variance)) / 2


def _known_by_median(
    unit: np.ndarray, rest: np.ndarray, spread: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Median of each unit and its standard error."""
    ordered = Ordered(unit, rest, size)
    normal = _NORMAL_MEDIAN * median(unit, spread, size) / np.sqrt(np.maximum(ordered.count, 1))
    return ordered.median(), np.maximum(normal, ordered.error())


def _moved(
    unit: np.ndarray, rest: np.ndarray, spread: np.ndarray, fewest: int, able: np.ndarray, limits: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Offset of each line's unit, 0 where it does not stand apart, and its doubt.

    A median is put back on all lines of its unit at once, by value: its variance counts so many times a line's.
    """
    size = int(unit.max()) + 1
    count = np.bincount(unit, minlength=size)
    effect, error = _known_by_median(unit, rest, spread, size)
    between = spread_between(effect, error, (count >= _FEWEST) & able)
    far = np.maximum(limits[0], limits[1] * np.sqrt(between**2 + error**2))
    moved = (count >= fewest) & able & (np.abs(effect) > far)
    return np.where(moved, effect, 0.0)[unit], np.where(moved, _JOINT * count * error**2, 0.0)[unit]
