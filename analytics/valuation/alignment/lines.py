"""Lines as arrays of codes, for the alignment of their prices: what contracts share is held once a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analytics.valuation.alignment.medians import Ordered

_SPARSE = 8  # numbers a line up to which a table of all is faster than a sort
_WIDEST = 2**62  # crossings of codes that one word numbers
THIN_CELL = 10  # fewer lines of an origin say little of its price: back off to the product over all origins


def codes(*columns: np.ndarray) -> np.ndarray:
    """Number the distinct crossings of integer codes from 0, without gaps and in their order."""
    crossed = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        crossed = crossed * (int(column.max(initial=0)) + 1) + column
        size = int(crossed.max(initial=0)) + 1
        if size > max(_SPARSE * len(crossed), 1 << 16):
            crossed = np.unique(crossed, return_inverse=True)[1]
        else:
            seen = np.zeros(size, dtype=bool)
            seen[crossed] = True
            crossed = (np.cumsum(seen) - 1)[crossed]
    return crossed


def crossed(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Number the crossings of integer codes in their order, with gaps."""
    size = [int(column.max(initial=0)) + 1 for column in columns]
    if np.prod(np.array(size, dtype=float)) >= _WIDEST:
        return codes(*columns)
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column, many in zip(columns, size, strict=True):
        number *= many
        number += column
    return number


def in_order(columns: Sequence[np.ndarray], price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order of lines by their columns and, where these are equal, by price; and True where in it a crossing starts.

    Whatever order lines came in: sums of floats and ties of medians must not depend on it.
    """
    number = crossed(columns)
    order = np.argsort(number)
    number = number[order]
    new = np.ones(len(price), dtype=bool)
    new[1:] = number[1:] != number[:-1]
    within = Ordered(np.cumsum(new) - 1, price[order], int(np.count_nonzero(new))).order
    return order[within], new


@dataclass(frozen=True)
class Lines:
    """Declaration lines in the order of their contracts: what one enterprise declares of one good, origin and group.

    Attributes
    ----------
    log_price : (N,) log unit value, ascending within each contract
    log_quantity : (N,) log of the quantity
    per_mass : (N,) log of quantity over net mass; missing where no mass is declared
    start : (K,) position of the first line of each contract
    stratum : (K,) what is compared apart (a chapter), as a code; so are those that follow
    group : whose level is asked (a district in a chapter); each lies in one stratum
    enterprise : lines without a name are each their own
    product : product x unit
    origin : one value where origins are themselves compared
    """

    log_price: np.ndarray
    log_quantity: np.ndarray
    per_mass: np.ndarray
    start: np.ndarray
    stratum: np.ndarray
    group: np.ndarray
    enterprise: np.ndarray
    product: np.ndarray
    origin: np.ndarray
    _known: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def count(self) -> np.ndarray:
        """Lines of each contract, (K,)."""
        return np.diff(np.append(self.start, len(self.log_price)))

    @cached_property
    def contract(self) -> np.ndarray:
        """Contract of each line, (N,)."""
        return self.each(np.arange(len(self.start), dtype=np.int32))

    def each(self, of_contract: np.ndarray) -> np.ndarray:
        """What is said of contracts, said of their lines: (K,) to (N,)."""
        return np.repeat(of_contract, self.count)

    def within(self, contracts: np.ndarray) -> np.ndarray:
        """Positions of the lines of some contracts, given as flags (K,)."""
        chosen = np.flatnonzero(contracts)
        count = self.count[chosen]
        before = np.cumsum(count) - count
        return np.repeat(self.start[chosen] - before, count) + np.arange(count.sum())

    def unit(self, *names: str) -> np.ndarray:
        """Code of the crossing of some of the columns, such as ("group", "enterprise"), (K,); computed once."""
        if names not in self._known:
            columns = [getattr(self, name) for name in names]
            self._known[names] = columns[0] if len(columns) == 1 else codes(*columns)
        return self._known[names]

    def lines_of(self, *names: str) -> np.ndarray:
        """Lines of each unit, (U,); computed once."""
        key = (*names, "#")
        if key not in self._known:
            self._known[key] = np.bincount(self.unit(*names), self.count).astype(np.int64)
        return self._known[key]

    def distinct(self, names: tuple[str, ...], of: str) -> np.ndarray:
        """Number of distinct codes of a column, such as enterprises, in each unit, (U,); computed once."""
        key = (*names, "/", of)
        if key not in self._known:
            unit = self.unit(*names)
            pair = codes(unit, getattr(self, of))
            first = np.zeros(int(pair.max()) + 1, dtype=np.int64)
            first[pair] = np.arange(len(pair))
            self._known[key] = np.bincount(unit[first], minlength=int(unit.max()) + 1)
        return self._known[key]

    @cached_property
    def cell(self) -> np.ndarray:
        """Like goods, (K,): product x unit x origin of a stratum; over all origins where an origin is thin."""
        wide = codes(self.stratum, self.product)
        narrow = codes(wide, self.origin)
        thin = np.bincount(narrow, self.count)[narrow] < THIN_CELL
        return codes(wide, np.where(thin, 0, self.origin + 1))
