"""Figures as each language writes them: numbers, shares, amounts, months."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from analytics.money_units import money_unit

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
NO_FIGURE = "\N{EM DASH}"
NO_CURRENCY = "XXX"  # ISO 4217 for amounts that no currency is stated of
_NOT_STATED = {"en": "currency not stated", "zh": "币种未注明"}

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SCALES_EN = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))
_SCALES_ZH = ((1e8, "亿"), (1e4, "万"), (1.0, ""))
_CURRENCY_ZH = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "JPY": "日元",
    "KRW": "韩元",
    "BRL": "雷亚尔",
    "ZAR": "兰特",
}


def number(x: float, digits: int = 0, language: Language = "en", *, sign: bool = False) -> str:
    """Write a number: thousands separators in English, none in Chinese, a true minus sign in both.

    Parameters
    ----------
    x : float
        The number; NaN and infinities are written as an em dash.
    digits : int
        Decimals kept.
    language : {"en", "zh"}
        Chinese groups by ten thousands in words (万, 亿), so its figures carry no comma.
    sign : bool
        Write "+" before positive numbers.
    """
    if x is None or not math.isfinite(x):
        return NO_FIGURE
    rounded = round(float(x), digits)
    body = f"{abs(rounded):,.{digits}f}" if language == "en" else f"{abs(rounded):.{digits}f}"
    if rounded < 0:
        return MINUS + body
    return "+" + body if sign and rounded > 0 else body


def percent(share: float, digits: int = 1, language: Language = "en", *, sign: bool = False) -> str:
    """Write a share (0.053) as a percentage: "5.3 %" in English, "5.3%" in Chinese.

    Parameters
    ----------
    share : float
        Missing is written as an em dash.
    digits, language, sign : as for `number`
    """
    figure = number(share * 100 if share is not None else math.nan, digits, language, sign=sign)
    if figure == NO_FIGURE:
        return figure
    return f"{figure}\N{NO-BREAK SPACE}%" if language == "en" else f"{figure}%"


def parse_unit(unit: str) -> tuple[str, float]:
    """Currency and size of a money unit: "CNY 100 million" is ("CNY", 1e8), as is 亿元.

    Raises
    ------
    ValueError
        When the text does not say its currency, or a size that is known.
    """
    return money_unit(unit)


def money_scale(unit: str, language: Language, size: float) -> tuple[float, str]:
    """Factor and label to show amounts of about `size` (in `unit`) as a reader speaks of them.

    Returns
    -------
    (factor, label)
        `amount * factor` is in `label`, such as (0.1, "CNY billion") or (1.0, "亿元"); where no currency is stated
        ("XXX") the label says so.
    """
    currency, worth = parse_unit(unit)
    value = abs(size) * worth if math.isfinite(size) else 1.0
    scales = _SCALES_ZH if language == "zh" else _SCALES_EN
    step, word = next(((s, w) for s, w in scales if value >= s), scales[-1])
    if currency == NO_CURRENCY:
        between = ", " if language == "en" else "，"
        return worth / step, between.join(filter(None, (word, _NOT_STATED[language])))
    if language == "zh":
        return worth / step, word + _CURRENCY_ZH.get(currency, currency)
    return worth / step, f"{currency} {word}".strip()


def money(x: float, unit: str, language: Language, digits: int | None = None, *, sign: bool = False) -> str:
    """Write an amount: "CNY 982.3 billion" in English, "9823亿元" in Chinese.

    Parameters
    ----------
    x : float
        Amount in `unit`; missing is written as an em dash.
    unit : str
        A money unit such as "CNY 100 million", "USD million" or "BRL".
    digits : int, optional
        Decimals; by default one below a thousand of the unit shown, none above.
    """
    if x is None or not math.isfinite(x):
        return NO_FIGURE
    factor, label = money_scale(unit, language, x)
    shown = x * factor
    digits = (1 if abs(shown) < 1000 else 0) if digits is None else digits
    figure = number(shown, digits, language, sign=sign)
    if label.endswith(_NOT_STATED[language]):  # a column or the line above the title says so; the figure stands bare
        word = label.removesuffix(_NOT_STATED[language]).rstrip(", ，")
        return figure + (f"\N{NO-BREAK SPACE}{word}" if word and language == "en" else word)
    if language == "zh":
        return figure + label
    currency, _, word = label.partition(" ")
    return f"{currency}\N{NO-BREAK SPACE}{figure}" + (f"\N{NO-BREAK SPACE}{word}" if word else "")


def month(when: pd.Timestamp | str, language: Language = "en") -> str:
    """Write a month: "June 2025", "2025年6月"."""
    at = pd.Timestamp(when)
    return f"{at.year}年{at.month}月" if language == "zh" else f"{_MONTHS[at.month - 1]} {at.year}"


def day(when: pd.Timestamp | str, language: Language = "en") -> str:
    """Write a day: "2 June 2025", "2025年6月2日"."""
    at = pd.Timestamp(when)
    return f"{month(at, 'zh')}{at.day}日" if language == "zh" else f"{at.day} {month(at)}"


def months_to(when: pd.Timestamp | str, language: Language = "en") -> str:
    """Write the months of a year up to one: "January–June 2025", "2025年1—6月"."""
    at = pd.Timestamp(when)
    if at.month == 1:
        return month(at, language)
    if language == "zh":
        return f"{at.year}年1{NO_FIGURE}{at.month}月"
    return f"January{DASH}{_MONTHS[at.month - 1]} {at.year}"
