"""What other programs read: flat figures and the table `indicators`."""

from __future__ import annotations

import math

import pandas as pd

from analytics.scorecard.card import Scorecard


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
