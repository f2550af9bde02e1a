"""The year cut into periods: receipts month by month, brought to a grid of years x periods as known at an origin.

A period is named by its last month. Where January and February are published as one figure the year has eleven
periods; a history that publishes them apart in some years and together in others is brought to the coarsest cut that
its years share so far, so that a year is always compared with the same periods of another. Months are counted within
the fiscal year: position 1 is its first month, whatever the calendar calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.errors import AnalystError
from analytics.language import Text
from analytics.tax_forecast.inputs.holes import filled

FURTHEST = 3  # years from the origin's own to the year asked for
NEARLY_ALL = 0.01  # share of a year that may be filled in or presumed ended before it is no outturn to judge by


class ReceiptsError(AnalystError, ValueError):
    """Receipts that cannot be forecast as they stand; the message says where and what to do."""


@dataclass(frozen=True)
class FiscalYear:
    """A year that starts in any month; it is named by the calendar year in which it ends.

    Attributes
    ----------
    first_month : int
        Calendar month of its first month; 1 for the calendar year.
    """

    first_month: int = 1

    @property
    def shift(self) -> int:
        """Months by which a calendar month moves ahead to its place in the fiscal year."""
        return (13 - self.first_month) % 12

    def month(self, year: int, position: int) -> pd.Timestamp:
        """First day of a month by its position in a fiscal year; positions below 1 lie in the years before."""
        return pd.Timestamp(year, 1, 1) + pd.DateOffset(months=position - 1 - self.shift)

    def place(self, at: pd.Timestamp) -> tuple[int, int]:
        """Fiscal year and position of a calendar month."""
        moved = at + pd.DateOffset(months=self.shift)
        return moved.year, moved.month

    def label(self, year: int) -> Text:
        """Name of a year: 2025, or 2024/25 where it is not the calendar's."""
        if self.first_month == 1:
            return Text(str(year), str(year))
        return Text(f"{year - 1}/{year % 100:02d}", f"{year - 1}/{year % 100:02d}财")


