"""Working days of a country: public holidays, and the weekend days worked in their lieu.

The calendars are those of the package `holidays` (China: State Council notices, days in lieu included as far as they
are announced; later years hold the holidays themselves).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import holidays
from holidays.registry import EntityLoader

WEEKDAYS, CHINA = "weekdays", "china"
_FESTIVAL = ("Spring Festival", "New Year's Eve")


@lru_cache(maxsize=16)
def _of(calendar: str) -> Any:
    code = "CN" if calendar == CHINA else calendar.upper()
    if code not in EntityLoader.get_country_codes(include_aliases=True):  # the public list reads every country's rules
        raise ValueError(
            f'calendar "{calendar}" is unknown. Write "{WEEKDAYS}", "{CHINA}", or the two letters of a country such as '
            '"BD" (ISO 3166).'
        )
    return holidays.country_holidays(code)


def is_working_day(day: dt.date, calendar: str) -> bool:
    """Whether a day is worked.

    Parameters
    ----------
    day : date
    calendar : str
        "weekdays" (Monday to Friday), "china", or a country's two letters (ISO 3166).

    Raises
    ------
    ValueError
        When the calendar is unknown.
    """
    if calendar == WEEKDAYS:
        return day.weekday() < 5
    return bool(_of(calendar).is_working_day(day))


@lru_cache(maxsize=64)
def lunar_new_year(year: int) -> dt.date:
    """First day of the break at the Lunar New Year in China; weekends that lead into it belong to it."""
    china = _of(CHINA)
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(n) for n in range(1, 75)]
    start = next(day for day in days if any(name in china.get(day, "") for name in _FESTIVAL))
    while not china.is_working_day(start - dt.timedelta(1)):
        start -= dt.timedelta(1)
    return start
