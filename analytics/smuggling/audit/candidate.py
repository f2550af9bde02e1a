"""One thing that the leak audit looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Candidate:
    """One column, or a pair.

    Attributes
    ----------
    name : what is looked at
    source : the column that is left out, should it give outcomes away
    numbers : figures, or codes of `words`
    words : categories, None for numbers
    foreign : the column is none of the contract's
    involves : other columns that it is made of; where one of them gives outcomes away, this tells nothing of its own
    """

    name: str
    source: str
    numbers: np.ndarray
    words: list[str] | None = None
    foreign: bool = False
    involves: tuple[str, ...] = ()
