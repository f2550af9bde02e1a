"""The page's head: how the plan stands, and what cannot be said."""

from __future__ import annotations

from analytics.briefing import Headline
from analytics.briefing.parts import Tile, Verdict
from analytics.language import Text, joined, told
from analytics.scorecard.card import Scorecard
from analytics.scorecard.compute.declared import ALL
from analytics.targets import Status

TARGET = "final_review"


def headline(card: Scorecard, place: Text) -> Headline:
    """Verdict, four tiles, and the line above."""
    n = card.counts
    which = stage(card)
    above = told("{place}{district} · {stage} "
                 "· figures of {year}", "{place}{district} · {stage} · {year}年数据", place=place,
                 district="" if card.district == ALL else f" {card.district}", stage=which, year=card.year)  # fmt: skip
    tiles = (
        Tile(Text("Met", "达标"), str(n["met"]), note=Text("whole interval inside", "区间全部满足要求"), tone="good"),
        Tile(Text("Not met", "未达标"), str(n["not_met"]), note=Text("whole interval outside", "区间全部不满足"),
             tone="bad" if n["not_met"] else "neutral"),
        Tile(Text("Watch", "需关注"), str(n["watch"]), note=Text("interval over the threshold, or only a bound known",
             "区间跨越目标值，或仅知上限"), tone="watch" if n["watch"] else "neutral"),
        Tile(Text("Cannot be judged", "无法判定"), str(n["insufficient"]), note=Text(
            "reason and column below", "原因及所需数据见下")),
    )  # fmt: skip
    return Headline(verdict(card), tiles, above)


def stage(card: Scorecard) -> Text:
    """Which evaluation of chapter 7 this is; the last deadline ends the plan."""
    deadlines = [g.deadline for g in card.goals if g.deadline is not None]
    last = max(deadlines, default=None)
    if last is not None and card.year >= last:
        return Text("final evaluation", "最终评估")
    review = next((g.deadline for g in card.goals if g.id == "midterm_review"), None)
    return Text("mid-term evaluation", "中期评估") if card.year == review else Text("yearly monitoring", "年度监督")


def status(card: Scorecard) -> Status:
    """Verdict of the whole: met only if every goal is met, not met if one is surely not, else watch or insufficient."""
    n = card.counts
    if n["not_met"]:
        return "not_met"
    if n["insufficient"]:
        return "insufficient"
    return "watch" if n["watch"] else "met"


def verdict(card: Scorecard) -> Verdict:
    """The plan in one sentence."""
    n, all_ = card.counts, len(card.distinct)
    judged = all_ - n["insufficient"]
    text = told(
        "{met} of {all} goals are met, {bad} are not, {watch} are open; {no} cannot be judged",
        "{all}项目标中{met}项达标，{bad}项未达标，{watch}项需关注，{no}项无法判定",
        met=n["met"], all=all_, bad=n["not_met"], watch=n["watch"], no=n["insufficient"],
    )  # fmt: skip
    parts = [_worst(card)]
    if n["insufficient"]:
        parts.append(told(
            "{judged} of {all} can be judged from the tables at hand; a goal without data is not counted as met.",
            "现有数据可判定{all}项中的{judged}项，无数据的目标不计为达标。", judged=judged, all=all_,
        ))  # fmt: skip
    badge = told("{met} of {all} met", "{all}项中{met}项达标", met=n["met"], all=all_)
    return Verdict(TARGET, status(card), float(n["met"]), None, None, text, joined(parts), badge)


def _worst(card: Scorecard) -> Text:
    bad = [g.name for g in card.distinct if card.status(g) == "not_met"]
    if not bad:
        return Text("No goal is surely missed.", "没有确定未达标的目标。")
    named = joined(bad[:3], "; ", "；")
    more = len(bad) - 3
    tail = told(" and {n} more", "等{all}项", n=more, all=len(bad)) if more > 0 else Text("", "")
    return told("Surely missed: {names}{tail}.", "确定未达标：{names}{tail}。", names=named, tail=tail)
