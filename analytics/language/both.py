"""Figures in both languages at once, to stand in a sentence or a cell: each returns a `Text`."""

from __future__ import annotations

import pandas as pd

from analytics.language import figures
from analytics.language.figures import LANGUAGES, NO_FIGURE
from analytics.language.texts import Text, told

NOTHING = Text(NO_FIGURE, NO_FIGURE)


def number(x: float, digits: int = 0, *, sign: bool = False) -> Text:
    """Write a number: "12,345" and "12345"."""
    return Text(*(figures.number(x, digits, language, sign=sign) for language in LANGUAGES))


def counted(n: int, one: str, many: str, zh: str) -> Text:
    """Count things: "1 group", "1,200 groups" and "1200个分组".

    Parameters
    ----------
    n : how many
    one, many : what is counted, in English, of one and of any other number
    zh : measure word and noun
    """
    return told("{n} {what}", "{n}{what}", n=number(n), what=Text(one if n == 1 else many, zh))


def part(n: int, whole: int) -> Text:
    """How many of some: "none", "all", or the number."""
    if not n or n == whole:
        return Text("all" if n else "none", f"{n}")
    return number(n)


def percent(share: float | None, digits: int = 1, *, sign: bool = False) -> Text:
    """Write a share as a percentage: "5.3 %" and "5.3%"; what is not known is a dash."""
    known = float("nan") if share is None else share
    return Text(*(figures.percent(known, digits, language, sign=sign) for language in LANGUAGES))


def money(x: float, unit: str, digits: int | None = None, *, sign: bool = False) -> Text:
    """Write an amount: "CNY 982.3 billion" and "9823亿元".

    Parameters
    ----------
    x, unit, digits, sign : as for `analytics.language.money`
    """
    return Text(*(figures.money(x, unit, language, digits, sign=sign) for language in LANGUAGES))


def month(when: pd.Timestamp | str) -> Text:
    """Write a month: "June 2025" and "2025年6月"."""
    return Text(*(figures.month(when, language) for language in LANGUAGES))


def span(low: float, high: float, digits: int = 1) -> Text:
    """Write an interval of shares: "41.2–43.0 %" and "41.2%—43.0%"."""
    en = f"{figures.number(100 * low, digits)}{figures.DASH}{figures.percent(high, digits)}"
    zh = f"{figures.percent(low, digits, 'zh')}{NO_FIGURE}{figures.percent(high, digits, 'zh')}"
    return Text(en, zh)


def itself(name: object) -> Text:
    """Say a name that is the same in both languages."""
    return Text(str(name), str(name))
