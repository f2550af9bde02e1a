"""Sections of the plan's page: what needs attention, all goals, districts, agreement, pace, what is missing."""

from __future__ import annotations

import math

import pandas as pd

from analytics.briefing import Fold, Listing, Section, cells
from analytics.briefing.parts import Column
from analytics.language import Text, percent, told
from analytics.language.both import NOTHING
from analytics.scorecard.card import Scorecard
from analytics.scorecard.checks import checks
from analytics.scorecard.page.words import amount, interval, shown
from analytics.scorecard.plan import Goal

_NAMED = 5  # names of a sentence
_COLUMNS = (
    Column("name", Text("Goal", "目标")), Column("target", Text("Plan",
        "规划要求")), Column("shown", Text("Value", "数值")),
    Column("interval", Text("95 % interval", "95%区间")), Column("status", Text("Status", "判定"), "status"),
)  # fmt: skip


def _rows(card: Scorecard, goals: list[Goal]) -> pd.DataFrame:
    rows = []
    for g in goals:
        m = card.measure(g)
        change, chance = card.change(g), card.chance(g)
        rows.append({
            "indicator_id": g.id, "name": g.name, "target": g.allowed, "shown": shown(g, m), "interval": interval(g, m),
            "status": card.status(g), "section": g.section, "reason": card.reason(g),
            "change": _signed(g, change), "deadline": g.deadline,
            "chance": Text(percent(chance, 0, "en"), percent(chance, 0, "zh")) if math.isfinite(chance) else NOTHING,
        })  # fmt: skip
    names = ("indicator_id", "name", "target", "shown", "interval", "status", "section", "reason", "change", "deadline",
             "chance")  # fmt: skip
    frame = pd.DataFrame({name: cells(row[name] for row in rows) for name in names})
    return frame.astype({"status": "str", "deadline": "Int64"})


def _signed(goal: Goal, change: float) -> Text:
    if not math.isfinite(change):
        return NOTHING
    text = amount(goal, abs(change))
    nothing = not any(c in "123456789" for c in text.en)
    sign = "" if nothing else "+" if change > 0 else "\N{MINUS SIGN}"
    return Text(sign + text.en.replace("\N{NO-BREAK SPACE}%", " points"), sign + text.zh.replace("%", "个百分点"))


def attention(card: Scorecard) -> Section | None:
    """Goals that are not met or open, worst first; None where there is none."""
    goals = [g for s in ("not_met", "watch") for g in card.distinct if card.status(g) == s]
    if not goals:
        return None
    bad = card.counts["not_met"]
    finding = told(
        "{bad} goals are missed and {open} are open", "{bad}项未达标，{open}项需关注", bad=bad, open=len(goals) - bad
    )
    listing = Listing(
        "attention", Text("Goals not met or open", "未达标及需关注的目标"), _rows(card, goals),
        (*_COLUMNS, Column("reason", Text("To know", "说明"))),
        Text("Open: the interval lies over the threshold, or only an upper bound is known.",
             "需关注：区间跨越目标值，或仅知上限。"),
    )  # fmt: skip
    return Section(finding, Text("Attention", "需关注"), (listing,))


def everything(card: Scorecard) -> Section:
    """All goals in the plan's order."""
    n = card.counts
    finding = told("{met} goals are met", "{met}项目标达标", met=n["met"])
    restated = len(card.goals) - len(card.distinct)
    note = told(
        "{n} further statements of the plan repeat one of these and are in the CSV. A share of a whole that was "
        "counted has no interval; “equal” is read as at least.",
        "规划另有{n}处为重复表述，见CSV。完整清点的占比不设区间；“达到”按不低于判定。",
        n=restated,
    )
    if card.unread:
        names = list(card.unread)
        note = told(
            "Rows of the table indicators that name no statement of this plan ({names}) were not used: {n}. {note}",
            "指标表中有{n}行不对应本规划任何目标（{names}），未予采用。{note}",
            n=sum(card.unread.values()), names=", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
            note=note,
        )  # fmt: skip
    listing = Listing(
        "goals", Text("All goals of the plan", "规划全部目标"), _rows(card, card.distinct), _COLUMNS, note
    )
    return Section(finding, Text("All goals", "全部目标"), (listing,))


def missing(card: Scorecard) -> Section | None:
    """Goals that cannot be judged, with what would be needed."""
    goals = [g for g in card.distinct if card.status(g) == "insufficient"]
    if not goals:
        return None
    finding = told("{n} goals cannot be judged from these tables", "{n}项目标无法据现有数据判定", n=len(goals))
    listing = Listing(
        "missing", Text("What is missing", "所缺数据"), _rows(card, goals),
        (Column("name", Text("Goal", "目标")), Column("target", Text("Plan", "规划要求")),
         Column("reason", Text("Reason and what is needed", "原因及所需数据"))),
    )  # fmt: skip
    return Section(finding, Text("Missing", "所缺"), (listing,))


