"""The plan's indicators with their thresholds, and judging a value against one.

Source: China Customs, 2004-2010 plan for a modern customs system (second step), revised 2006; `data/targets.csv`
keeps the wording, section and deadline of every indicator.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from analytics.language import Text

Status = Literal["met", "not_met", "watch", "insufficient"]

# The plan says "about" (左右) without a width: this suite takes an eighth to either side and says so on the page.
ABOUT = 0.125


@dataclass(frozen=True)
class Target:
    """One indicator of the plan.

    Attributes
    ----------
    id, name : identifier, and its name in both languages
    comparator : one of >=, <=, <, ==, ~ (about), between, increase (direction only), milestone
    low, high : bounds in `unit`; infinite where the plan sets none
    unit, deadline, section, family : as the plan gives them
    duplicate_of : id of the first statement of the same indicator, or ""
    """

    id: str
    name: Text
    comparator: str
    low: float
    high: float
    unit: str
    deadline: str
    section: str
    family: str
    duplicate_of: str
    note: str

    @property
    def judgeable(self) -> bool:
        """Whether a value can be judged: milestones and directions without a number cannot."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    def holds(self, value: float) -> bool:
        """Whether a value (in `unit`) satisfies the plan."""
        return self.low <= value < self.high if self.comparator == "<" else self.low <= value <= self.high

    def allowed(self) -> Text:
        """Say the threshold in words."""
        low, high = _figure(self.low), _figure(self.high)
        unit_en, unit_zh = (" %", "%") if self.unit.startswith("%") else ("", "")
        if math.isfinite(self.low) and math.isfinite(self.high):
            if self.low == self.high:
                return Text(f"{low}{unit_en}", f"{low}{unit_zh}")
            return Text(f"{low}\N{EN DASH}{high}{unit_en}", f"{low}—{high}{unit_zh}")
        if math.isfinite(self.low):
            return Text(f"at least {low}{unit_en}", f"不低于{low}{unit_zh}")
        if math.isfinite(self.high):
            word = ("below ", "低于") if self.comparator == "<" else ("at most ", "不超过")
            return Text(f"{word[0]}{high}{unit_en}", f"{word[1]}{high}{unit_zh}")
        return Text("no number set", "未设数值")


def _figure(x: float) -> str:
    return f"{x:g}"


def _bounds(row: dict[str, str]) -> tuple[float, float]:
    low = float(row["value_low"]) if row["value_low"] else -math.inf
    high = float(row["value_high"]) if row["value_high"] else math.inf
    match row["comparator"]:
        case "~":
            return low * (1 - ABOUT), high * (1 + ABOUT)
        case "milestone" | "increase":
            return -math.inf, math.inf
    return low, high


@cache
def targets() -> dict[str, Target]:
    """Return every indicator of the plan by its id, in the plan's order."""
    path = resources.files("analytics") / "data" / "targets.csv"
    result = {}
    with path.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        low, high = _bounds(row)
        result[row["id"]] = Target(
            id=row["id"],
            name=Text(row["name_en"], row["name_zh"]),
            comparator=row["comparator"],
            low=low,
            high=high,
            unit=row["unit"],
            deadline=row["deadline"],
            section=row["section"],
            family=row["family"],
            duplicate_of=row["duplicate_of"],
            note=row["note"],
        )
    return result


def target(target_id: str) -> Target:
    """Return one indicator.

    Raises
    ------
    KeyError
        Naming the ids there are, when this one is not among them.
    """
    try:
        return targets()[target_id]
    except KeyError:
        raise KeyError(f'"{target_id}" is no indicator of the plan. Indicators: {", ".join(targets())}.') from None


def judge(target_id: str, value: float | None, low: float | None = None, high: float | None = None) -> Status:
    """Judge a value, with its interval where there is one.

    Parameters
    ----------
    target_id : str
    value : float
        In the target's unit; missing gives "insufficient".
    low, high : float, optional
        Interval of the value. The judgement is firm only where the whole interval lies on one side of the threshold;
        otherwise "watch".

    Returns
    -------
    "met", "not_met", "watch" or "insufficient" (no value, or a target that sets no number).
    """
    goal = target(target_id)
    if value is None or not math.isfinite(value) or not goal.judgeable:
        return "insufficient"
    points = [value] + [p for p in (low, high) if p is not None and math.isfinite(p)]
    held = [goal.holds(p) for p in points]
    if all(held):
        return "met"
    # A band can be missed on both sides of an interval that covers it: only one-sided misses are firm.
    one_side = all(p < goal.low for p in points) or all(p >= goal.high for p in points)
    return "not_met" if not any(held) and one_side else "watch"
