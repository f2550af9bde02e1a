"""Tables of goods and groups by months, and what their columns share: no group's practice is taken for it.

Sources: Tukey (1977), ch. 10, for two-way tables; Schlossmacher (1973) for least absolute deviations by weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import chdtrc

from analytics.statistics import MAD_TO_SD
from analytics.valuation.alignment.lines import codes
from analytics.valuation.alignment.medians import Ordered

_HALF_VOICE = 5.0  # lines of a row in a month that are half a voice
_MOST, _STILL = 0.5, 0.05  # voice of one group at most to all others'; of no change, to that of all groups
_OTHERS = 0.3  # voices beside the loudest group's, below which a month tells nothing by itself
_CHANCE = 1e-3  # of finding one course where none of all units has one
_PERHAPS, _CAP = 3.0, 3.0  # standard deviations from which on rows are looked at; spreads that an entry counts at most
_SWEEPS, _WEIGHTINGS, _NEAREST, _SETTLED = 3, 12, 0.02, 1e-3
_RESISTING, _REJECTED, _LEAST_WEIGHT = 4, 4.685, 0.01  # weightings more; spreads that count no more, or but so much
_PRIOR, _LEAST_SPREAD = 25.0, 0.005  # entries' worth of the common spread in a unit's own; least (log)
_MEDIAN_VARIANCE = 1.57


@dataclass(frozen=True)
class Table:
    """Mean log deviations of E like goods, groups and months, whose units (chapters, goods) may have a course.

    Attributes
    ----------
    unit, row, column, speaker : (E,) codes; a row is a like good of a group, a column a month of a unit, a speaker a
        group in a column
    mean, voice : (E,) mean log deviation, and how much it counts
    month, of : (C,) month and unit of each column
    entry : entry of each finer one
    """

    unit: np.ndarray
    row: np.ndarray
    column: np.ndarray
    speaker: np.ndarray
    mean: np.ndarray
    voice: np.ndarray
    month: np.ndarray
    of: np.ndarray
    entry: np.ndarray

    @cached_property
    def rows(self) -> np.ndarray:
        """Rows that entries are of, numbered without gaps, (E,)."""
        return codes(self.row)

    @cached_property
    def told(self) -> np.ndarray:
        """Entries of each unit that a fit of its rows and columns does not use up, (U,)."""
        units = int(self.of.max()) + 1
        used = np.bincount(self.unit[first_of(self.rows)], minlength=units)
        used += np.bincount(self.of[np.unique(self.column)], minlength=units)
        return np.maximum(np.bincount(self.unit, minlength=units) - used, 0)

    @classmethod
    def added(cls, key: tuple[np.ndarray, ...], mean: np.ndarray, lines: np.ndarray) -> Table:
        """Add up finer entries with the same unit, like good, group and month."""
        entry = codes(*key)
        first = first_of(entry)
        unit, like, group, month = (code[first] for code in key)
        count = np.bincount(entry, lines)
        unit, column = codes(unit), codes(unit, month)
        speaker, start = codes(column, group), first_of(column)
        voice = _bounded(count / (count + _HALF_VOICE), speaker, column)
        total = np.bincount(entry, lines * mean) / count
        return cls(unit, codes(like, group), column, speaker, total, voice, month[start], unit[start], entry)

    def some(self, units: np.ndarray) -> Table:
        """Entries and columns of some units, (U,) boolean array; columns keep their numbers."""
        at = units[self.unit]
        names = ("unit", "row", "column", "speaker", "mean", "voice")
        return replace(self, **{name: getattr(self, name)[at] for name in names})


def first_of(code: np.ndarray) -> np.ndarray:
    """Position of one member of each code."""
    first = np.zeros(int(code.max()) + 1, dtype=np.int64)
    first[code] = np.arange(len(code))
    return first


def _bounded(voice: np.ndarray, speaker: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Voices of which no group holds more than a third of its column, and of two none more than the other.

    Near a half a median still stands, but at the edge of the others' prices.
    """
    of, total = column[first_of(speaker)], np.bincount(speaker, voice)
    rest = np.bincount(of, total)[of] - total
    many = np.bincount(of)[of]
    limit = np.where(many > 1, np.where(many > 2, _MOST, 1.0) * rest, np.inf)
    return voice * np.minimum(1.0, limit / total)[speaker]


