"""Since when: months in which a group as a whole is off by more, or less, than in all."""

from __future__ import annotations

import numpy as np

from analytics.valuation.alignment.groups import FAR
from analytics.valuation.alignment.lines import Lines, codes
from analytics.valuation.alignment.medians import Ordered, spread_between

_FEWEST, _FEWEST_MOVED = 5, 8  # lines of a group in a month that tell something, that may be moved
_SPREADS = 4.5  # standard deviations of honest months and their errors
_ENOUGH_LINES = 100_000  # that suffice to tell how honest months of groups differ


def months_apart(lines: Lines, rest: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Log offset of months in which a group as a whole stands apart from what it is off by in all, (N,); 0 elsewhere.

    What a group does since some month only, or in its newest one, is half a practice and half none: its median lies
    between both, and neither half is far from it.

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, common course and groups' offsets taken off
    month : (N,) month of each line, as a code
    """
    unit = codes(lines.each(lines.group), month)
    count = np.bincount(unit)
    shift = np.zeros(len(rest))
    # A median is beyond a limit where more than half of the lines are: only these are sorted.
    beyond = [np.bincount(unit, far, len(count)) > count / 2 for far in (rest < -FAR, rest > FAR)]
    asked = (beyond[0] | beyond[1]) & (count >= _FEWEST_MOVED)
    if not asked.any():
        return shift
    usual = _some(unit, len(count)) | asked[unit]
    at = np.flatnonzero(usual)
    ordered = Ordered(unit[at], rest[at], len(count))
    effect, error = ordered.median(), ordered.error()
    between = spread_between(effect, error, ordered.count >= _FEWEST)
    moved = asked & (np.abs(effect) > np.maximum(FAR, _SPREADS * np.sqrt(between**2 + error**2)))
    return np.where(moved, effect, 0.0)[unit]


def _some(unit: np.ndarray, size: int) -> np.ndarray:
    """Lines of some units, enough of them to tell how honest ones differ, (N,) boolean array."""
    every = 1 + len(unit) // _ENOUGH_LINES
    return np.isin(unit, np.arange(0, size, every)) if every > 1 else np.ones(len(unit), dtype=bool)
