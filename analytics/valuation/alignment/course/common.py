"""What the prices of a good did over the months, whoever bought then: who buys after a rise does not price high.

A table of goods and groups by months (mean log deviations, far lines bounded) is fitted by rows and months. Each group
has one voice in a month however much it buys then, so that what one does from some month on stays its own. A common
course is taken off where it is beyond chance and wide enough to pass for a practice; smaller ones are the fine model's.
"""

from __future__ import annotations

import numpy as np

from analytics.valuation.alignment.course.two_way import Table, first_of, of_columns
from analytics.valuation.alignment.groups import Offsets
from analytics.valuation.alignment.lines import Lines, codes

FARTHEST = 1.5  # log deviation that a line counts at most
_WIDE = 0.1  # log: a course that ranges over less is left to the fine model


def course(lines: Lines, month: np.ndarray, offsets: Offsets, strata: np.ndarray | None = None) -> np.ndarray | None:
    """Common course of each line's good in its month, (N,); None where no good has one.

    Parameters
    ----------
    lines : Lines
    month : (N,) month of each line, as a code in the order of time
    offsets : of these lines: a first guess of what is usual
    strata : (S,) True for those that are asked; None for all

    Notes
    -----
    Chapter, then product, then product x origin: what a thin good shares with its chapter is known before its own.
    """
    rest = lines.log_price - lines.each(offsets.centre[lines.cell] + offsets.group[lines.group])
    entry = codes(lines.each(lines.unit("cell", "group")), month)
    count = np.bincount(entry).astype(float)
    first = first_of(entry)
    contract, month = lines.contract[first], month[first].astype(np.int64)
    mean = np.bincount(entry, np.clip(rest, -FARTHEST, FARTHEST)) / count
    group, stratum, cell = lines.group[contract], lines.stratum[contract], lines.cell[contract]
    product = codes(stratum, lines.product[contract])
    found = np.zeros(len(count))
    at = slice(None) if strata is None else np.flatnonzero(strata[stratum])
    for unit, like in ((stratum, product), (product, product), (cell, cell)):
        table = Table.added(tuple(key[at] for key in (unit, like, group, month)), (mean - found)[at], count[at])
        found[at] += of_columns(table, _WIDE)[table.column][table.entry]
    return found[entry] if found.any() else None
