"""Values of indicators in sentences and cells."""

from __future__ import annotations

import math

from analytics.language import Text, both
from analytics.language.both import NOTHING
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal


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
        return both.percent(value / 100, n)
    return both.number(value, n)


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
