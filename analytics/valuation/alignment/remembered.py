"""Medians of units of lines, round after round: what did not change since the last round is not sorted again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import Ordered, error_of_middle, middle


@dataclass(frozen=True)
class _Known:
    """Values (N,) that were last seen, and the median and its error of each unit, (U,)."""

    x: np.ndarray
    median: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class Medians:
    """Medians of the lines of units.

    Attributes
    ----------
    lines : Lines
    """

    lines: Lines
    _known: dict[tuple[str, ...], _Known] = field(default_factory=dict, repr=False)

    def of(self, names: tuple[str, ...], x: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Median of x in each unit that is wanted, and its standard error (`Ordered.error`), (U,).

        Parameters
        ----------
        names : columns whose crossings are the units, as for `Lines.unit`
        x : (N,) values; where they are those of the last call, so are the units' medians
        wanted : (U,) the same in all calls for these names; of other units nothing is known
        """
        unit, known = self.lines.unit(*names), self._known.get(names)
        if known is None:
            known, open_ = _Known(x, np.full(len(wanted), np.nan), np.full(len(wanted), np.inf)), wanted.copy()
        else:
            changed = np.logical_or.reduceat(known.x != x, self.lines.start)  # of its contract, any line
            open_ = np.zeros(len(wanted), dtype=bool)
            open_[unit[changed]] = True
            known, open_ = _Known(x, known.median.copy(), known.error.copy()), open_ & wanted
        self._renew(unit, x, open_, known)
        self._known[names] = known
        return known.median, known.error

    def _renew(self, unit: np.ndarray, x: np.ndarray, open_: np.ndarray, known: _Known) -> None:
        """Compute what is open, in place; lines of one contract that stand in their order need no sort."""
        alone = open_ & (np.bincount(unit, minlength=len(open_)) == 1)
        if 2 * np.count_nonzero(alone) > len(unit):
            alone &= ~self._out_of_order(unit, x, len(open_))
            contract = np.flatnonzero(alone[unit])
            run = x, self.lines.start[contract], self.lines.count[contract]
            known.median[unit[contract]], known.error[unit[contract]] = middle(*run), error_of_middle(*run)
            open_ = open_ & ~alone
        at = self.lines.within(open_[unit])
        number = (np.cumsum(open_) - 1)[unit]
        ordered = Ordered(number[self.lines.contract[at]], x[at], int(open_.sum()))
        known.median[open_], known.error[open_] = ordered.median(), ordered.error()

    def _out_of_order(self, unit: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
        """Units of a contract in which x descends somewhere, (U,)."""
        descent = np.flatnonzero(x[1:] < x[:-1]) + 1
        contract = self.lines.contract
        found = np.zeros(size, dtype=bool)
        found[unit[contract[descent[contract[descent] == contract[descent - 1]]]]] = True
        return found
