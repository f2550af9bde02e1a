"""A panel: monthly figures of many series, their names, and what of the data it leaves unwatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analytics.early_warning.detector.pace import PACES, Pace
from analytics.errors import DataError
from analytics.language import Text

JOIN: Final = " x "
"""Stands between the parts of a series' name."""

MEASURES: Final = {
    "value": Text("value", "货值"),
    "quantity": Text("quantity", "数量"),
    "unit_value": Text("unit value", "单价"),
    "lines": Text("lines", "记录数"),
    "receipts": Text("receipts", "入库税款"),
    "mirror": Text("imports against mirror exports", "进口与镜像出口之比"),
    "trade": Text("trade", "有无申报"),
}

DIMENSIONS: Final = {
    "product": Text("product", "商品"),
    "chapter": Text("chapter", "章"),
    "origin": Text("origin", "原产国"),
    "district": Text("district", "关区"),
    "enterprise": Text("enterprise", "企业"),
    "regime": Text("regime", "监管方式"),
    "good": Text("good", "商品"),
    "exporter": Text("exporter", "出口方"),
    "importer": Text("importer", "进口方"),
    "series": Text("series", "序列"),
    "all": Text("all series", "全部序列"),
}

LEAST_YEARS: Final = 3
"""Years of data before anything is told: the first two teach the season, the third the thresholds."""

LEAST_WATCH: Final = 12 * LEAST_YEARS


class WarningDataError(DataError):
    """Data that cannot be watched: what was found, what is needed, what to do."""


@dataclass(frozen=True)
class Panel:
    """Figures of one measure by month or week.

    Attributes
    ----------
    measure : a key of MEASURES
    names : DataFrame, one row a series, one column a dimension
    figures : (months, series); zero or missing where nothing was traded
    months : consecutive first days of months, or Mondays
    worth : (series,) value of the last twelve months: what is at stake in a series
    sums : (series,) of bool, series summed up here: missing where a part is missing, which is no silence; None: none is
    period : "month" or "week"
    """

    measure: str
    names: pd.DataFrame
    figures: np.ndarray
    months: pd.DatetimeIndex
    worth: np.ndarray
    sums: np.ndarray | None = None
    period: str = "month"

    @property
    def pace(self) -> Pace:
        """What a step is."""
        return PACES[self.period]

    @property
    def can_fall_silent(self) -> np.ndarray:
        """Series whose absence says something, (series,) of bool."""
        return np.full(len(self.names), True) if self.sums is None else ~self.sums

    @property
    def keys(self) -> np.ndarray:
        """Name of every series: its dimensions joined."""
        return joined(self.names)


@dataclass(frozen=True)
class Coverage:
    """What of the data is watched.

    Attributes
    ----------
    series, watched : how many there are, and how many are watched
    share : of the value that the watched series hold
    unfinished : the last month of the data where it is far from complete, and so not judged; None where it is
    ended : series without a figure in the last twelve months, which are not watched
    empty : months between the first and the last of which the data hold nothing: nobody is missed in them
    """

    series: int
    watched: int
    share: float
    unfinished: pd.Timestamp | None = None
    ended: int = 0
    empty: tuple[pd.Timestamp, ...] = ()


def empty_months(grid: pd.DatetimeIndex, held: pd.Series) -> tuple[pd.Timestamp, ...]:
    """Months of a grid of which the data hold no row."""
    return tuple(grid.difference(pd.DatetimeIndex(held.unique())))


def joined(names: pd.DataFrame) -> np.ndarray:
    """Join the columns of names into one text a row."""
    key = names.iloc[:, 0].astype(str)
    for column in names.columns[1:]:
        key = key + JOIN + names[column].astype(str)
    return key.to_numpy(dtype=object)


def grid_of(steps: pd.Series, period: str = "month") -> pd.DatetimeIndex:
    """Consecutive months or weeks from the first to the last.

    Raises
    ------
    WarningDataError
        For fewer than three years.
    """
    grid = pd.date_range(steps.min(), steps.max(), freq="MS" if period == "month" else "W-MON")
    least = LEAST_YEARS * PACES[period].steps
    if len(grid) < least:
        raise WarningDataError(
            f"The watch needs {least} {period}s (two years to learn the season, one to place thresholds); the data "
            f"hold {len(grid)}, {grid[0]:%Y-%m} to {grid[-1]:%Y-%m}. Give it a longer source."
        )
    return grid
