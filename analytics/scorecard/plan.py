"""A plan as goals: the plan's 64 statements, or a table of the user's own; and how a value is judged against one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.errors import AnalystError, did_you_mean
from analytics.language import Text
from analytics.scorecard.measure import Measure
from analytics.targets import ABOUT, Status, targets

COMPARATORS = (">=", "<=", "<", "==", "~", "between", "increase", "milestone")


class PlanError(AnalystError, ValueError):
    """A plan that cannot be read: which indicator, what was found, what is allowed."""


@dataclass(frozen=True)
class Goal:
    """One statement of a plan.

    Attributes
    ----------
    id, name : identifier, and its name in both languages
    comparator : one of COMPARATORS
    low, high : bounds as the plan writes them; infinite where it sets none
    unit, section : as the plan gives them
    deadline : year; None without one
    restates : id of the first statement of the same goal, or ""
    tolerance : share to either side that "about" allows
    definition : of a user's own plan; "" where the suite's definition holds
    """

    id: str
    name: Text
    comparator: str
    low: float
    high: float
    unit: str
    section: str
    deadline: int | None
    restates: str = ""
    tolerance: float = ABOUT
    definition: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds as judged: about with its tolerance; "equal" as at least, for more than was asked is no failure."""
        if self.comparator == "~":
            return self.low * (1 - self.tolerance), self.high * (1 + self.tolerance)
        if self.comparator == "==":
            return self.low, math.inf
        return self.low, self.high

    def holds(self, value: float) -> bool:
        """Whether a value satisfies the goal."""
        low, high = self.bounds
        return low <= value < high if self.comparator == "<" else low <= value <= high

    @property
    def has_number(self) -> bool:
        """Whether the plan sets a number: milestones and directions have none."""
        return self.comparator not in ("increase", "milestone")

    @property
    def allowed(self) -> Text:
        """Say what the plan asks, with the tolerance where it is this suite's own."""
        unit = ("\N{NO-BREAK SPACE}%", "%") if self.unit.startswith("%") else ("", "")
        if self.comparator == "milestone":
            return (
                Text(f"done by {self.deadline}", f"{self.deadline}年前完成") if self.deadline else Text("done", "完成")
            )
        if self.comparator == "increase":
            return Text("rising; no number set", "提高，未设数值")
        low, high = self.bounds
        if self.comparator == "~":
            return Text(
                f"about {self.low:g}{unit[0]} (read as {low:g} to {high:g})",
                f"{self.low:g}{unit[1]}左右（按{low:g}—{high:g}判定）",
            )
        if self.comparator == "between":
            return Text(f"{low:g} to {high:g}{unit[0]}", f"{low:g}—{high:g}{unit[1]}")
        if self.comparator == "<":
            return Text(f"below {high:g}{unit[0]}", f"低于{high:g}{unit[1]}")
        if self.comparator == "<=":
            return Text(f"at most {high:g}{unit[0]}", f"不超过{high:g}{unit[1]}")
        if self.comparator == "==" and self.low == 100:
            return Text(f"100{unit[0]}", f"100{unit[1]}")
        return Text(f"at least {low:g}{unit[0]}", f"不低于{low:g}{unit[1]}")


def the_plan() -> tuple[Goal, ...]:
    """The plan's 64 statements (53 distinct), in its order."""
    made = []
    for t in targets().values():
        low, high = t.low, t.high
        if t.comparator == "~":  # as written, without the tolerance
            low, high = t.low / (1 - ABOUT), t.high / (1 + ABOUT)
        made.append(Goal(t.id, t.name, t.comparator, round(low, 9), round(high, 9), t.unit, t.section,
                         _year(t.deadline), t.duplicate_of))  # fmt: skip
    return tuple(made)


def _year(text: str) -> int | None:
    """Last year named in a deadline such as "2006-2010" or "every year to 2010"."""
    found = [int(word) for word in text.replace("-", " ").replace("(", " ").replace(")", " ").split() if _is_year(word)]
    return max(found) if found else None


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4


