"""What an officer opens: declarations with their lines, or single lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Unit = Literal["declaration", "line"]


PARTIES = ("enterprise_id", "declarant_id", "seller_id")


def party(lines: pd.DataFrame) -> pd.Series:
    """Whose conduct a line shows: its enterprise, or the declarant or seller where no enterprise is named.

    Lines that name nobody stand for their own declaration: what hangs together among them cannot be seen.
    """
    known = pd.Series(pd.NA, index=lines.index, dtype="str")
    for column in PARTIES:
        if column in lines:
            known = known.fillna(column[0] + ":" + lines[column].astype("str"))
    return known.fillna("d:" + lines["declaration_id"].astype("str"))


@dataclass(frozen=True)
class Units:
    """Lines joined to what is selected as a whole.

    Attributes
    ----------
    code : position of every line's unit, in order of first appearance
    first : position of every unit's first line
    """

    code: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, lines: pd.DataFrame, unit: Unit = "declaration") -> Units:
        """Units of lines; a line without a declaration stands for itself.

        Parameters
        ----------
        lines : DataFrame, with declaration_id where declarations are wanted
        """
        if unit == "line" or "declaration_id" not in lines:
            every = np.arange(len(lines))
            return cls(every, every)
        code, names = pd.factorize(lines["declaration_id"])
        alone = code < 0
        code = np.where(alone, len(names) + np.cumsum(alone) - 1, code)
        order, first = np.unique(code, return_index=True)
        return cls(code, first[np.argsort(order)])

    def __len__(self) -> int:
        return len(self.first)

    def most(self, values: np.ndarray) -> np.ndarray:
        """Largest value of every unit's lines; missing values are passed over."""
        result = np.full(len(self), -np.inf)
        np.fmax.at(result, self.code, np.asarray(values, dtype=float))
        return np.where(np.isneginf(result), np.nan, result)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum over every unit's lines; missing values count as nothing."""
        return np.bincount(self.code, np.nan_to_num(values), minlength=len(self))

    def some(self, flags: np.ndarray) -> np.ndarray:
        """Whether any line of the unit has the flag."""
        return np.bincount(self.code, np.asarray(flags, dtype=float), minlength=len(self)) > 0
