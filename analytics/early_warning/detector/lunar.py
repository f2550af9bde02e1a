"""How much of a month lies around the Lunar New Year, which falls between 21 January and 20 February."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import pandas as pd

_FIRST_YEAR = 1982
_DATES = (
    125, 213, 202, 220, 209, 129, 217, 206, 127, 215, 204, 123, 210, 131, 219, 207, 128, 216, 205, 124,
    212, 201, 122, 209, 129, 218, 207, 126, 214, 203, 123, 210, 131, 219, 208, 128, 216, 205, 125, 212,
    201, 122, 210, 129, 217, 206, 126, 213, 203, 123, 211, 131, 219, 208, 128, 215, 204, 124, 212,
)  # fmt: skip
"""First day of the lunar year as month and day, 1982-2040 (GB/T 33661-2017, Purple Mountain Observatory's calendar)."""

_BEFORE, _AFTER = 4, 10
_NATIONAL_DAY = (10, 7)  # the month, and its days from the first


@lru_cache(maxsize=1)
def _new_years() -> dict[int, dt.date]:
    return {_FIRST_YEAR + i: dt.date(_FIRST_YEAR + i, *divmod(day, 100)) for i, day in enumerate(_DATES)}


def share(month: pd.Timestamp) -> float:
    """Share of the fifteen days from four before the Lunar New Year to ten after it that fall into a month.

    Parameters
    ----------
    month : Timestamp
        Any day of the month.

    Returns
    -------
    float between 0 and 1; a year outside 1982-2040 has none, so the effect is then left to the season.
    """
    new_year = _new_years().get(month.year)
    if new_year is None:
        return 0.0
    days = [new_year + dt.timedelta(n) for n in range(-_BEFORE, _AFTER + 1)]
    return sum(day.month == month.month for day in days) / len(days)


def shares(months: pd.DatetimeIndex) -> np.ndarray:
    """Return `share` of every month, shape (months,)."""
    return np.array([share(month) for month in months])


def share_of_week(monday: pd.Timestamp) -> float:
    """Share of a week's days that China's long holidays take: the fifteen days of `share`, and 1-7 October.

    Parameters
    ----------
    monday : Timestamp
        First day of the week.

    Returns
    -------
    float between 0 and 1; the Lunar New Year of a year outside 1982-2040 is not known.
    """
    days = [(monday + dt.timedelta(n)).date() for n in range(7)]
    return sum(_holiday(day) for day in days) / len(days)


def _holiday(day: dt.date) -> bool:
    new_year = _new_years().get(day.year)
    near = new_year is not None and -_BEFORE <= (day - new_year).days <= _AFTER
    return near or (day.month == _NATIONAL_DAY[0] and day.day <= _NATIONAL_DAY[1])
