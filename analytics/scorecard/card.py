"""The scorecard: every goal with its value, interval, status, trend, pace, or the reason why it cannot be judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from scipy.stats import norm

from analytics.language import Text
from analytics.scorecard.compute.declared import ALL
from analytics.scorecard.definitions import definition
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal, judged
from analytics.shown import Shown
from analytics.statistics import NORMAL95
from analytics.targets import Status

Key = tuple[str, int, str]  # indicator, year, district
MILESTONE = -1  # a milestone has one value, whatever the year


@dataclass(frozen=True)
class Sources:
    """What an administration can give; each is optional, and an indicator without its table says so."""

    declarations: Any = None
    audits: Any = None
    handbooks: Any = None
    transit: Any = None
    indicators: Any = None
    targets: Any = None
    results: tuple[str, ...] = ()

    def frame(self, name: str) -> pd.DataFrame | None:
        """Table as pandas, or None."""
        table = getattr(self, name)
        if table is None:
            return None
        rows: pd.DataFrame = table if isinstance(table, pd.DataFrame) else table.to_pandas()
        return rows.reset_index(drop=True)

    @property
    def simulated(self) -> bool:
        """Whether any table is simulated."""
        return any(bool(getattr(getattr(self, n), "simulated", False)) for n in self.__dataclass_fields__)


@dataclass(frozen=True, repr=False)
class Scorecard(Shown):
    """Measures of a plan's goals by year and district.

    Attributes
    ----------
    goals : all statements of the plan, restated ones included
    year : the year judged
    district : "all", or the district judged
    measures : by indicator, year and district
    since : the year with which an evaluation compares; the year before without it
    unread : rows of the table `indicators` by names that are no statement of the plan
    """

    goals: tuple[Goal, ...]
    year: int
    district: str
    measures: Mapping[Key, Measure] = field(repr=False)
    since: int | None = None
    unread: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def said(self) -> str:
        """The result in one line."""
        found = [self.status(goal) for goal in self.distinct]
        counts = ", ".join(f"{n} {s}" for s in ("met", "not_met", "watch", "insufficient") if (n := found.count(s)))
        return f"{self.year}, district {self.district}: {counts}"

    def summary(self) -> pd.DataFrame:
        """Goals with value, interval and status."""
        return self.table()[["indicator_id", "target", "value", "low95", "high95", "status"]]

    def measure(self, goal: Goal, year: int | None = None, district: str | None = None) -> Measure | None:
        """Measure of a goal (of the first statement of it)."""
        name = goal.restates or goal.id
        at = MILESTONE if goal.comparator == "milestone" else (self.year if year is None else year)
        return self.measures.get((name, at, district or self.district))

    def status(self, goal: Goal, year: int | None = None, district: str | None = None) -> Status:
        """Status of a goal at a year."""
        return judged(goal, self.measure(goal, year, district), self.year if year is None else year)

    @property
    def distinct(self) -> list[Goal]:
        """Goals without their restatements."""
        return [g for g in self.goals if not g.restates]

    def before(self, goal: Goal) -> Measure | None:
        """Measure of the year before."""
        return None if goal.comparator == "milestone" else self.measure(goal, self.year - 1)

    def change(self, goal: Goal) -> float:
        """Change on the year before, in the indicator's unit; missing without one."""
        now, then = self.measure(goal), self.before(goal)
        return math.nan if now is None or then is None else now.value - then.value

    def chance(self, goal: Goal) -> float:
        """Chance of satisfying the goal at its deadline on a straight line through the last two years.

        Missing without two years with intervals, for milestones, and once the deadline has come. Its
        spread is that of the two intervals alone: what may change beside them is not in it.
        """
        now, then = self.measure(goal), self.before(goal)
        if now is None or then is None or goal.deadline is None or goal.deadline <= self.year or not goal.has_number:
            return math.nan
        ahead = goal.deadline - self.year
        errors = [(m.high - m.low) / (2 * NORMAL95) if math.isfinite(m.low + m.high) else 0.0 for m in (now, then)]
        slope = now.value - then.value
        centre = now.value + slope * ahead
        spread = math.hypot((1 + ahead) * errors[0], ahead * errors[1])
        if spread <= 0:
            return math.nan
        low, high = goal.bounds
        return float(norm.cdf(high, centre, spread) - norm.cdf(low, centre, spread))

    def reason(self, goal: Goal) -> Text:
        """Why a goal cannot be judged, or what its value rests on."""
        found = self.measure(goal)
        other = [] if found is not None else self._other_years(goal)
        if other:
            years = ", ".join(map(str, other))
            return Text(f"known for {years} only, not for {self.year}", f"仅有{years}年数据，无{self.year}年数据")
        if found is None:
            needs = definition(goal.restates or goal.id, goal.definition).needs
            where = Text("", "") if self.district == ALL else Text(" by district", "（分关区）")
            return Text(f"no data{where.en}: needs {needs.en}", f"无数据{where.zh}：需要{needs.zh}")
        if goal.comparator == "increase":
            return Text("the plan sets no number", "规划未设数值")
        return found.note or Text("\N{EM DASH}", "\N{EM DASH}")

    def _other_years(self, goal: Goal) -> list[int]:
        name = goal.restates or goal.id
        return sorted(y for (n, y, d) in self.measures if n == name and d == self.district)

    @cached_property
    def counts(self) -> dict[Status, int]:
        """Distinct goals by status."""
        found = [self.status(g) for g in self.distinct]
        return {s: found.count(s) for s in ("met", "not_met", "watch", "insufficient")}

    def table(self) -> pd.DataFrame:
        """All statements with value, interval, status; the table `indicators` and more.

        Returns
        -------
        DataFrame with indicator_id, period, district, value, target, status, low95, high95, numerator, denominator,
        name, section, change, chance, deadline, restates, definition, otherwise, needs, reason
        """
        rows = []
        for goal in self.goals:
            m, meaning = self.measure(goal), definition(goal.restates or goal.id, goal.definition)
            part = m or Measure(math.nan)
            rows.append({
                "indicator_id": goal.id, "period": self.year, "district": self.district, "value": part.value,
                "target": goal.allowed, "status": self.status(goal), "low95": part.low, "high95": part.high,
                "numerator": part.numerator,
                    "denominator": part.denominator, "name": goal.name, "section": goal.section,
                "change": self.change(goal), "chance": self.chance(goal), "deadline": goal.deadline,
                "restates": goal.restates, "definition": meaning.meaning, "otherwise": meaning.otherwise,
                "needs": meaning.needs, "reason": self.reason(goal),
            })  # fmt: skip
        return pd.DataFrame(rows).astype({"deadline": "Int64"})
