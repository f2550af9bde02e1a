"""Working days against the official ones as another package holds them, and beyond where that one ends."""

import datetime as dt

import chinese_calendar
import pytest

from analytics.tax_forecast.inputs.calendar import working_days
from analytics.workdays import is_working_day, lunar_new_year


def test_chinas_working_days_are_the_official_ones():
    """State Council notices 2006 to 2026, as `chinesecalendar` holds them, every day."""
    day, end = dt.date(2006, 1, 1), dt.date(2026, 12, 31)
    while day <= end:
        assert is_working_day(day, "china") == chinese_calendar.is_workday(day), day
        day += dt.timedelta(1)


def off_for_the_festival(day: dt.date) -> bool:
    return not chinese_calendar.is_workday(day) and chinese_calendar.get_holiday_detail(day)[1] == "Spring Festival"


@pytest.mark.parametrize("year", range(2006, 2027))
def test_the_break_at_the_lunar_new_year_starts_on_the_official_day(year):
    start = lunar_new_year(year)
    assert off_for_the_festival(start)
    assert not off_for_the_festival(start - dt.timedelta(1))


def test_a_year_that_is_not_announced_yet_still_knows_its_holidays():
    """Lunar New Year 2030 falls on 3 February."""
    assert lunar_new_year(2030) in (dt.date(2030, 2, 2), dt.date(2030, 2, 3))
    assert working_days(2030, 2, "china") < working_days(2030, 2, "weekdays")


def test_any_country_has_a_calendar_and_a_mistyped_one_is_refused():
    assert working_days(2024, 12, "BD") < 31
    assert working_days(2024, 5, "weekdays") == 23
    with pytest.raises(ValueError, match=r'calendar "chian" is unknown.*two letters'):
        working_days(2024, 5, "chian")
