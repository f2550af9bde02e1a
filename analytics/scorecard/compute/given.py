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
_EVERYWHERE = {"", "all", "nation", "national", "total", "全国", "国家", "全部", "合计", "总计"}
_A_YEAR = 4  # characters of a period that is a year
_HUNDRED, _LEAST_READ = 100.0, 10.0  # largest share; threshold (%) against which 0.96 can hardly be meant as per cent
COUNTED = {
    "training_share", "reserve_cadre_two_posts", "reserve_cadre_grassroots", "workforce_info_coverage",
    "econ_audit_coverage", "hb2004_usage", "stat_autocollection_rate", "decision_support_coverage",
    "convention_participation", "port_assessment_share", "internal_control_share", "budget_execution",
    "backbone_availability", "h2000_availability",
}  # fmt: skip
"""Shares of a whole that is counted completely; the other rates could have gone otherwise and have an interval."""


def indicators(rows: pd.DataFrame, goals: Mapping[str, Goal]) -> Found:
    """Values of the table `indicators`, in the goal's unit; what is given by month or quarter judges no year."""
    rows = rows.assign(
        place=[_place(d) for d in rows.get("district", pd.Series(None, rows.index, dtype=object))],
        year=pd.Series([_year(p) for p in rows["period"]], rows.index, dtype=object),
        whole=[len(str(p).strip()) <= _A_YEAR for p in rows["period"]],
    )
    for (name, place, _), found in rows.groupby(["indicator_id", "place", "year"], sort=False, dropna=False):
        goal = goals.get(str(name))
        if goal is None:
            continue
        if found["whole"].any() or not goal.has_number:
            for row in found[found["whole"] | (not goal.has_number)].to_dict("records"):
                yield str(name), str(place), _measure(goal, row, row["year"])
        else:
            yield str(name), str(place), _of_parts(goal, found.sort_values("period"))


def _place(district: Any) -> str:
    """District of a row; all together where none is named, or the nation by one of its names."""
    text = "" if district is None or district != district else str(district).strip()
    return ALL if text.lower() in _EVERYWHERE else text


def _of_parts(goal: Goal, rows: pd.DataFrame) -> Measure | None:
    """Months or quarters of a year: the last is shown, for sums and states cannot be told apart, and judges nothing."""
    made = _measure(goal, rows.iloc[-1].to_dict(), rows["year"].iloc[-1])
    if made is None:
        return None
    n, last = len(rows), rows["period"].iloc[-1]
    return made.with_note(
        f"given for {n} {'part' if n == 1 else 'parts'} of the year (the last is {last}), which judge no year: give "
        "the year's figure",
        f"按{n}个分期给出（最后一期为{last}），不能据以判断全年：请提供全年数",
        ceiling="watch" if made.ceiling is None else made.ceiling, partial=True,
    )  # fmt: skip


def _no_per_cent(goal: Goal, value: float) -> Text | None:
    """Why a value that is given for a goal in per cent is none."""
    if value > _HUNDRED and goal.id not in _MAY_PASS:
        return Text(f"{value:g} % is no share", f"{value:g}%不是占比")
    threshold = min((abs(x) for x in (goal.low, goal.high) if math.isfinite(x) and x), default=0.0)
    if 0 < value <= 1 and threshold >= _LEAST_READ:
        per_cent = 100 * value
        return Text(
            f"{value:g} may be a share ({per_cent:g} %): give per cents",
            f"{value:g}可能为小数（即{per_cent:g}%）：请按百分数提供",
        )
    return None


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
        if (wrong_unit := _no_per_cent(goal, value)) is not None:
            return Measure(value, year=year, ceiling="insufficient", note=wrong_unit, partial=True)
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
