"""Working days of the periods: the moving Lunar New Year, Golden Week and the days worked in lieu.

The effect is the logarithm of working days, centred by period of the year, so that it carries only what differs from
the usual January or October.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np

from analytics.tax_forecast.inputs.periods import History
from analytics.workdays import is_working_day


@lru_cache(maxsize=4096)
def working_days(year: int, month: int, calendar: str) -> int:
    """Working days of a month.

    Parameters
    ----------
    year, month : int
    calendar : str
        "weekdays", "china", or the two letters of a country (ISO 3166).

    Raises
    ------
    ValueError
        When the calendar is unknown.
    """
    first = dt.date(year, month, 1)
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return sum(is_working_day(first + dt.timedelta(n), calendar) for n in range((after - first).days))


def effect(history: History, calendar: str) -> np.ndarray:
    """Log working days of every period of the grid, centred by period of the year.

    Returns
    -------
    ndarray of shape (years, periods)
    """
    spans = [range(a + 1, b + 1) for a, b in zip((0, *history.ends[:-1]), history.ends, strict=True)]
    at = [[[history.month(int(y), position) for position in span] for span in spans] for y in history.years]
    days = [[sum(working_days(m.year, m.month, calendar) for m in span) for span in row] for row in at]
    logs = np.log(np.array(days, dtype=float))
    centred: np.ndarray = logs - logs.mean(axis=0)
    return centred
