"""The evaluation of a plan: what is reached, on pace, behind, slipping, missed, open, or cannot be said."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from scipy.stats import norm

from analytics.scorecard.card import Scorecard
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal
from analytics.statistics import NORMAL95
from analytics.targets import Status

Outlook = Literal["reached", "slipping", "on_pace", "open", "behind", "missed", "unknown"]
OUTLOOKS: tuple[Outlook, ...] = ("reached", "slipping", "on_pace", "open", "behind", "missed", "unknown")
LIKELY, UNLIKELY = 0.8, 0.5
"""Chance of being satisfied at the deadline from which a goal is on pace, and below which it is behind."""


@dataclass(frozen=True)
class Standing:
    """Where one goal stands.

    Attributes
    ----------
    goal, status, before : with its status now and at the year compared with
    now, then : measures of both years
    projected : value at the deadline on a straight line through both years, with its interval; None where the line
        cannot be drawn
    chance : of satisfying the goal then; missing without a projection
    outlook : reached; slipping (reached, and likely lost by the deadline); on_pace; open (the interval does not
        decide); behind; missed (the deadline has come); unknown (no value)
    """

    goal: Goal
    status: Status
    before: Status
    now: Measure | None
    then: Measure | None
    projected: Measure | None
    chance: float
    outlook: Outlook


def standing(card: Scorecard, goal: Goal) -> Standing:
    """Where a goal stands at the card's year against the year compared with.

    Notes
    -----
    The straight line goes through both values; its spread is that of their intervals alone. What may change beside them
    is not in it, and a year of which only a part was seen is no point of it.
    """
    since = card.year - 1 if card.since is None else card.since
    status = card.status(goal)
    now = card.measure(goal)
    then = None if goal.comparator == "milestone" else card.measure(goal, since)
    before = card.status(goal, since)
    line = _projected(goal, (now, then), (card.year, since))
    chance = math.nan if line is None else _chance(goal, line)
    line = None if line is None else _kept(goal, line)
    over = goal.deadline is not None and goal.deadline <= card.year
    return Standing(goal, status, before, now, then, line, chance, _outlook(status, chance, over))


def standings(card: Scorecard) -> list[Standing]:
    """All distinct goals, in the plan's order."""
    return [standing(card, goal) for goal in card.distinct]


def _outlook(status: Status, chance: float, over: bool) -> Outlook:
    if status == "insufficient":
        return "unknown"
    if status == "met":
        return "slipping" if chance < UNLIKELY and not over else "reached"
    if over or math.isnan(chance):
        return "missed" if over and status == "not_met" else "open" if status == "watch" else "behind"
    return "on_pace" if chance >= LIKELY else "behind" if chance < UNLIKELY else "open"


def _projected(goal: Goal, ends: tuple[Measure | None, Measure | None], years: tuple[int, int]) -> Measure | None:
    now, then = ends
    if now is None or then is None or goal.deadline is None or not goal.has_number or years[0] == years[1]:
        return None
    ahead = (goal.deadline - years[0]) / (years[0] - years[1])
    known = all(math.isfinite(m.low + m.high) and not m.partial for m in (now, then))
    if ahead <= 0 or not known:
        return None
    spread = math.hypot((1 + ahead) * (now.high - now.low), ahead * (then.high - then.low)) / 2
    value = now.value + ahead * (now.value - then.value)
    return Measure(value, value - spread, value + spread, year=goal.deadline)


def _kept(goal: Goal, line: Measure) -> Measure:
    """A share stays between none and all."""
    if not goal.unit.startswith("%"):
        return line
    value, low, high = (min(max(x, 0.0), 100.0) for x in (line.value, line.low, line.high))
    return replace(line, value=value, low=low, high=high)


def _chance(goal: Goal, line: Measure) -> float:
    """Chance that the line ends where the goal is satisfied."""
    spread = (line.high - line.low) / (2 * NORMAL95)
    if spread <= 0:
        return 1.0 if goal.holds(line.value) else 0.0
    low, high = goal.bounds
    if goal.unit.startswith("%"):  # the line stops at 0 and 100
        low, high = (-math.inf if low <= 0 else low), (math.inf if high >= 100 else high)
    return float(norm.cdf(high, line.value, spread) - norm.cdf(low, line.value, spread))
