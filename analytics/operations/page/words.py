"""Figures in sentences, in both languages."""

from __future__ import annotations

import math
from typing import Any

from analytics import language
from analytics.language import Text

NOTHING = Text("\N{EM DASH}", "\N{EM DASH}")


def told(en: str, zh: str, **parts: Any) -> Text:
    """Fill a sentence in both languages; parts that are a `Text` speak each language themselves."""
    ours = ({name: p[which] if isinstance(p, Text) else p for name, p in parts.items()} for which in (0, 1))
    return Text(en.format(**next(ours)), zh.format(**next(ours)))


def percent(share: float, digits: int = 1) -> Text:
    """Write a share as a percentage."""
    return Text(language.percent(share, digits, "en"), language.percent(share, digits, "zh"))


def count(number: float) -> Text:
    """Write a whole number."""
    return Text(language.number(number, 0, "en"), language.number(number, 0, "zh"))


def hours(number: float) -> Text:
    """Write hours with one decimal."""
    if not math.isfinite(number):
        return NOTHING
    return Text(f"{language.number(number, 1)} hours", f"{language.number(number, 1, 'zh')}小时")


def money(amount: float, currency: str = "CNY") -> Text:
    """Write an amount."""
    return Text(language.money(amount, currency, "en"), language.money(amount, currency, "zh"))


def span(low: float, high: float) -> Text:
    """Write an interval of shares."""
    return Text(f"{language.number(100 * low, 1)}\N{EN DASH}{language.percent(high)}",
                f"{language.number(100 * low, 1, 'zh')}%—{language.percent(high, 1, 'zh')}")  # fmt: skip
