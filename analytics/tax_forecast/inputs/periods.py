"""The year cut into periods: from rows of receipts to a grid of years x periods.

A period is named by its last month. Where January and February are published as one figure the year has
eleven periods; a history that publishes them apart in some years and together in others is brought to the
coarsest cut that all its years share, so that a year is always compared with the same periods of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.errors import AnalystError
from analytics.language import Text


class ReceiptsError(AnalystError, ValueError):
    """Receipts that cannot be forecast as they stand; the message says where and what to do."""


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
    """

    unique_id: str
    unit: str
    ends: tuple[int, ...]
    first_year: int
    grid: np.ndarray
    notes: tuple[Text, ...] = field(default=())

    @property
    def years(self) -> np.ndarray:
        """Calendar years of the rows."""
        return np.arange(self.first_year, self.first_year + len(self.grid))

    @property
    def complete_years(self) -> list[int]:
        """Years with a figure in every period."""
        return [int(year) for year, row in zip(self.years, self.grid, strict=True) if np.isfinite(row).all()]

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

    def until(self, year: int, months: int) -> History:
        """What was known after `months` months of `year`: later figures are removed, not hidden.

        The last row is always `year` itself, so that its missing periods are the ones to forecast.
        """
        known = self.known(months)
        rows = [self.row(y) for y in range(self.first_year, year + 1)]
        values = np.array(rows)
        values[-1, known:] = np.nan
        return replace(self, grid=values)

    def last_known(self) -> tuple[int, int]:
        """Year and last month of the newest figure."""
        flat = np.flatnonzero(np.isfinite(self.grid.ravel()))
        position = int(flat[-1]) if len(flat) else 0
        return self.first_year + position // len(self.ends), self.ends[position % len(self.ends)]

    def stamps(self) -> pd.DatetimeIndex:
        """First day of each period's last month, in the order of `grid.ravel()`."""
        return pd.DatetimeIndex([pd.Timestamp(int(y), end, 1) for y in self.years for end in self.ends])


def common_ends(frame: pd.DataFrame) -> tuple[int, ...]:
    """Period ends that all years share (columns ds, months_covered); always closes with December.

    Only ends that every year could have published count: the first and the last year may be incomplete.
    """
    ends = set(range(1, 13))
    stamps = frame[["ds", "months_covered"]].drop_duplicates()
    for stamp, covered in zip(stamps["ds"], stamps["months_covered"], strict=True):
        ends -= set(range(stamp.month - int(covered) + 1, stamp.month))
    return tuple(sorted(ends))


def to_grid(frame: pd.DataFrame, ends: tuple[int, ...], first_year: int, last_year: int) -> np.ndarray:
    """Sum the rows of one series (ds, y, months_covered) into years x periods; NaN where a month is missing."""
    periods = len(ends)
    values = np.zeros((last_year - first_year + 1, periods))
    months = np.zeros_like(values)
    bins = np.searchsorted(ends, frame["ds"].dt.month.to_numpy())
    rows = frame["ds"].dt.year.to_numpy() - first_year
    np.add.at(values, (rows, bins), frame["y"].to_numpy(dtype=float))
    np.add.at(months, (rows, bins), frame["months_covered"].to_numpy(dtype=float))
    lengths = np.diff((0, *ends))
    values[months < lengths] = np.nan
    return values
