"""Indicators as other departments give them, and as the briefings of the other pillars found them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.briefing.written import kept
from analytics.errors import DataError, SourceMissing
from analytics.language import Text
from analytics.scorecard.compute.declared import ALL, Found
from analytics.scorecard.measure import Measure, census, process
from analytics.scorecard.plan import Goal

_MAY_PASS = {"budget_execution", "followup_business_coverage"}  # more may be spent, or covered, than was planned
COUNTED = {
    "training_share", "reserve_cadre_two_posts", "reserve_cadre_grassroots", "workforce_info_coverage",
    "econ_audit_coverage", "hb2004_usage", "stat_autocollection_rate", "decision_support_coverage",
    "convention_participation", "port_assessment_share", "internal_control_share", "budget_execution",
    "backbone_availability", "h2000_availability",
}  # fmt: skip
"""Shares of a whole that is counted completely; the other rates could have gone otherwise and have an interval."""


def indicators(rows: pd.DataFrame, goals: Mapping[str, Goal]) -> Found:
    """Values of the table `indicators`, in the goal's unit."""
    for row in rows.to_dict("records"):
        name = str(row["indicator_id"])
        goal = goals.get(name)
        if goal is None:
            continue
        year = _year(row["period"])
        district = row.get("district")
        place = ALL if district is None or district != district or not str(district) else str(district)
        yield name, place, _measure(goal, row, year)


def _measure(goal: Goal, row: Mapping[Any, Any], year: int | None) -> Measure | None:
    part, of, value = (float(row.get(k, math.nan) or math.nan) if row.get(k) != 0 else 0.0
                       for k in ("numerator", "denominator", "value"))  # fmt: skip
    if math.isfinite(part) and math.isfinite(of):
        if of <= 0:
            return None
        if not goal.unit.startswith("%"):
            return Measure(part / of, numerator=part, denominator=of, year=year)
        if not 0 <= part <= of and goal.id not in _MAY_PASS:
            more = Text(f"{part:g} of {of:g} is no share: numerator or denominator is wrong",
                        f"{part:g}/{of:g}不是占比，分子或分母有误")  # fmt: skip
            wrong = Measure(100 * part / of, numerator=part, denominator=of, year=year, note=more)
            return replace(wrong, ceiling="insufficient", partial=True)
        whole = float(part).is_integer() and float(of).is_integer() and 0 <= part <= of
        if goal.id in COUNTED or not whole:
            return census(part, of, year)
        return process(part, of, year)
    if not math.isfinite(value):
        return None
    note = Text("given as a value, without the cases behind it", "仅提供数值，未提供案件数")
    if goal.has_number and goal.unit.startswith("%"):
        return Measure(value, year=year, ceiling="watch", note=note)
    return Measure(value, year=year)


def _year(period: Any) -> int | None:
    text = str(period)[:4]
    return int(text) if text.isdigit() else None


_RESULT = {"notebook": kept.TEXT, "verdict": kept.VERDICT, "figures?": {...: kept.MAYBE_FIGURE}}
_FROM_FIGURES = {"classification_accuracy_direction": "classification_lines"}


def results(paths: Sequence[str], root: Path, goals: Mapping[str, Goal], *, simulated: bool) -> Found:
    """Verdicts of other briefings, by their result.json; never judged better than they judged themselves.

    Raises
    ------
    SourceMissing
        A result that is named and not there: run its parameter set first.
    """
    for given in paths:
        path = Path(given) if Path(given).is_absolute() else root / given
        if not path.exists():
            raise SourceMissing(f"{given}: no such result. Run its parameter set first, or leave it out of `results`.")
        content = kept.read(path, _RESULT)
        if content is None:
            raise DataError(f"{given}: damaged, or no result of a briefing. Run its parameter set again.")
        if bool(content.get("simulated")) != simulated:
            raise SourceMissing(
                f"{given}: {'simulated' if content.get('simulated') else 'real'} results do not belong to "
                f"{'simulated' if simulated else 'real'} data. Leave it out of `results`."
            )
        yield from _of_result(content, goals)


def _of_result(content: Mapping[str, Any], goals: Mapping[str, Goal]) -> Found:
    year = _judged_year(content)
    found, figures = content["verdict"], content.get("figures", {})
    name = found["target"]
    note = Text(f"from the briefing {content['notebook']}", f"引自简报{content['notebook']}")
    if name in goals and found["value"] is not None:
        value, low, high = (math.nan if found[k] is None else float(found[k]) for k in ("value", "low", "high"))
        if name == "revenue_forecast_error":
            value, low, high = abs(value), math.nan, math.nan  # the interval is of an open year, not of the error
        # What the briefing itself left open is neither met nor missed here.
        open_ = found["status"] == "watch"
        yield name, ALL, Measure(value, low, high, year=year, ceiling=found["status"], note=note, partial=open_)
    for indicator, figure in _FROM_FIGURES.items():
        if indicator in goals and figures.get(figure) is not None:
            low, high = (100 * float(figures.get(f"{figure}_{side}") or math.nan) for side in ("low95", "high95"))
            yield indicator, ALL, Measure(100 * float(figures[figure]), low, high, year=year, note=note)


def _judged_year(content: Mapping[str, Any]) -> int | None:
    """Year that a briefing speaks of: the one it was asked for, else the last that all its inputs reach."""
    asked = (content.get("params") or {}).get("year")
    if isinstance(asked, int):
        return asked
    ends = [_year(i["last_period"]) for i in content.get("inputs", []) if i.get("last_period")]
    return min((end for end in ends if end is not None), default=None)
