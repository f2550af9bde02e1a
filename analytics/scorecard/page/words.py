"""Values of indicators in sentences and cells."""

from __future__ import annotations

import math
from typing import Any

from analytics import language
from analytics.language import Text
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal

NOTHING = Text("\N{EM DASH}", "\N{EM DASH}")


def told(en: str, zh: str, **parts: Any) -> Text:
    """Fill a sentence in both languages; parts that are a `Text` speak each language themselves."""
    ours = ({name: p[which] if isinstance(p, Text) else p for name, p in parts.items()} for which in (0, 1))
    return Text(en.format(**next(ours)), zh.format(**next(ours)))


def joined(texts: list[Text], en: str = " ", zh: str = "") -> Text:
    """Texts one after the other."""
    return Text(en.join(t.en for t in texts), zh.join(t.zh for t in texts))


def digits(goal: Goal) -> int:
    """Decimals that tell a value from its threshold: more of them for shares near 0 or 100."""
    bound = next((b for b in (goal.low, goal.high) if math.isfinite(b)), 0.0)
    written = len(f"{bound:g}".partition(".")[2])
    fine = goal.unit.startswith("%") and (bound >= 99 or bound <= 1)
    return written + (1 if written else 2) if fine else max(written, 1)


def amount(goal: Goal, value: float) -> Text:
    """Write a value in the goal's unit."""
    if not math.isfinite(value):
        return NOTHING
    n = digits(goal)
    if goal.unit.startswith("%"):
        return Text(language.percent(value / 100, n, "en"), language.percent(value / 100, n, "zh"))
    return Text(language.number(value, n, "en"), language.number(value, n, "zh"))


def shown(goal: Goal, measure: Measure | None) -> Text:
    """Value of a goal: a milestone says whether it was reached."""
    if measure is None:
        return NOTHING
    if goal.comparator == "milestone":
        done = measure.value >= 1
        when = measure.year if measure.year is not None else ""
        return Text(f"done {when}".strip(), f"{when}年完成" if when else "已完成") if done else Text("open", "未完成")
    return amount(goal, measure.value)


def interval(goal: Goal, measure: Measure | None) -> Text:
    """95 % interval of a value, where it has one."""
    if measure is None or not math.isfinite(measure.low + measure.high):
        return NOTHING
    low, high = amount(goal, measure.low), amount(goal, measure.high)
    return Text(f"{low.en.split(chr(160))[0]}\N{EN DASH}{high.en}", f"{low.zh}—{high.zh}")
