"""A forecast origin: a year, the months of it that are known, and what was known outside the receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import History


@dataclass(frozen=True)
class Origin:
    """Where a forecast stands: history cut after `months` months of `year`.

    Attributes
    ----------
    history : History
        Ends with `year`; the periods to forecast are NaN.
    year, months
        Year to forecast and its known months (0 to 11; below 0 where the origin lies in an earlier year).
    law : ndarray of shape (years, periods)
        Level of today's law against each period's, as announced by the origin: receipts divided by it are on
        one law (see `events`). Ones where no event is entered.
    drivers : DataFrame indexed by month
        Driver levels known at the origin; empty where none is given.
    base : ndarray of shape (years, periods), optional
        Tax base (imports), NaN from the origin on.
    working_days : ndarray of shape (years, periods), optional
        Calendar effect, see `calendar.effect`; known ahead.
    apart : float
        Receipts of the year so far that are no part of `history`: those of items that have come to an end.
    backs : tuple of str
        Leaves that give back: no part of `history`, forecast by themselves.
    ahead : int
        Periods at the end of `history`, before `year`, that are forecasts themselves.
    since : int
        Figures of `history` before `year` that came after the origin's own year began: parameters are estimated
        without them.
    """

    history: History
    year: int
    months: int
    law: np.ndarray
    drivers: pd.DataFrame
    base: np.ndarray | None = None
    working_days: np.ndarray | None = None
    apart: float = 0.0
    backs: tuple[str, ...] = ()
    ahead: int = 0
    since: int = 0

    @property
    def known(self) -> int:
        """Periods of the year already received."""
        return self.history.known(self.months)

    @property
    def on_one_law(self) -> np.ndarray:
        """Receipts (years x periods) as if the last announced law had always held."""
        return self.history.grid / self.law

    @property
    def received(self) -> float:
        """Receipts of the year so far."""
        return self.apart + float(self.history.grid[-1, : self.known].sum())

    def after(self, before: Origin, rest: np.ndarray) -> Origin:
        """Return this origin, the open periods of the year `before` filled with a candidate's forecast `rest`."""
        grid = self.history.grid.copy()
        grid[:-1] = before.history.grid
        grid[-2, before.known :] = rest
        return replace(
            self,
            history=replace(self.history, grid=grid),
            ahead=before.ahead + len(rest),
            since=before.since + grid.shape[1],
        )

    def under_law(self, remaining: np.ndarray) -> np.ndarray:
        """Bring forecasts of the remaining periods (last axis) back to the law of each period."""
        return remaining * self.law[-1, self.known :]
