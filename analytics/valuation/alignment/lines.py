"""Lines as arrays of codes, for the alignment of their prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

THIN_CELL = 10  # fewer lines of an origin say little of its price: back off to the product over all origins


def codes(*columns: np.ndarray) -> np.ndarray:
    """Number the distinct crossings of integer codes from 0, without gaps."""
    crossed = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        crossed = crossed * (int(column.max(initial=0)) + 1) + column
        crossed = np.unique(crossed, return_inverse=True)[1]
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

    @cached_property
    def cell(self) -> np.ndarray:
        """Like goods: product x unit x origin of a stratum; over all origins where an origin is thin."""
        wide = codes(self.stratum, self.product)
        narrow = codes(wide, self.origin)
        thin = np.bincount(narrow)[narrow] < THIN_CELL
        return codes(wide, np.where(thin, 0, self.origin + 1))
