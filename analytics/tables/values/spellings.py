"""How dates and periods are spelled: what one text may mean, each reading under its name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.tables.contract.months import is_thai, month_named

_EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet
# A note behind a period: 2023 [p], Dec-23 (r), 2023年12月（初步）, 2023M12*
_NOTE = re.compile(r"\s*(?:[\[(（](?:[^\W\d_]{1,12}\.?|note \d+)[\])）]|[*†‡])+$", re.IGNORECASE)
_CHINESE = str.maketrans("〇零一二三四五六七八九", "00123456789")
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_HANZI_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+")


@dataclass(frozen=True)
class Period:
    """A day, or the first day of the last month of a period.

    Attributes
    ----------
    day : date
    months : that the label covers; 0 for a day
    """

    day: dt.date
    months: int = 0


@dataclass(frozen=True)
class Asked:
    """What is read: which column, a month or a day, and the dates of its rows that read at once.

    Attributes
    ----------
    near, others : first and last of those dates, and their rows; `early`: none of them lies behind the 12th of a month
    year_ends : last month of fiscal years, where the map gives it
    """

    column: str
    monthly: bool
    today: dt.date
    near: tuple[dt.date, dt.date] | None = None
    others: int = 0
    accepted: tuple[str, ...] = ()
    year_ends: int | None = None
    early: bool = False

    def accepts(self, kind: str) -> bool:
        """Whether the column map says that a doubtful reading is meant."""
        return f"{self.column}.{kind}" in self.accepted


Readings = dict[str, Period]
Spelling = tuple[str, re.Pattern[str], Callable[[re.Match[str]], Iterator[tuple[str, Period | None]]]]


def family_of(text: str) -> tuple[str, Readings]:
    """Which spelling a text has, and what it may mean; ("", {}) where it is no date."""
    plain = _plain(text)
    for name, pattern, readings in SPELLINGS:
        if found := pattern.fullmatch(plain):
            meant = {reading: period for reading, period in readings(found) if period is not None}
            if meant or name in ("roc", "serial"):
                return name, meant
    return "", {}


def _plain(text: str) -> str:
    text = _NOTE.sub("", " ".join(text.strip().split()))
    for era, zero in _ERAS.items():
        text = re.sub(rf"^{era}元年", f"{zero + 1}年", text)  # the first year of an era
        text = re.sub(rf"^{era}(\d+)年", lambda m, z=zero: f"{int(m[1]) + z}年", text)  # type: ignore[misc]
    if "年" in text or "月" in text:
        text = _HANZI_NUMBER.sub(lambda m: _hanzi(m[0]), text)
    return text


def _hanzi(text: str) -> str:
    """Chinese numerals of years (二〇二四) and of months and days (十二)."""
    if "十" not in text:
        return text.translate(_CHINESE)
    tens, _, ones = text.partition("十")
    return str(int((tens or "一").translate(_CHINESE)) * 10 + int((ones or "零").translate(_CHINESE)))


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        return Period(dt.date(year, month, day))
    except ValueError:
        return None


def _month(year: int, month: int, months: int = 1) -> Period | None:
    return Period(dt.date(year, month, 1), months) if 1 <= month <= 12 and 1 <= year <= 9999 else None


def _century(two: str) -> int:
    """Year of two digits: 69 and above lie in the last century, as strptime has it."""
    return int(two) + (1900 if int(two) >= 69 else 2000)


def _year(year: str, word: str) -> int:
    """Year beside the name of a month: Thai names go with Buddhist years."""
    return int(year) - (543 if is_thai(word) and int(year) > 2400 else 0)


def _named_day(year: str, word: str, day: str) -> Period | None:
    return _day(int(year) if len(year) == 4 else _century(year), month_named(word) or 13, int(day))


def _eight(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    t = m[0]
    yield "year, month, day", _day(int(t[:4]), int(t[4:6]), int(t[6:]))
    yield "day, month, year", _day(int(t[4:]), int(t[2:4]), int(t[:2]))
    yield "month, day, year", _day(int(t[4:]), int(t[:2]), int(t[2:4]))


def _six(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    t = m[0]
    yield "year, month", _month(int(t[:4]), int(t[4:]))
    yield "year, month, day", _day(_century(t[:2]), int(t[2:4]), int(t[4:]))
    yield "day, month, year", _day(_century(t[4:]), int(t[2:4]), int(t[:2]))
    yield "month, day, year", _day(_century(t[4:]), int(t[:2]), int(t[2:4]))


def _five(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    number = int(float(m[0]))
    yield "spreadsheet day", Period(_EPOCH + dt.timedelta(days=number))
    if "." not in m[0] and int(m[0][4]):
        yield "year, month", _month(int(m[0][:4]), int(m[0][4]))


def _year_dot(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    yield "as written", _month(int(m[1]), int(m[2]))
    yield "a zero lost", _month(int(m[1]), int(m[2]) * 10 if len(m[2]) == 1 else int(m[2]))


def _ordered(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    one, two, year = int(m[1]), int(m[3]), int(m[4])
    yield "day, month, year", _day(year, two, one)
    if m[2] != ".":
        yield "month, day, year", _day(year, one, two)


def _ordered_short(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
    yield "day, month, year", _day(_century(m[4]), int(m[3]), int(m[1]))
    if m[2] != ".":
        yield "month, day, year", _day(_century(m[4]), int(m[1]), int(m[3]))
        yield "year, month, day", _day(_century(m[1]), int(m[3]), int(m[4]))


def _one(period: Callable[[re.Match[str]], Period | None]) -> Callable[..., Iterator[tuple[str, Period | None]]]:
    def only(m: re.Match[str]) -> Iterator[tuple[str, Period | None]]:
        yield "as written", period(m)

    return only


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_WORD = r"([^\W\d_](?:[^\W\d_]|[.\u0e00-\u0e7f]){1,11}\.?)"
_QUARTERS = {"1": 3, "2": 6, "3": 9, "4": 12}
# Name, pattern, readings; the first pattern that fits counts.
SPELLINGS: tuple[Spelling, ...] = (
    ("eight digits", _of(r"\d{8}"), _eight),
    ("six digits", _of(r"\d{6}"), _six),
    ("five digits", _of(r"\d{5}(\.\d+)?"), _five),
    ("year.month", _of(r"(\d{4})\.(\d{1,2})"), _year_dot),
    ("roc", _of(r"(1[0-2]\d|[6-9]\d)[-/.](\d{1,2})(?:[-/.](\d{1,2}))?|1[0-2]\d(0[1-9]|1[0-2])(\d{2})?"),
     lambda m: iter(())),
    ("year-month-day", _of(r"(\d{4})\s?[-/.年 ]\s?(\d{1,2})\s?[-/.月 ]\s?(\d{1,2})日?"),
     _one(lambda m: _day(int(m[1]), int(m[2]), int(m[3])))),
    ("slashed", _of(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})"), _ordered),
    ("slashed, short year", _of(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2})"), _ordered_short),
    ("year-month", _of(r"(\d{4})\s?(?:[-/]|年|M|-M)\s?(\d{1,2})(?:月份?)?"),
     _one(lambda m: _month(int(m[1]), int(m[2])))),
    ("month/year", _of(r"(\d{1,2})[-/.](\d{4})"), _one(lambda m: _month(int(m[2]), int(m[1])))),
    ("M04 2024", _of(r"M(\d{1,2})[ -]?(\d{4})"), _one(lambda m: _month(int(m[2]), int(m[1])))),
    ("months of a year", _of(r"(\d{4})\s?[-/.年]?\s?1月?\s?[-—–~～至到]\s?(\d{1,2})月份?"),
     _one(lambda m: _month(int(m[1]), int(m[2]), int(m[2])) if "月" in m[0] else None)),
    ("quarter", _of(r"(\d{4})\s?[-/年]?\s?第?(?:Q([1-4])|([1-4])\s?季度|([1-4])Q)"),
     _one(lambda m: _month(int(m[1]), _QUARTERS[m[2] or m[3] or m[4]], 3))),
    ("quarter first", _of(r"(?:Q([1-4])|([1-4])Q)[ -/]?(\d{4})"),
     _one(lambda m: _month(int(m[3]), _QUARTERS[m[1] or m[2]], 3))),
    ("half", _of(r"(\d{4})\s?年?(?:H([12])|上半年|下半年)"),
     _one(lambda m: _month(int(m[1]), 6 if m[2] == "1" or "上" in m[0] else 12, 6))),
    ("year", _of(r"(\d{4})年?"), _one(lambda m: _month(int(m[1]), 12, 12))),
    ("name year", _of(rf"{_WORD}[ ,/-]{{0,2}}(\d{{4}})"), _one(lambda m: _month(_year(m[2], m[1]), month_named(m[1])))),
    ("year name", _of(rf"(\d{{4}})[ ,/-]?{_WORD}"), _one(lambda m: _month(int(m[1]), month_named(m[2])))),
    ("name, short year", _of(rf"{_WORD}[ /'’-]{{1,2}}(\d{{2}})"),
     _one(lambda m: _month(_century(m[2]), month_named(m[1])))),
    ("day name year",
     _of(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ .-]{{0,2}}(?:de )?{_WORD}[ ,.-]{{0,2}}(?:de )?(\d{{4}}|\d{{2}})"),
     _one(lambda m: _named_day(m[3], m[2], m[1]))),
    ("name day year", _of(rf"{_WORD}[ -](\d{{1,2}})(?:st|nd|rd|th)?[ ,-]{{1,2}}(\d{{4}})"),
     _one(lambda m: _named_day(m[3], m[1], m[2]))),
    ("year name day", _of(rf"(\d{{4}})[ -]{_WORD}[ -](\d{{1,2}})"),
     _one(lambda m: _named_day(m[1], m[2], m[3]))),
)  # fmt: skip
