"""Figures in sentences, in both languages."""

from __future__ import annotations

from typing import Any

from analytics import language
from analytics.language import Text


def told(en: str, zh: str, **parts: Any) -> Text:
    """Fill a sentence in both languages; parts that are a `Text` speak each language themselves."""
    ours = ({name: p[which] if isinstance(p, Text) else p for name, p in parts.items()} for which in (0, 1))
    return Text(en.format(**next(ours)), zh.format(**next(ours)))


def joined(texts: list[Text]) -> Text:
    """Sentences one after the other."""
    return Text(" ".join(t.en for t in texts), "".join(t.zh for t in texts))


def percent(share: float, digits: int = 1) -> Text:
    """Write a share as a percentage."""
    return Text(language.percent(share, digits, "en"), language.percent(share, digits, "zh"))


def money(amount: float, currency: str) -> Text:
    """Write an amount."""
    return Text(language.money(amount, currency, "en"), language.money(amount, currency, "zh"))


def count(number: float) -> Text:
    """Write a whole number."""
    return Text(language.number(number, 0, "en"), language.number(number, 0, "zh"))


def span(low: float, high: float, digits: int = 1) -> Text:
    """Write an interval of shares."""
    en = f"{language.number(100 * low, digits)}\N{EN DASH}{language.percent(high, digits)}"
    zh = f"{language.number(100 * low, digits, 'zh')}%—{language.percent(high, digits, 'zh')}"
    return Text(en, zh)
