"""Since when: months in which a group as a whole is off by more, or less, than in all."""

from __future__ import annotations

import numpy as np

from analytics.valuation.alignment.course.common import FARTHEST
from analytics.valuation.alignment.course.two_way import Table, of_columns
from analytics.valuation.alignment.groups import FAR
from analytics.valuation.alignment.lines import Lines, codes
from analytics.valuation.alignment.medians import weighted_median

_ROUNDS = 3  # months beyond where lines are bounded take another
_FEWEST, _MOST = 8, 0.75  # lines of a group in a month; share of them nearer to the month's offset than to none


def months_apart(lines: Lines, rest: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Log offset of months in which a group as a whole stands apart from its others, (N,); 0 elsewhere.

    What a group does since some month only, or in its newest one, is half a practice and half none: its median lies
    between both, and neither half is far from it. Its enterprises are the rows here, each with one voice: half of them
    far off all the time is no month.

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, common course and groups' offsets taken off
    month : (N,) month of each line, as a code in the order of time
    """
    group, shift = lines.each(lines.group), np.zeros(len(rest))
    for _ in range(_ROUNDS):
        at = _asked(group, rest - shift, month)
        if not len(at):
            break
        contract = lines.contract[at]
        found = _course_of_groups(
            lines.group[contract], lines.enterprise[contract], month[at].astype(np.int64), (rest - shift)[at]
        )
        shift[at] += found
        if np.abs(found).max() < FARTHEST / 2:
            break
    return shift


def _asked(group: np.ndarray, rest: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Positions of the lines of groups with a month whose median is beyond a limit: more than half of its lines are."""
    unit = codes(group, month)
    count = np.bincount(unit)
    far = np.zeros(len(count), dtype=bool)
    for beyond in (rest < -FAR, rest > FAR):
        far |= np.bincount(unit, beyond, len(count)) > count / 2
    far &= count >= _FEWEST
    asked = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
    asked[group[far[unit]]] = True
    return np.flatnonzero(asked[group])


def _course_of_groups(group: np.ndarray, enterprise: np.ndarray, month: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """What each group's enterprises share over the months, where far from its usual month, (M,)."""
    group = codes(group)
    entry = codes(group, enterprise, month)
    count = np.bincount(entry).astype(float)
    first = np.zeros(len(count), dtype=np.int64)
    first[entry] = np.arange(len(entry))
    mean = np.bincount(entry, np.clip(rest, -FARTHEST, FARTHEST)) / count
    of = group[first]
    table = Table.added((of, of, enterprise[first], month[first]), mean, count)
    found, size = of_columns(table, FAR)[table.column][table.entry], int(of.max()) + 1
    usual = weighted_median(of, found, count, size)
    level = weighted_median(of, mean - found, count, size) + usual  # in months that are not apart
    found = found - usual[of]
    found = np.where(np.abs(found) > FAR, found, 0.0)[entry]
    # Where half of a month's lines are far off it is a practice of some lines, and these are moved by themselves.
    unit, rest = codes(group, month), rest - level[group]
    whole = np.bincount(unit, np.abs(rest - found) < np.abs(rest)) >= _MOST * np.bincount(unit)
    return np.where(whole[unit], found, 0.0)
