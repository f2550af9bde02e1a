"""Sums, medians and leave-one-out references of the lines of one chapter, on arrays of codes.

The same definitions as in `lines` and `references`, for volumes at which one pass over sorted codes beats a query.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.statistics import MAD_TO_SD
from analytics.valuation.comparison.lines import OUTLIER_KINDS, SLIP_NEARNESS, THIN_ORIGIN

_LN10 = math.log(10)
_LEAST_SPREAD = 0.02
KINDS = ("", *OUTLIER_KINDS)


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
    month : from 2 on, so that the two months before any month have a number
    """

    cell: np.ndarray
    month: np.ndarray
    district: np.ndarray
    enterprise: np.ndarray
    lines: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    tax_weight: np.ndarray


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


def by_group(order: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Order by code that keeps a given order within each code."""
    sorted_code = code[order]
    if int(code.max(initial=0)) < 1 << 16:  # numpy sorts 16 bits by radix
        sorted_code = sorted_code.astype(np.uint16)
    return order[np.argsort(sorted_code, kind="stable")]


def medians(code: np.ndarray, x: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Median of x, whose ascending order is given, by code; every code has observations."""
    count = np.bincount(code)
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    ordered = x[by_group(order, code)]
    low, high = ordered[start + (count - 1) // 2], ordered[start + count // 2]
    return low + (high - low) * 0.5


def outlier_kinds(lines: Lines, threshold: float) -> np.ndarray:
    """Kind of each line as a position in `KINDS`: 0 where it enters price levels (see `lines`)."""
    if not threshold:
        return np.zeros(len(lines.value), dtype=np.int8)
    price = np.log(lines.value / lines.quantity)
    wide = dense(lines.product, lines.unit)
    narrow = dense(wide, lines.origin)
    thin = (np.bincount(narrow) < THIN_ORIGIN)[narrow]
    order = np.argsort(price)
    centre = np.where(thin, medians(wide, price, order)[wide], medians(narrow, price, order)[narrow])
    off = price - centre
    size = np.abs(off)
    order = np.argsort(size)
    mad = np.where(thin, medians(wide, size, order)[wide], medians(narrow, size, order)[narrow])
    spread = np.maximum(mad * MAD_TO_SD, _LEAST_SPREAD)
    kind = np.zeros(len(price), dtype=np.int8)
    far = np.flatnonzero(~(size <= threshold * spread))
    off, spread = off[far], spread[far]
    power = np.round(off / _LN10)
    slip = (power != 0) & (np.abs(off - power * _LN10) <= SLIP_NEARNESS * spread)
    mass = lines.net_mass_kg[far]
    with np.errstate(divide="ignore", invalid="ignore"):
        swapped = (mass > 0) & (np.abs(off + np.log(lines.quantity[far] / mass)) <= threshold * spread)
    kind[far] = np.where(slip, 1, np.where(swapped, 2, 3))
    return kind


def _starts(sorted_key: np.ndarray) -> np.ndarray:
    return (
        np.flatnonzero(np.concatenate(([True], sorted_key[1:] != sorted_key[:-1]))) if len(sorted_key) else sorted_key
    )


def summed(lines: Lines) -> Rows:
    """Add up lines by cell, month, district and enterprise."""
    cell, enterprise = dense(lines.product, lines.unit, lines.origin), lines.enterprise.astype(np.int64)
    months, districts = int(lines.month.max(initial=0)) + 3, int(lines.district.max(initial=0)) + 1
    enterprises = int(enterprise.max(initial=0)) + 1
    key = ((cell * months + lines.month + 2) * districts + lines.district) * enterprises + enterprise
    order = np.argsort(key)
    key = key[order]
    start = _starts(key)
    key = key[start]
    key, who = np.divmod(key, enterprises)
    key, where = np.divmod(key, districts)
    cell, month = np.divmod(key, months)
    sums = {n: np.add.reduceat(getattr(lines, n)[order], start) for n in ("quantity", "value", "tax_weight")}
    count = np.diff(np.append(start, len(order))).astype(float)
    return Rows(cell, month, where, who, count, **sums)


@dataclass(frozen=True)
class References:
    """Prices a unit that the rows of a chapter are compared with.

    Attributes
    ----------
    included : unit value of the cell and month, the row's own group among the others
    others : the same without the row's group; over three months where no other group traded in the month; missing
        where none did then either
    """

    included: np.ndarray
    others: np.ndarray


def references(rows: Rows, group: np.ndarray) -> References:
    """Unit value of each row's cell, with and without the row's own group.

    Parameters
    ----------
    rows : sums as from `summed`
    group : code of the group that is left out of its own reference, by row
    """
    months, groups = int(rows.month.max(initial=0)) + 1, int(group.max(initial=0)) + 1
    own = (rows.cell * months + rows.month) * groups + group
    order = np.arange(len(own)) if (own[1:] >= own[:-1]).all() else np.argsort(own)
    sorted_own = own[order]
    start = _starts(sorted_own)
    of_row = np.empty(len(own), dtype=np.int64)
    of_row[order] = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(own))))
    key = sorted_own[start]
    value = np.add.reduceat(rows.value[order], start)
    quantity = np.add.reduceat(rows.quantity[order], start)
    cell = key // groups
    first = _starts(cell)
    count = np.diff(np.append(first, len(cell)))
    total_value, total_quantity = np.add.reduceat(value, first), np.add.reduceat(quantity, first)
    at = np.repeat(np.arange(len(first)), count)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = (total_value[at] - value) / (total_quantity[at] - quantity)
    alone = np.flatnonzero(count[at] == 1)
    window = _Window(key, value, quantity, cell[first], total_value, total_quantity, count, groups)
    others[alone] = window.others(alone, at[alone])
    return References((total_value / total_quantity)[at][of_row], others[of_row])


@dataclass(frozen=True)
class _Window:
    """Sums by cell, month and group (key) and by cell and month (cell), both sorted."""

    key: np.ndarray
    value: np.ndarray
    quantity: np.ndarray
    cell: np.ndarray
    total_value: np.ndarray
    total_quantity: np.ndarray
    count: np.ndarray
    groups: int

    def others(self, entries: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Unit value of the other groups over the month and the two before; missing where there is none."""
        value, quantity = self.value[entries], self.quantity[entries]
        rest_value, rest_quantity = self.total_value[at] - value, self.total_quantity[at] - quantity
        others = np.zeros(len(entries))
        for back in (1, 2):
            mine, i = _find(self.key, self.key[entries] - back * self.groups)
            there, j = _find(self.cell, self.cell[at] - back)
            rest_value += np.where(there, self.total_value[j], 0.0) - np.where(mine, self.value[i], 0.0)
            rest_quantity += np.where(there, self.total_quantity[j], 0.0) - np.where(mine, self.quantity[i], 0.0)
            others += np.where(there, self.count[j], 0) - mine
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(others > 0, rest_value / rest_quantity, np.nan)


def _find(sorted_keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether and where keys stand in a sorted array."""
    at = np.minimum(np.searchsorted(sorted_keys, wanted), len(sorted_keys) - 1)
    return sorted_keys[at] == wanted, at
