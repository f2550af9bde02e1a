"""The scorecard: every goal with its value, interval, status, trend, pace, or the reason why it cannot be judged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from analytics.language import Text
from analytics.scorecard.compute import declared, given, supervised
from analytics.scorecard.compute.declared import ALL
from analytics.scorecard.definitions import definition
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal, judged, own_plan, the_plan
from analytics.statistics import NORMAL95
from analytics.targets import Status

Key = tuple[str, int, str]  # indicator, year, district
_MILESTONE = -1  # a milestone has one value, whatever the year


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
        return table if table is None or isinstance(table, pd.DataFrame) else table.to_pandas()

    @property
    def simulated(self) -> bool:
        """Whether any table is simulated."""
        return any(bool(getattr(getattr(self, n), "simulated", False)) for n in self.__dataclass_fields__)


@dataclass(frozen=True)
class Scorecard:
    """Measures of a plan's goals by year and district.

    Attributes
    ----------
    goals : all statements of the plan, restated ones included
    year : the year judged
    district : "all", or the district judged
    measures : by indicator, year and district
    """

    goals: tuple[Goal, ...]
    year: int
    district: str
    measures: Mapping[Key, Measure] = field(repr=False)
    faults: tuple[Text, ...] = ()

    def measure(self, goal: Goal, year: int | None = None, district: str | None = None) -> Measure | None:
        """Measure of a goal (of the first statement of it)."""
        name = goal.restates or goal.id
        at = _MILESTONE if goal.comparator == "milestone" else (self.year if year is None else year)
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
        if found is None:
            needs = definition(goal.restates or goal.id, goal.definition).needs
            where = Text("", "") if self.district == ALL else Text(" by district", "（分关区）")
            return Text(f"no data{where.en}: needs {needs.en}", f"无数据{where.zh}：需要{needs.zh}")
        if goal.comparator == "increase":
            return Text("the plan sets no number", "规划未设数值")
        return found.note or Text("\N{EM DASH}", "\N{EM DASH}")

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


def score(
    sources: Sources, year: int | None = None, district: str | None = None, root: Path | None = None
) -> Scorecard:
    """Compute a plan's indicators and judge them.

    Parameters
    ----------
    sources : Sources
        `targets` is a plan of the user's own; without it the 64 statements of the plan are judged.
    year : judged; by default the last year of which the declarations (else the indicators) hold December
    district : judged; by default all together
    root : paths of results are relative to it

    Returns
    -------
    Scorecard
    """
    goals = the_plan() if sources.targets is None else own_plan(sources.targets)
    wanted = {g.restates or g.id: g for g in goals if not g.restates}
    counts = None if sources.declarations is None else declared.by_declaration(sources.declarations)
    end = _end(sources)
    at = year or _last_year(sources, end)
    measures: dict[Key, Measure] = {}
    for which in (at - 1, at):
        _keep(measures, wanted, which, _of_year(sources, counts, which, end))
    rows = sources.frame("indicators")
    if rows is not None:
        _keep(measures, wanted, None, given.indicators(rows, wanted))
    if sources.results:
        found = given.results(sources.results, root or Path(), wanted, simulated=sources.simulated)
        _keep(measures, wanted, at, found)
    return Scorecard(goals, at, district or ALL, measures)


def _of_year(sources: Sources, counts: pd.DataFrame | None, year: int, end: pd.Timestamp | None) -> declared.Found:
    """All measures of a year that the tables at hand allow."""
    trade, before = 0.0, set[str]()
    audits = sources.frame("audits")
    if counts is not None:
        if (counts["year"] == year).any():
            yield from declared.from_counts(counts, year)
            yield from declared.data_accuracy(sources.declarations, year)
            yield from declared.enterprises(sources.declarations, audits, year)
        trade = float(counts.loc[counts["year"] == year, "value"].sum())
        before = declared.active(sources.declarations, year - 1)
    if audits is not None:
        yield from supervised.audits(audits, year, before, trade)
    last = end if end is not None else pd.Timestamp(f"{year}-12-31")
    handbooks, transit = sources.frame("handbooks"), sources.frame("transit")
    if handbooks is not None:
        yield from supervised.handbooks(handbooks, year, last)
    if transit is not None:
        yield from supervised.transit(transit, year, last)


def _keep(
    measures: dict[Key, Measure], goals: Mapping[str, Goal], year: int | None,
    found: Iterable[tuple[str, str, Measure | None]],
) -> None:  # fmt: skip
    for name, district, measure in found:
        if measure is None or name not in goals or not np.isfinite(measure.value):
            continue
        at = _MILESTONE if goals[name].comparator == "milestone" else (year if year is not None else measure.year)
        if at is not None:
            measures[name, at, district] = measure


_EVENTS = {"audits": "closed_on", "handbooks": "written_off_on", "transit": "delivered_on"}


def _end(sources: Sources) -> pd.Timestamp | None:
    """Last day that the tables know of: what was due later cannot be overdue yet."""
    days = []
    account, frame = getattr(sources.declarations, "accounting", None), sources.declarations
    if account is not None:
        days.append(account.last_period)
    elif isinstance(frame, pd.DataFrame):
        days.append(frame["date"].max())
    for name, column in _EVENTS.items():
        rows = sources.frame(name)
        if rows is not None and column in rows.columns:
            days.append(rows[column].max())
    known = [pd.Timestamp(day) for day in days if day is not None and not pd.isna(day)]
    return max(known, default=None)


def _last_year(sources: Sources, end: pd.Timestamp | None) -> int:
    if end is not None:
        return end.year if end.month == 12 else end.year - 1
    rows = sources.frame("indicators")
    years = [] if rows is None else [int(y) for y in rows["period"].astype(str).str[:4] if y.isdigit()]
    return max(years, default=pd.Timestamp.today().year - 1)
