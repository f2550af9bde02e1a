"""Sums and leave-one-out references of the lines of one chapter, on arrays of codes.

The same definitions as in `lines` and `references`, for volumes at which one pass over sorted codes beats a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.valuation.comparison.keys import LEAST_ENTERPRISES, LEAST_LINES

_YEAR = 12
FIRST_MONTH = _YEAR - 1
"""Number of the first month, so that the eleven months before any month have one."""
FURTHER = (range(1, 3), range(3, _YEAR))  # months that three and twelve months add


@dataclass(frozen=True)
class Lines:
    """Lines of one chapter, (N,) arrays; codes count from 0.

    Attributes
    ----------
    product, unit, origin, district, enterprise : codes
    month : months since the first, from 0
    quantity, value, tax_weight : of the line
    net_mass_kg : missing (NaN) where not declared
    """

    product: np.ndarray
    unit: np.ndarray
    origin: np.ndarray
    district: np.ndarray
    enterprise: np.ndarray
    month: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    tax_weight: np.ndarray
    net_mass_kg: np.ndarray

    def take(self, rows: np.ndarray) -> Lines:
        """Lines at some positions."""
        return Lines(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Rows:
    """Sums over the lines of a cell (product x unit x origin x month), district and enterprise, sorted by these.

    Attributes
    ----------
    cell : product x unit x origin as a code
    month : from 11 on, so that the eleven months before any month have a number
    who : enterprises that a row counts for
    """

    cell: np.ndarray
    month: np.ndarray
    district: np.ndarray
    enterprise: np.ndarray
    lines: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    tax_weight: np.ndarray
    who: np.ndarray


def dense(*codes: np.ndarray) -> np.ndarray:
    """Number the crossings of codes from 0 without gaps, in their order."""
    key = np.zeros(len(codes[0]), dtype=np.int64)
    for code in codes:
        key = key * (int(code.max(initial=0)) + 1) + code
    size = int(key.max(initial=0)) + 1
    if size > max(8 * len(key), 1 << 16):
        return np.unique(key, return_inverse=True)[1]
    seen = np.zeros(size, dtype=bool)
    seen[key] = True
    return (np.cumsum(seen) - 1)[key]


def _starts(sorted_key: np.ndarray) -> np.ndarray:
    return (
        np.flatnonzero(np.concatenate(([True], sorted_key[1:] != sorted_key[:-1]))) if len(sorted_key) else sorted_key
    )


def summed(lines: Lines, nameless: int = -1) -> Rows:
    """Add up lines by cell, month, district and enterprise; `nameless` is the code of lines without an enterprise."""
    cell, enterprise = dense(lines.product, lines.unit, lines.origin), lines.enterprise.astype(np.int64)
    months, districts = int(lines.month.max(initial=0)) + _YEAR, int(lines.district.max(initial=0)) + 1
    enterprises = int(enterprise.max(initial=0)) + 1
    key = ((cell * months + lines.month + FIRST_MONTH) * districts + lines.district) * enterprises + enterprise
    order = np.argsort(key)
    key = key[order]
    start = _starts(key)
    key = key[start]
    key, who = np.divmod(key, enterprises)
    key, where = np.divmod(key, districts)
    cell, month = np.divmod(key, months)
    sums = {n: np.add.reduceat(getattr(lines, n)[order], start) for n in ("quantity", "value", "tax_weight")}
    count = np.diff(np.append(start, len(order))).astype(float)
    # A row is one enterprise's; without a name it counts as many.
    return Rows(cell, month, where, who, count, **sums, who=np.where(who == nameless, LEAST_ENTERPRISES, 1))


@dataclass(frozen=True)
class References:
    """Prices a unit that the rows of a chapter are compared with.

    Attributes
    ----------
    included : unit value of the cell and month, the row's own group among the others
    others : the same without the row's group; over three or twelve months where the others of the month are too few;
        missing where they are too few then either
    rung : which window `others` is from: 0 for the month, 1 for three, 2 for twelve months; -1 where missing
    """

    included: np.ndarray
    others: np.ndarray
    rung: np.ndarray


def references(rows: Rows, group: np.ndarray, further: Sequence[range] = FURTHER) -> References:
    """Unit value of each row's cell, with and without the row's own group.

    Parameters
    ----------
    rows : sums as from `summed`
    group : code of the group that is left out of its own reference, by row
    further : months back that each wider window adds, where the others are too few
    """
    months, groups = int(rows.month.max(initial=0)) + 1, int(group.max(initial=0)) + 1
    own = (rows.cell * months + rows.month) * groups + group
    order = np.arange(len(own)) if (own[1:] >= own[:-1]).all() else np.argsort(own)
    sorted_own = own[order]
    start = _starts(sorted_own)
    of_row = np.empty(len(own), dtype=np.int64)
    of_row[order] = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(own))))
    key = sorted_own[start]
    sums = np.stack([np.add.reduceat(x[order], start) for x in (rows.value, rows.quantity, rows.lines, rows.who)])
    cell = key // groups
    first = _starts(cell)
    totals = np.add.reduceat(sums, first, axis=1)
    at = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(cell))))
    window = _Window(key, sums, cell[first], totals, groups, months)
    others, rung = window.others(at, further)
    return References((totals[0] / totals[1])[at][of_row], others[of_row], rung[of_row])


@dataclass(frozen=True)
class _Window:
    """Sums (4, K) by cell, month and group (key), and (4, C) by cell and month (cell); both sorted."""

    key: np.ndarray
    sums: np.ndarray
    cell: np.ndarray
    totals: np.ndarray
    groups: int
    months: int

    def others(self, at: np.ndarray, further: Sequence[range]) -> tuple[np.ndarray, np.ndarray]:
        """Unit value of the other groups, over as few months as hold enough of them, and the window; missing, -1."""
        result, open_ = _price(self.totals[:, at] - self.sums), np.arange(len(self.key))
        rung = np.where(np.isnan(result), -1, 0)
        open_ = open_[np.isnan(result)]
        if not len(open_) or not further:
            return result, rung
        # The months of a cell lie side by side; those of a group do so once the group comes before the month.
        where, group = np.divmod(self.key, self.groups)
        cell, month = np.divmod(where, self.months)
        own = (cell * self.groups + group) * self.months + month
        order = np.argsort(own)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        own, sums = own[order], self.sums[:, order]
        every, mine = _Back(self.cell, self.totals, at[open_]), _Back(own, sums, place[open_])
        for number, months in enumerate(further, 1):
            every.reach(months.stop - 1)
            mine.reach(months.stop - 1)
            result[open_] = _price(every.total - mine.total)
            missing = np.isnan(result[open_])
            rung[open_] = np.where(missing, -1, number)
            open_ = open_[missing]
            every.keep(missing)
            mine.keep(missing)
        return result, rung


class _Back:
    """Sums (4, M) over entries and those before them in the same row of keys, as far back as one goes.

    Parameters
    ----------
    key : (K,) sorted; those of a row that lie so many months back are so much less
    sums : (4, K)
    at : (M,) entries that the sums start from
    """

    def __init__(self, key: np.ndarray, sums: np.ndarray, at: np.ndarray) -> None:
        self.key, self.sums = key, sums
        self.total, self.own, self.step = sums[:, at], key[at], at - 1

    def reach(self, back: int) -> None:
        """Go on to what lies at most `back` months before."""
        going = np.arange(len(self.own))
        while len(going):
            step = self.step[going]
            inside = (step >= 0) & (self.key[step] >= self.own[going] - back)
            going, step = going[inside], step[inside]
            self.total[:, going] += self.sums[:, step]
            self.step[going] -= 1

    def keep(self, rows: np.ndarray) -> None:
        """Go on for some of the entries alone, given as flags."""
        self.total, self.own, self.step = self.total[:, rows], self.own[rows], self.step[rows]


def _price(rest: np.ndarray) -> np.ndarray:
    """Unit value of others, missing where they are too few; rest (4, K): value, quantity, lines, enterprises."""
    value, quantity, lines, who = rest
    known = (lines >= LEAST_LINES) & (who >= LEAST_ENTERPRISES)
    return np.divide(value, quantity, out=np.full(len(value), np.nan), where=known)
