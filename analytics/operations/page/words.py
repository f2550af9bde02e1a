"""Hours and amounts in sentences, in both languages."""

from __future__ import annotations

import math

from analytics.language import Text, both, told


def hours(x: float) -> Text:
    """Write hours with one decimal."""
    return told("{x} hours", "{x}小时", x=both.number(x, 1)) if math.isfinite(x) else both.NOTHING


def money(amount: float, currency: str = "CNY") -> Text:
    """Write an amount."""
    return both.money(amount, currency)
