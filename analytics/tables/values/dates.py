"""Dates of a column, read from all its distinct values: what only the column can tell is not decided text by text."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.language import Text
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.values.numbers import Style
from analytics.tables.values.spellings import Asked, Period, Readings, family_of
from analytics.tables.values.years import (
    SHIFTS,
    day_before_month,
    fiscal_doubt,
    fiscal_period,
    fiscal_texts,
    gregorian,
    other_calendar,
)

EARLIEST, LATEST = dt.date(1950, 1, 1), dt.date(2100, 1, 1)
_NEAR = dt.timedelta(days=5 * 366)  # a spreadsheet's day among other dates lies near them
_SHEET_FROM = dt.date(1980, 1, 1)  # a column of nothing but five digits holds days of a spreadsheet from here on
MATERIAL = 0.1  # share of rows that read two ways from which the column is asked about; fewer are set aside
_ALWAYS_ASKED = ("year.month", "five digits")  # what a spreadsheet has changed: few rows, but always the same months
ENOUGH_DAYS = 5  # distinct dates from which none behind the twelfth is no chance
_FORMATS = {
    ("eight digits", "year, month, day"): "%Y%m%d", ("eight digits", "day, month, year"): "%d%m%Y",
    ("eight digits", "month, day, year"): "%m%d%Y",
    ("six digits", "year, month"): "%Y%m", ("six digits", "year, month, day"): "%y%m%d",
    ("six digits", "day, month, year"): "%d%m%y", ("six digits", "month, day, year"): "%m%d%y",
    ("five digits", "year, month"): "%Y%m",
}  # fmt: skip
_WORDS_ZH = {
    "year, month, day": "年月日", "day, month, year": "日月年", "month, day, year": "月日年", "year, month": "年月",
    "spreadsheet day": "电子表格日期序号", "as written": "按原样", "a zero lost": "末尾的零已丢失",
}  # fmt: skip


@dataclass(frozen=True)
class Dates:
    """What the texts of a column mean.

    Attributes
    ----------
    read : text to its period
    problems : text that is not read, to why: two_ways, roc, buddhist
    doubts : what the column must be asked
    """

    read: Mapping[str, Period] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def read_dates(counts: Mapping[str, int], style: Style, asked: Asked) -> Dates:
    """Read the distinct texts of a column.

    Parameters
    ----------
    counts : text (without time of day) to its rows
    style : date format and calendar that the column map gives
    asked : which column
    """
    if style.date_format:
        return _by_format(counts, style, asked)
    families: dict[str, dict[str, Readings]] = defaultdict(dict)
    problems: dict[str, str] = {}
    fiscal = fiscal_texts(counts)
    for text in (t for t in counts if t not in fiscal):
        shifted = gregorian(text, style.calendar)
        if shifted is None:
            problems[text] = "calendar"
            continue
        name, readings = family_of(shifted)
        if name == "roc":
            problems[text] = "roc"
        elif name:
            families[name][text] = _possible(readings, asked)
            if not families[name][text]:
                problems |= other_calendar(text, readings)
    read: dict[str, Period] = {}
    plain = {t: n for t, n in counts.items() if t not in fiscal}
    doubts: list[Doubt] = _swapped(families, asked) + day_before_month(plain, asked, MATERIAL)
    if fiscal and asked.year_ends:
        read = {text: fiscal_period(*meant, asked.year_ends) for text, meant in fiscal.items()}
    elif fiscal:
        problems |= dict.fromkeys(fiscal, "fiscal")
        doubts.append(fiscal_doubt(fiscal, asked.column))
    near = _range(families, asked)
    for name, texts in families.items():
        settled, undecided = _settled(name, texts, len(counts), near, asked)
        read |= settled
        if undecided:
            rows = sum(counts[t] for t in undecided)
            problems |= dict.fromkeys(undecided, "two_ways")
            if name in _ALWAYS_ASKED or rows >= MATERIAL * (sum(counts.values()) + asked.others):
                five = name == "five digits"
                doubts.append(
                    _doubt(name, {t: _serials(texts[t], near) if five else texts[t] for t in undecided}, asked)
                )
    if not asked.monthly:
        read, vague = _days_only(read, families)
        problems |= vague
    return Dates(read, problems, tuple(doubts))


def _swapped(families: Mapping[str, Mapping[str, Readings]], asked: Asked) -> list[Doubt]:
    """Dates none of which lies behind the 12th, beside texts all of which do: a spreadsheet swapped day and month."""
    slashed = {t: r for name in ("slashed", "slashed, short year") for t, r in families.get(name, {}).items()}
    late = [t for t, readings in slashed.items() if len({p.day for p in readings.values()}) == 1]
    if not asked.early or len(late) < ENOUGH_DAYS or len(late) < len(slashed):
        return []
    said = Text(
        f'no date lies behind the 12th of its month, but those left as text do ("{late[0]}"): a spreadsheet may have '
        "taken days for months in the others.",
        f"已识别日期均不晚于12日，而仍为文本的（如“{late[0]}”）均晚于12日：电子表格可能已将其余日期的日、月互换。",
    )
    return [Doubt(asked.column, "swapped", said, (
        Way(Text("the file is exported again with dates as 2025-03-31", "以2025-03-31格式重新导出文件"), ""),
        Way(Text("the dates are right", "日期无误"), f"accept: [{asked.column}.swapped]"),
    ))]  # fmt: skip


def _by_format(counts: Mapping[str, int], style: Style, asked: Asked) -> Dates:
    """Texts in the format that the map gives; and days of a spreadsheet, which a format is often mixed with."""
    read: dict[str, Period] = {}
    shift = SHIFTS.get(style.calendar or "", 0)
    for text in counts:
        try:
            found = dt.datetime.strptime(text, str(style.date_format)).date()
        except ValueError:
            name, readings = family_of(text)
            period = readings.get("spreadsheet day") if name == "five digits" else None
            if period is None or not _SHEET_FROM <= period.day <= asked.today:
                continue
            read[text] = period
        else:
            read[text] = Period(found.replace(year=found.year + shift) if shift else found)
    return Dates(read)


def _possible(readings: Readings, asked: Asked) -> Readings:
    latest = dt.date(asked.today.year + 1, 12, 31)
    fit = {name: p for name, p in readings.items() if EARLIEST <= p.day <= latest}
    return fit or {name: p for name, p in readings.items() if len(readings) == 1 and p.day <= LATEST}


def _range(families: Mapping[str, Mapping[str, Readings]], asked: Asked) -> tuple[dt.date, dt.date] | None:
    """First and last of the dates that read one way."""
    days = [next(iter(r.values())).day for name, texts in families.items() if name != "five digits"
            for r in texts.values() if len(r) == 1]  # fmt: skip
    days += list(asked.near or ())
    return (min(days), max(days)) if days else None


def _settled(
    name: str, texts: Mapping[str, Readings], everything: int, near: tuple[dt.date, dt.date] | None, asked: Asked
) -> tuple[dict[str, Period], list[str]]:
    """Texts of one spelling that the column settles, and those that it leaves open."""
    if name == "five digits":
        texts = {t: r if asked.accepts("spreadsheet") else _serials(r, near) for t, r in texts.items()}
        if joined := [t for t, r in texts.items() if set(r) == {"year, month"}]:
            return {}, joined  # 20242 may be February 2024, but is a day of 1955 to a spreadsheet: never guessed
    elif name == "year.month":
        return _year_dot(texts, asked)
    elif name == "year" and len(texts) != everything:
        return {}, []  # a year among months is no month
    ways = sorted({way for readings in texts.values() for way in readings})
    legible = {t: r for t, r in texts.items() if r}
    fit = [way for way in ways if all(way in readings for readings in legible.values())]
    if asked.monthly and "year, month" in fit:
        fit = ["year, month"]
    if len(fit) > 1 and all(len({r[way].day for way in fit}) == 1 for r in legible.values()):
        fit = fit[:1]
    if len(fit) == 1:
        return {t: r[fit[0]] for t, r in legible.items()}, []
    one = {t: next(iter(r.values())) for t, r in legible.items() if len({p.day for p in r.values()}) == 1}
    if not fit:  # no way reads them all: what reads one way only is read so
        return one, [t for t in legible if t not in one]
    return {}, list(legible)


def _serials(readings: Readings, near: tuple[dt.date, dt.date] | None) -> Readings:
    """Readings of five digits: days of a spreadsheet only where they lie near the other dates, or may stand alone."""
    day = readings.get("spreadsheet day")
    if day is None:
        return readings
    fits = near[0] - _NEAR <= day.day <= near[1] + _NEAR if near else day.day >= _SHEET_FROM
    return readings if fits else {k: v for k, v in readings.items() if k != "spreadsheet day"}


def _year_dot(texts: Mapping[str, Readings], asked: Asked) -> tuple[dict[str, Period], list[str]]:
    """2024.1 is January, or what a spreadsheet left of 2024.10: open where no October is written out."""
    for kind, way in (("zero_lost", "a zero lost"), ("as_written", "as written")):
        if asked.accepts(kind):
            return {t: r[way] for t, r in texts.items() if way in r}, []
    months = {t.split(".")[1] for t in texts}
    regular = bool(months & set("23456789")) and not months & {"11", "12"}
    open_ = [t for t in texts if t.endswith(".1")] if "10" not in months and not regular else []
    return {t: r["as written"] for t, r in texts.items() if "as written" in r and t not in open_}, open_


def _days_only(
    read: Mapping[str, Period], families: Mapping[str, Mapping[str, Readings]]
) -> tuple[dict[str, Period], dict[str, str]]:
    """Where a day is wanted, labels of quarters and years are none, and "Jan-24" may be a day of this year."""
    vague = {t for name in ("name, short year",) for t in families.get(name, ())}
    kept = {t: p for t, p in read.items() if p.months <= 1 and t not in vague}
    return kept, {t: "period" for t in read if t not in kept}


def _doubt(name: str, texts: Mapping[str, Readings], asked: Asked) -> Doubt:
    example = max(texts, key=lambda t: len({p.day for p in texts[t].values()}))
    ways = []
    for way, period in texts[example].items():
        day = f"{period.day:%Y-%m}" if period.months else f"{period.day:%Y-%m-%d}"
        line = _line(name, way, example, asked.column)
        ways.append(Way(Text(f"{way}: {day}", f"{_WORDS_ZH[way]}：{day}"), line))
    said = Text(
        f'"{example}" reads {len(ways)} ways, and nothing in the column tells which.',
        f"“{example}”有{len(ways)}种读法，该列无法判断。",
    )
    if len(ways) == 1:  # the other reading lies far from all other dates, but the one left is a guess too
        said = Text(f'"{example}" is no date as it stands; it may be one of:', f"“{example}”本身不是日期，可能为：")
    return Doubt(asked.column, "date", said, tuple(ways))


def _line(name: str, way: str, example: str, column: str) -> str:
    if name == "year.month":
        return f"accept: [{column}.zero_lost]" if way == "a zero lost" else f"accept: [{column}.as_written]"
    if way == "spreadsheet day":
        return f"accept: [{column}.spreadsheet]"
    if known := _FORMATS.get((name, way)):
        return f'date_format: "{known}"'
    mark = next(c for c in example if not c.isdigit())
    year = "%Y" if name == "slashed" else "%y"
    parts = {"day": "%d", "month": "%m", "year": year}
    return f'date_format: "{mark.join(parts[p] for p in way.split(", "))}"'