@dataclass(frozen=True)
class Monthly:
    """What was published of one series, month by month of the fiscal year.

    Attributes
    ----------
    figures : ndarray of shape (years, 12)
        A joint figure stands at its last month; NaN where nothing was published.
    covered : ndarray of shape (years, 12)
        Months that the figure covers; 0 where there is none.
    inside : ndarray of bool, shape (years, 12)
        Months that some series of the panel publishes only together with a later one.
    """

    figures: np.ndarray
    covered: np.ndarray
    inside: np.ndarray

    def grid(self, months: int) -> tuple[np.ndarray, tuple[int, ...]]:
        """Bring the first `months` months (counted from the first year's start) to periods.

        Returns
        -------
        (grid of shape (years so far, periods), ends of the periods); NaN where a month is missing or not yet known.
        """
        years = -(-months // 12)
        known = np.arange(12 * years).reshape(years, 12) < months
        never = (self.inside[:years] & known).any(axis=0)
        ends = tuple(int(m) for m in np.flatnonzero(~never) + 1)
        begins = (0, *ends[:-1])
        values = np.where(known, np.nan_to_num(self.figures[:years]), 0.0)
        covered = np.where(known, self.covered[:years], 0)
        sums = np.stack([values[:, a:b].sum(axis=1) for a, b in zip(begins, ends, strict=True)], axis=1)
        have = np.stack([covered[:, a:b].sum(axis=1) for a, b in zip(begins, ends, strict=True)], axis=1)
        return np.where(have >= np.diff((0, *ends)), sums, np.nan), ends

    def until(self, months: int) -> Monthly:
        """Return what was known after `months` months."""
        known = np.arange(self.figures.size).reshape(self.figures.shape) < months
        return Monthly(np.where(known, self.figures, np.nan), np.where(known, self.covered, 0), self.inside & known)


@dataclass(frozen=True)
class History:
    """Receipts of one series on the grid years x periods.

    Attributes
    ----------
    unique_id, unit
        Name of the series and unit of its receipts.
    ends : tuple of int
        Last month of each period of the year, ascending; the last one is 12.
    first_year : int
        Year of the first row of `grid`.
    grid : ndarray of shape (years, periods)
        Receipts in `unit`; NaN where not yet (or not) received.
    notes : tuple of Text
        What had to be done to the data, for the page.
    fiscal : FiscalYear
    monthly : Monthly or None
        What the grid was made of, where an earlier origin would have made it otherwise (holes, joint months).
    parts : tuple of History
        Series that add up to this one, where one of them has such a `monthly`.
    unseen : tuple of (year, last month, amount)
        Periods for which no figure was ever published, with what stands for them in `grid`, or could have come.
    """

    unique_id: str
    unit: str
    ends: tuple[int, ...]
    first_year: int
    grid: np.ndarray
    notes: tuple[Text, ...] = field(default=())
    fiscal: FiscalYear = field(default_factory=FiscalYear)
    monthly: Monthly | None = field(default=None, repr=False)
    parts: tuple[History, ...] = field(default=(), repr=False)
    unseen: tuple[tuple[int, int, float], ...] = field(default=(), repr=False)

    @property
    def years(self) -> np.ndarray:
        """Years of the rows."""
        return np.arange(self.first_year, self.first_year + len(self.grid))

    @property
    def complete_years(self) -> list[int]:
        """Years with a figure in every period."""
        return [int(year) for year, row in zip(self.years, self.grid, strict=True) if np.isfinite(row).all()]

    @property
    def seen_years(self) -> list[int]:
        """Complete years of which (nearly) all was published: those that a forecast can be judged by."""
        return [y for y in self.complete_years if self.unseen_in(y) <= NEARLY_ALL * abs(self.total(y))]

    def unseen_in(self, year: int, months: int = 12) -> float:
        """Amount that stands, or could stand, for what was never published of a year's first `months` months."""
        return sum(amount for own, end, amount in self.unseen if own == year and end <= months)

    def row(self, year: int) -> np.ndarray:
        """Receipts of a year by period; all NaN for a year outside the grid."""
        position = year - self.first_year
        if 0 <= position < len(self.grid):
            return self.grid[position]
        return np.full(len(self.ends), np.nan)

    def total(self, year: int) -> float:
        """Annual total, NaN while a period is missing."""
        return float(self.row(year).sum())

    def known(self, months: int) -> int:
        """How many periods of a year have ended after `months` months."""
        return sum(end <= months for end in self.ends)

    def month(self, year: int, position: int) -> pd.Timestamp:
        """Calendar month of a position in a year."""
        return self.fiscal.month(year, position)

    def until(self, year: int, months: int) -> History:
        """What was known after `months` months of `year`: later figures are removed, not hidden.

        The last row is always `year` itself, so that its missing periods are the ones to forecast. Holes and joint
        months are treated as they would have been at that origin. With `months` below zero the origin lies in an
        earlier year.
        """
        if self.parts:
            cut = tuple(part.until(year, months) for part in self.parts)
            return replace(self, grid=added_up([c.grid for c in cut]), ends=cut[0].ends, parts=cut)
        limit = max(12 * (year - self.first_year) + months, 0)
        if self.monthly is None:
            flat = np.array([self.row(y) for y in range(self.first_year, year + 1)]).ravel()
            flat[known_periods(limit, self.ends) :] = np.nan
            return replace(self, grid=flat.reshape(-1, len(self.ends)))
        monthly = self.monthly.until(limit)
        values, ends = monthly.grid(limit)
        upto = known_periods(limit, ends)
        missing = np.full((max(year + 1 - self.first_year - len(values), 0), len(ends)), np.nan)
        flat = np.vstack([filled(values, upto), missing]).ravel()
        flat[upto:] = np.nan
        return replace(self, grid=flat.reshape(-1, len(ends)), ends=ends, monthly=monthly)

    def last_known(self) -> tuple[int, int]:
        """Year and last month (position) of the newest figure."""
        flat = np.flatnonzero(np.isfinite(self.grid.ravel()))
        position = int(flat[-1]) if len(flat) else 0
        return self.first_year + position // len(self.ends), self.ends[position % len(self.ends)]

    def months_known(self, year: int, as_of: str | None) -> int:
        """Months of the year asked for that have ended in a period by `as_of`; below 0 for a later year.

        Raises
        ------
        ReceiptsError
            When the receipts do not reach `as_of`, or it does not fit the year.
        """
        newest, end, first = self.month(*self.last_known()), self.month(year, 12), self.month(year - FURTHEST, 1)
        at = min(newest, end) if as_of is None else pd.Timestamp(as_of).replace(day=1)
        if at > newest:
            raise ReceiptsError(
                f"Receipts end in {newest:%Y-%m}, before as_of {at:%Y-%m}. Supply the missing months, or set as_of to "
                f"{newest:%Y-%m} or earlier."
            )
        if not first <= at <= end:
            raise ReceiptsError(
                f"as_of {at:%Y-%m} does not fit the year {self.fiscal.label(year).en}: it must lie between "
                f"{first:%Y-%m} and {end:%Y-%m}."
            )
        own_year, position = self.fiscal.place(at)
        return 12 * (own_year - year) + max((e for e in self.ends if e <= position), default=0)

    def stamps(self) -> pd.DatetimeIndex:
        """First day of each period's last month, in the order of `grid.ravel()`."""
        return pd.DatetimeIndex([self.month(int(y), end) for y in self.years for end in self.ends])


def known_periods(months: int, ends: tuple[int, ...]) -> int:
    """Periods that have ended `months` months after the first year's start."""
    return len(ends) * (months // 12) + sum(end <= months % 12 for end in ends)


def added_up(grids: list[np.ndarray]) -> np.ndarray:
    """Sum of series; one that starts late counts as nothing before."""
    stack = np.stack(grids)
    seen = np.isfinite(stack)
    return np.where(seen.any(axis=0), np.where(seen, stack, 0.0).sum(axis=0), np.nan)