def of_columns(table: Table, wide: float) -> np.ndarray:
    """Course of each unit by column, 0 where it has none that is beyond chance and ranges as wide, (C,)."""
    found, near = np.zeros(len(table.of)), _restless(table)
    if near.any():
        part = table.some(near)
        course, rest = _fitted(part)
        error = _error(part, rest)
        for unit in np.flatnonzero(near & _moved(part, course, error, wide)):
            at = np.flatnonzero(table.of == unit)
            known = np.isfinite(error[at])
            drawn = _drawn(course[at], error[at])
            found[at] = np.interp(table.month[at], table.month[at][known], drawn[known])
    return found


def _restless(table: Table) -> np.ndarray:
    """Units whose rows scatter over the months beyond what they differ by from one to the next, (U,).

    A common course makes rows scatter; so do practices, which the fit then tells from it.
    """
    units, row = int(table.of.max()) + 1, table.row
    along = np.flatnonzero(row[1:] == row[:-1])  # entries stand in the order of like good, group and month
    if not len(along):
        return np.zeros(units, dtype=bool)
    voice, middle = table.voice, np.bincount(row, table.voice * table.mean) / np.bincount(row, table.voice)
    both = np.sqrt(voice[along] * voice[along + 1] / (voice[along] + voice[along + 1]))
    step = np.abs(np.diff(table.mean)[along]) * both
    spread = _drawn_spread(table.unit[along], step, np.bincount(table.unit[along], minlength=units))
    away = np.minimum(np.abs(table.mean - middle[row]) * np.sqrt(voice) / spread[table.unit], _CAP)
    free = np.bincount(table.unit, minlength=units) - np.bincount(table.unit[first_of(row)], minlength=units)
    return np.bincount(table.unit, away**2, units) - free >= _PERHAPS * np.sqrt(2.0 * np.maximum(free, 1))


