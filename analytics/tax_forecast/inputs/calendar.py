"""Working days of the periods: the moving Lunar New Year, Golden Week and the days worked in lieu.

The calendars are kept by others: `chinesecalendar` holds the official working days of mainland China; "weekdays"
counts Monday to Friday. The effect is the logarithm of working days, centred by period of the year, so that it
carries only what differs from the usual January or October.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import chinese_calendar
import numpy as np

from analytics.tax_forecast.inputs.periods import History

CALENDARS = ("weekdays", "china")


@lru_cache(maxsize=4096)
def working_days(year: int, month: int, calendar: str) -> int:
    """Working days of a month.

    Parameters
    ----------
    year, month : int
    calendar : {"weekdays", "china"}
        A year that the official calendar does not hold yet (or no more) counts its weekdays.

    Raises
    ------
    ValueError
        When the calendar is unknown.
    """
    if calendar not in CALENDARS:
        raise ValueError(f'calendar "{calendar}" is unknown. Calendars: {", ".join(CALENDARS)}.')
    first = dt.date(year, month, 1)
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    days = [first + dt.timedelta(n) for n in range((after - first).days)]
    if calendar == "china":
        try:
            return sum(chinese_calendar.is_workday(day) for day in days)
        except NotImplementedError:
            pass
    return sum(day.weekday() < 5 for day in days)


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