def pace(card: Scorecard) -> Section | None:
    """Change on the year before and the chance of reaching the goal by its deadline; None without two years."""
    goals = [g for g in card.distinct if math.isfinite(card.change(g))]
    if not goals:
        return None
    rows = _rows(card, goals)
    then = [shown(g, card.before(g)) for g in goals]
    rows["before"] = cells(then)
    better = sum(_better(card, g) for g in goals)
    finding = told("{n} of {all} goals with two years moved towards the plan", "有两年数据的{all}项中{n}项向目标靠近",
                   n=better, all=len(goals))  # fmt: skip
    note = Text(
        "Chance: on a straight line through the two years to the deadline, with the spread of both intervals; what "
        "else may change is not in it. None once the deadline has come.",
        "概率：按两年直线外推至期限，仅含两年区间的误差，未计其他变化；期限已到的不列。",
    )
    listing = Listing(
        "pace", Text("Change and pace", "变化与进度"), rows,
        (Column("name", Text("Goal", "目标")), Column("before", Text(str(card.year - 1), f"{card.year - 1}年")),
         Column("shown", Text(str(card.year), f"{card.year}年")), Column("change", Text("Change", "变化")),
         Column("target", Text("Plan", "规划要求")), Column("chance", Text("Chance by deadline", "按期达标概率"))),
        note,
    )  # fmt: skip
    return Section(finding, Text("Pace", "进度"), (listing,))


def _better(card: Scorecard, goal: Goal) -> bool:
    now, then = card.measure(goal), card.before(goal)
    if now is None or then is None:
        return False
    low, high = goal.bounds
    if goal.comparator == "increase":
        return now.value > then.value

    def away(value: float) -> float:
        return max(low - value, value - high, 0.0)

    return away(now.value) < away(then.value) or (away(now.value) == 0 and away(then.value) == 0)


def agreement(card: Scorecard) -> Section:
    """Whether the indicators agree with one another."""
    found = checks(card)
    broken = [c for c in found if c.holds is False]
    known = sum(c.holds is not None for c in found)
    finding = (
        told("{n} agreements between indicators do not hold", "{n}项指标间勾稽关系不成立", n=len(broken))
        if broken
        else told("{n} of {all} agreements could be checked, and hold", "{all}项勾稽关系中{n}项可核对，均成立",
                  n=known, all=len(found))
        if known
        else Text("No agreement could be checked: too few indicators are known", "已知指标过少，无法核对勾稽关系")
    )  # fmt: skip
    words = {True: Text("holds", "成立"), False: Text("does not hold", "不成立"), None: Text("not known", "未知")}
    frame = pd.DataFrame(
        [(c.what, words[c.holds], c.found) for c in found], columns=["what", "holds", "found"], dtype=object
    )
    listing = Listing(
        "agreement", Text("Agreement of indicators", "指标勾稽"), frame,
        (Column("what", Text("What must agree", "勾稽关系")), Column("holds", Text("Result", "结果")),
         Column("found", Text("Figures", "数据"))),
    )  # fmt: skip
    return Section(finding, Text("Agreement", "勾稽"), (listing,))


def method(card: Scorecard) -> Fold:
    """How the goals were judged, and the definitions of what was computed."""
    from analytics.scorecard.definitions import DEFINITIONS

    first = Text(
        "Met: the whole interval satisfies the plan. Not met: the whole of it does not. Watch: it lies over the "
        "threshold, or only an upper bound is known (offences that were found, format checks), which never counts as "
        "met. Rates of a process have exact limits (Clopper and Pearson); shares of a whole that was counted have "
        "none. About is read as an eighth to either side, this suite’s own choice. Verdicts of other briefings are "
        "taken as they are and never bettered.",
        "达标：区间全部满足要求；未达标：区间全部不满足；需关注：区间跨越目标值，或仅知上限（如仅计已查获情形、仅作格式校验），上限不计为达标。过程"
        "比率采用精确区间（Clopper-Pearson）；完整清点的占比不设区间。“左右”按上下各八分之一判定，为本系统的取值。其他简报的判定照录，不予上调。",
    )
    listed = [g for g in card.distinct if g.id in DEFINITIONS]
    meanings = [
        told("{name}: {meaning}. Otherwise: {other}.", "{name}：{meaning}。其他口径：{other}。", name=g.name,
             meaning=DEFINITIONS[g.id].meaning, other=DEFINITIONS[g.id].otherwise)
        for g in listed
    ]  # fmt: skip
    return Fold(Text("Method and definitions", "方法与定义"), (first, *meanings))