def _fitted(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Course by column (C,), and what rows and columns leave of each entry (E,), by weighted least squares."""
    row, column, size = table.rows, table.column, len(table.of)
    quiet = _STILL * np.bincount(column, table.voice, size)
    course, weight, still = np.zeros(size), table.voice, quiet
    rest, held = np.empty_like(table.mean), np.empty_like(table.mean)  # the same room for each sweep
    for turn in range(_WEIGHTINGS + _RESISTING):
        of_row, of_column = np.bincount(row, weight), np.bincount(column, weight, size) + still
        of_column[of_column == 0] = 1.0
        for _ in range(_SWEEPS):
            np.subtract(table.mean, np.take(course, column, out=held, mode="clip"), out=held)
            level = np.bincount(row, np.multiply(weight, held, out=held)) / of_row
            np.subtract(table.mean, np.take(level, row, out=rest, mode="clip"), out=rest)
            before, course = course, np.bincount(column, np.multiply(weight, rest, out=held), size) / of_column
            if np.abs(course - before).max() < _SETTLED:
                break
        rest -= course[column]
        if turn < _WEIGHTINGS:
            weight = table.voice / np.maximum(np.abs(rest), _NEAREST)
            still = quiet / np.maximum(np.abs(course), _NEAREST)
        else:
            weight, still = _resisting(table, rest), 0.0 * quiet
    return course, rest


def _resisting(table: Table, rest: np.ndarray) -> np.ndarray:
    """Weights (E,) that leave out entries far off and groups that in a month are far off as a whole (biweight).

    A median stands a third of voices that are off, but at the edge of the others' prices.
    """
    root, spread = np.sqrt(table.voice), _spread(table, rest)[table.unit]
    total = np.bincount(table.speaker, table.voice)
    whole = np.bincount(table.speaker, table.voice * rest / spread) / np.sqrt(np.maximum(total, 1e-9))
    return table.voice * _biweight(root * rest / spread) * _biweight(whole)[table.speaker]


def _biweight(z: np.ndarray) -> np.ndarray:
    return np.maximum((1 - np.minimum(np.abs(z) / _REJECTED, 1.0) ** 2) ** 2, _LEAST_WEIGHT)


def _spread(table: Table, rest: np.ndarray) -> np.ndarray:
    """Robust spread of an entry of one voice by unit, (U,); entries that the fit uses up are taken for the smallest."""
    return _drawn_spread(table.unit, np.abs(rest) * np.sqrt(table.voice), table.told)


def _error(table: Table, rest: np.ndarray) -> np.ndarray:
    """Standard error of the course in each column (C,); infinite where one group alone, or nothing beyond it, tells it.

    Of a thin good nearly every entry is used up by its own row, and what is left says little of its months.
    """
    size, told = len(table.of), table.told
    count = np.bincount(table.unit, minlength=len(told))
    voice, loudest = np.bincount(table.column, table.voice, size), np.zeros(size)
    np.maximum.at(loudest, table.column, np.bincount(table.speaker, table.voice)[table.speaker])
    thin = np.divide(count, told, out=np.full(len(count), np.inf), where=told > 0)
    variance = _MEDIAN_VARIANCE * _spread(table, rest) ** 2 * thin
    return np.where(voice - loudest >= _OTHERS, np.sqrt(variance[table.of] / np.maximum(voice, 1e-9)), np.inf)


def _drawn_spread(unit: np.ndarray, away: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Robust spread of each unit, (U,), drawn towards all units' where few entries tell it."""
    own, common = _left(unit, away, told), _left_of_all(away, int(told.sum()))
    return np.exp((told * np.log(own) + _PRIOR * np.log(common)) / (told + _PRIOR))


def _left_of_all(away: np.ndarray, told: int) -> float:
    """The same of all together, of which no order is asked but that one."""
    place = max(len(away) - 1 - told // 2, 0)
    return max(MAD_TO_SD * float(np.partition(away, place)[place]), _LEAST_SPREAD) if len(away) else _LEAST_SPREAD


def _left(code: np.ndarray, away: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Robust spread of what is left by code, of which so many entries tell: the median of these, the largest."""
    ordered = Ordered(code, away, len(told))
    place = np.maximum(ordered.count - 1 - told // 2, 0)
    found = ordered.x[np.minimum(ordered.start + place, max(len(ordered.x) - 1, 0))]
    return np.maximum(MAD_TO_SD * np.where(ordered.count > 0, found, 0.0), _LEAST_SPREAD)


def _moved(table: Table, course: np.ndarray, error: np.ndarray, wide: float) -> np.ndarray:
    """Units whose course is beyond chance and ranges wide, (U,)."""
    units = int(table.of.max()) + 1
    precision = error**-2.0
    total = np.maximum(np.bincount(table.of, precision, units), 1e-9)
    middle = np.bincount(table.of, precision * course, units) / total
    square = np.bincount(table.of, precision * (course - middle[table.of]) ** 2, units)
    count = np.bincount(table.of, precision > 0, units)
    high, low = np.full(units, -np.inf), np.full(units, np.inf)
    np.maximum.at(high, table.of[precision > 0], course[precision > 0])
    np.minimum.at(low, table.of[precision > 0], course[precision > 0])
    return (chdtrc(np.maximum(count - 1, 1), square) < _CHANCE / units) & (high - low >= wide)


def _drawn(course: np.ndarray, error: np.ndarray) -> np.ndarray:
    """One unit's course about its middle, drawn towards it by what its months truly differ."""
    known = np.isfinite(error)
    precision = error**-2.0
    rest = course - (precision * course).sum() / precision.sum()
    truly = max(float((rest[known] ** 2 - error[known] ** 2).mean()), 0.0)
    return np.where(known, rest * truly / (truly + error**2), 0.0)