def own_plan(table: Any) -> tuple[Goal, ...]:
    """Read a plan of the user's own.

    Parameters
    ----------
    table : Table or DataFrame `targets` of the contract: indicator_id, comparator, and as the comparator needs low,
        high; optional name, name_zh, unit, deadline, definition, tolerance

    Raises
    ------
    PlanError
        A comparator that is not known, or bounds that it needs and does not have.
    """
    rows = table if isinstance(table, pd.DataFrame) else table.to_pandas()
    made = []
    for number, row in enumerate(rows.to_dict("records"), 1):
        made.append(_goal(number, {k: v for k, v in row.items() if v is not None and v == v and str(v) != ""}))
    if not made:
        raise PlanError("targets: the plan has no row. Give one row an indicator.")
    return tuple(made)


def _goal(number: int, row: dict[Any, Any]) -> Goal:
    name = str(row["indicator_id"])
    comparator = str(row.get("comparator", ""))
    if comparator not in COMPARATORS:
        raise PlanError(
            f'targets, row {number} ({name}): comparator "{comparator}" is not known.'
            f"{did_you_mean(comparator, COMPARATORS)} Allowed: {', '.join(COMPARATORS)}."
        )
    low, high = float(row.get("low", -math.inf)), float(row.get("high", math.inf))
    needs = {">=": ["low"], "==": ["low"], "~": ["low"], "<=": ["high"], "<": ["high"], "between": ["low", "high"]}
    for bound in needs.get(comparator, []):
        if bound not in row:
            raise PlanError(f'targets, row {number} ({name}): "{comparator}" needs column {bound}. Fill it in.')
    if comparator == "~":
        high = low
    if low > high:
        raise PlanError(f"targets, row {number} ({name}): low {low:g} is above high {high:g}. Swap them.")
    title = str(row.get("name", name))
    return Goal(
        name, Text(title, str(row.get("name_zh", title))), comparator, low, high, str(row.get("unit", "")),
        str(row.get("section", "")), int(row["deadline"]) if "deadline" in row else None,
        tolerance=float(row.get("tolerance", ABOUT)), definition=str(row.get("definition", "")),
    )  # fmt: skip


def judged(goal: Goal, measure: Measure | None, year: int) -> Status:
    """Judge a measure at a year.

    Returns
    -------
    "met" only where the whole interval satisfies the goal and the measure is no mere bound; "not_met" where the whole
    interval lies on one side outside it; "watch" between, over a handful of units, and where only a part of the year
    was seen; "insufficient" without a value or without a number to judge.
    """
    if goal.comparator == "milestone":
        return _milestone(goal, measure, year)
    if measure is None or not math.isfinite(measure.value) or not goal.has_number:
        return "insufficient"
    points = [measure.value, *(p for p in (measure.low, measure.high) if math.isfinite(p))]
    held = [goal.holds(p) for p in points]
    status: Status = "watch"
    low, high = goal.bounds
    if all(held):
        status = "met"
    elif not any(held) and (all(p < low for p in points) or all(p >= high for p in points)):
        status = "not_met"
    if measure.partial or (status == "met" and measure.few):
        status = "watch"
    if measure.ceiling is not None and measure.ceiling != status:
        # A pillar's own verdict, or a bound: nothing is better than what it allows.
        order: list[Status] = ["met", "watch", "not_met"]
        if measure.ceiling == "insufficient":
            return "not_met" if status == "not_met" else "insufficient"
        return max(status, measure.ceiling, key=order.index)
    return status


def _milestone(goal: Goal, measure: Measure | None, year: int) -> Status:
    if measure is None or not math.isfinite(measure.value):
        return "insufficient"
    done = measure.value >= 1
    if done and measure.year is not None:
        return "met" if goal.deadline is None or measure.year <= goal.deadline else "not_met"
    return "watch" if goal.deadline is None or year <= goal.deadline else "not_met"
