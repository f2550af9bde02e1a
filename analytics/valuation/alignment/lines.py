"""Lines as arrays of codes, for the alignment of their prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

_SPARSE = 8  # numbers a line up to which a table of all is faster than a sort
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


@dataclass(frozen=True)
class Lines:
    """Declaration lines, (N,) arrays.

    Attributes
    ----------
    log_price : log unit value
    per_mass : log of quantity over net mass; missing where no mass is declared
    stratum : what is compared apart (a chapter), as a code
    group : whose level is asked (a district in a chapter), as a code; each lies in one stratum
    enterprise : codes; lines without a name are each their own
    product : product x unit, as a code
    origin : code; one value where origins are themselves compared
    """

    log_price: np.ndarray
    per_mass: np.ndarray
    stratum: np.ndarray
    group: np.ndarray
    enterprise: np.ndarray
    product: np.ndarray
    origin: np.ndarray
    _known: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def unit(self, *names: str) -> np.ndarray:
        """Code of the crossing of some of the columns, such as ("group", "enterprise"), (N,); computed once."""
        if names not in self._known:
            columns = [getattr(self, name) for name in names]
            self._known[names] = columns[0] if len(columns) == 1 else codes(*columns)
        return self._known[names]

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
        """Like goods: product x unit x origin of a stratum; over all origins where an origin is thin."""
        wide = codes(self.stratum, self.product)
        narrow = codes(wide, self.origin)
        thin = np.bincount(narrow)[narrow] < THIN_CELL
        return codes(wide, np.where(thin, 0, self.origin + 1))
