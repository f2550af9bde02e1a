"""Years that are not counted or not followed as usual: of the Republic, Buddhist, fiscal; the day before the month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from analytics.language import Text
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.contract.months import month_named
from analytics.tables.values.spellings import Asked, Period, Readings

SHIFTS = {"roc": 1911, "buddhist": -543}
_FISCAL = r"(?:FY\s?)?(\d{4})\s?[/–—-]\s?(\d{2}|\d{4})|FY\s?(\d{4}|\d{2})"
_LABEL = re.compile(_FISCAL, re.IGNORECASE)
_WITH_MONTH = re.compile(rf"(?:{_FISCAL})[\s,/:-]+(\d{{1,2}}|[^\W\d_]{{3,10}}\.?)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_USUAL_ENDS = {3: "March", 6: "June", 9: "September"}


def gregorian(text: str, calendar: str | None) -> str | None:
    """Text with its year counted as usual; None where it has no year to shift."""
    if calendar not in SHIFTS:
        return text
    digits = 4 if calendar == "buddhist" else 3
    bare = text.strip()
    if bare.isdigit() and len(bare) in (digits + 2, digits + 4):  # 1130105, 25670105
        return f"{int(bare[:digits]) + SHIFTS[calendar]}{bare[digits:]}"
    for part in (p for p in _numbers(bare) if len(p) == digits or (digits == 3 and len(p) == 2 and bare.startswith(p))):
        return bare.replace(part, str(int(part) + SHIFTS[calendar]), 1)
    return None


def other_calendar(text: str, readings: Readings) -> dict[str, str]:
    """Years that only another calendar has: 2567 is Buddhist, 11301 a month of 113 of the Republic."""
    if any(p.day.year >= 2450 for p in readings.values()):
        return {text: "buddhist"}
    return {text: "roc"} if len(text) == 5 and text.isdigit() and "060" < text[:3] < "130" else {}


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()


def fiscal_texts(texts: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Texts that name fiscal years: the calendar year in which each ends, and the month where one is named.

    "2010/11" alone is November too: years are meant where every such text names two years in a row.
    """
    found: dict[str, tuple[int, int | None]] = {}
    months = []
    for text in texts:
        if whole := _LABEL.fullmatch(text.strip()):
            if (ends := _ends(whole)) is not None:
                found[text] = (ends, None)
            elif re.fullmatch(r"\d{4}\s?[/-]\s?(0?[1-9]|1[0-2])", text.strip()):
                months.append(text)
        elif part := _WITH_MONTH.fullmatch(text.strip()):
            month = int(part[4]) if part[4].isdigit() else month_named(part[4])
            if (ends := _ends(part)) is not None and 1 <= month <= 12:
                found[text] = (ends, month)
    sure = len(found) > 1 or any(not _is_month(text) for text in found)
    return found if sure and not months else {}


def _ends(label: re.Match[str]) -> int | None:
    """Calendar year in which a fiscal year ends; None for a text that names no two years in a row."""
    if label[3]:
        return int(label[3]) if len(label[3]) == 4 else 2000 + int(label[3])
    first, second = int(label[1]), int(label[2])
    follows = second == first + 1 if len(label[2]) == 4 else second == (first + 1) % 100
    return first + 1 if follows else None


def _is_month(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}\s?[/-]\s?(0?[1-9]|1[0-2])", text.strip()))


def fiscal_period(ends: int, month: int | None, last: int) -> Period:
    """Period of a fiscal year that ends in a month, or of one of its months."""
    if month is None:
        return Period(dt.date(ends, last, 1), 12)
    return Period(dt.date(ends if month <= last else ends - 1, month, 1), 1)


def fiscal_doubt(texts: dict[str, tuple[int, int | None]], column: str) -> Doubt:
    """Doubt about the month in which fiscal years end."""
    example, (ends, month) = next(iter(texts.items()))
    ways = []
    for last, name in _USUAL_ENDS.items():
        day = fiscal_period(ends, month, last).day
        ways.append(
            Way(Text(f"years end in {name}: {day:%Y-%m}", f"年度止于{last}月：{day:%Y-%m}"), f"year_ends: {last}")
        )
    said = Text(
        f'"{example}" names a fiscal year, and nothing tells in which month it ends.',
        f"“{example}”为财政年度，无法判断其截止月份。",
    )
    return Doubt(column, "fiscal_year", said, tuple(ways))


def day_before_month(counts: Mapping[str, int], asked: Asked, material: float) -> list[Doubt]:
    """Years followed by numbers that are no month: the day stands before the month, also in dates that read at once."""
    odd = [
        t for t in counts if (m := _YEAR_FIRST.fullmatch(t)) and int(m[2]) > 12 >= int(m[3]) >= 1 and int(m[2]) <= 31
    ]
    if (
        len(odd) < 2  # one is a slip of the pen
        or asked.accepts("order")
        or sum(counts[t] for t in odd) < material * (sum(counts.values()) + asked.others)
    ):
        return []
    mark = odd[0][4]
    said = Text(
        f'"{odd[0]}" is a day only if the month stands last; other dates of the column, read with the month in the '
        "middle, would then be wrong.",
        f"“{odd[0]}”仅当月份在末位时才成立；该列其他日期按月份居中读取，可能有误。",
    )
    return [Doubt(asked.column, "order", said, (
        Way(Text("year, day, month", "年日月"), f'date_format: "%Y{mark}%d{mark}%m"'),
        Way(Text("only these texts are faulty", "仅此类文本有误"), f"accept: [{asked.column}.order]"),
    ))]  # fmt: skip
