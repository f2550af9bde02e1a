"""What other programs read: flat figures, the table `indicators`, and how the goals stand for the board."""

from __future__ import annotations

import math

import pandas as pd

from analytics.briefing import PlanStanding
from analytics.briefing.look.wording import STATUS
from analytics.language import Text, told
from analytics.scorecard.card import Scorecard
from analytics.scorecard.evaluation import standings


def figures(card: Scorecard) -> dict[str, float]:
    """Counts of statuses, and the value of each goal that has one."""
    made: dict[str, float] = {name: float(n) for name, n in card.counts.items()}
    made["goals"] = float(len(card.distinct))
    for goal in card.distinct:
        measure = card.measure(goal)
        made[goal.id] = math.nan if measure is None else measure.value
    return made


def indicator_table(card: Scorecard) -> pd.DataFrame:
    """The table `indicators`: all statements of the plan, then the districts of those that are known by district."""
    whole = card.table()
    rows = []
    for (name, year, district), m in sorted(card.measures.items()):
        goal = next((g for g in card.distinct if g.id == name), None)
        if goal is None or year != card.year or district == card.district:
            continue
        rows.append({
            "indicator_id": name, "period": year, "district": district, "value": m.value, "target": goal.allowed,
            "status": card.status(goal, district=district), "low95": m.low, "high95": m.high,
            "numerator": m.numerator, "denominator": m.denominator, "name": goal.name, "section": goal.section,
        })  # fmt: skip
    return pd.concat([whole, pd.DataFrame(rows)], ignore_index=True) if rows else whole


def for_board(card: Scorecard) -> PlanStanding:
    """How the goals stand, and which changed their verdict against the year compared with."""
    found = [s for s in standings(card) if s.goal.comparator != "milestone"]
    compared = any(s.then is not None for s in found)
    changed = [
        told("{name}: {now}, was {before}", "{name}：{now}，原为{before}", name=s.goal.name, now=_word(s.status),
             before=_word(s.before))
        for s in found if compared and s.status != s.before
    ]  # fmt: skip
    since = card.year - 1 if card.since is None else card.since
    return PlanStanding(card.counts, card.year, since if compared else None, changed)


def _word(status: str) -> Text:
    return Text(STATUS[status].en.lower(), STATUS[status].zh)
