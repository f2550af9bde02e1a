"""Who stands apart within a group: enterprises, goods of a group, contracts, each by the median of its lines."""

from __future__ import annotations

import numpy as np

from analytics.valuation.alignment.lines import Lines, codes
from analytics.valuation.alignment.medians import median, median_error, spread_between

_FEWEST, _FEWEST_GOODS = 5, 8  # lines of an enterprise, of goods
_ENTERPRISE, _GOODS = 0.15, 0.35  # least log offset
_SPREADS, _SPREADS_GOODS = 4.0, 4.5  # and so many standard deviations of honest units and their errors
_NORMAL_MEDIAN = np.sqrt(1.57)


def units_apart(lines: Lines, rest: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Log offset of every line through enterprises, goods and contracts that stand apart, (N,).

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, groups' offsets taken off
    spread : (N,) robust spread of the line's cell

    Notes
    -----
    The spread of honest units is learnt and never below 0.05; a median's error is the larger of the normal one and the
    one from order statistics: where prices have several modes, the first alone would take grades for enterprises.
    """
    unit = codes(lines.group, lines.enterprise)
    shift = _moved(unit, rest, spread, _FEWEST, np.ones(int(unit.max()) + 1, dtype=bool), (_ENTERPRISE, _SPREADS))
    for columns, fewest in (((lines.group, lines.product), 2), ((lines.group, lines.enterprise, lines.product), 1)):
        unit = codes(*columns)
        shared = _enterprises(unit, lines.enterprise) >= fewest
        limits = (_GOODS, _SPREADS_GOODS)
        shift = shift + _moved(unit, rest - shift, spread, _FEWEST_GOODS, shared, limits)
    return shift


def _moved(
    unit: np.ndarray, rest: np.ndarray, spread: np.ndarray, fewest: int, able: np.ndarray, limits: tuple[float, float]
) -> np.ndarray:
    size = int(unit.max()) + 1
    count = np.bincount(unit, minlength=size)
    effect = median(unit, rest, size)
    normal = _NORMAL_MEDIAN * median(unit, spread, size) / np.sqrt(np.maximum(count, 1))
    error = np.maximum(normal, median_error(unit, rest, size))
    between = spread_between(effect, error, (count >= _FEWEST) & able)
    far = np.maximum(limits[0], limits[1] * np.sqrt(between**2 + error**2))
    return np.where((count >= fewest) & able & (np.abs(effect) > far), effect, 0.0)[unit]


def _enterprises(unit: np.ndarray, enterprise: np.ndarray) -> np.ndarray:
    """Number of enterprises of each unit."""
    pair = codes(unit, enterprise)
    first = np.unique(pair, return_index=True)[1]
    return np.bincount(unit[first], minlength=int(unit.max()) + 1)
