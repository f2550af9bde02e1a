"""The page of an evaluation: yearly monitoring, mid-term or final, as chapter 7 of the plan asks for."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Fold, Headline, Listing, Section, cells, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column, Tile, Verdict
from analytics.language import Text, joined, percent, told
from analytics.language.both import NOTHING
from analytics.scorecard.card import Scorecard
from analytics.scorecard.evaluation import LIKELY, OUTLOOKS, UNLIKELY, Outlook, Standing, standings
from analytics.scorecard.page.opening import TARGET, stage, status
from analytics.scorecard.page.words import interval, shown

WORDS: dict[Outlook, Text] = {
    "reached": Text("reached", "已达标"), "slipping": Text("reached, slipping", "已达标但趋势下滑"),
    "on_pace": Text("on pace", "进度正常"), "open": Text("open", "尚难判定"), "behind": Text("behind", "进度落后"),
    "missed": Text("missed", "未达标"), "unknown": Text("cannot be said", "无法判定"),
}  # fmt: skip
_COLOURS: dict[Outlook, str] = {
    "reached": theme.GOOD, "slipping": "#8a9a3b", "on_pace": theme.ACCENT, "open": "#8a5a00", "behind": "#b4532a",
    "missed": theme.BAD, "unknown": theme.GREY,
}  # fmt: skip


_SEVERAL = 3  # goals from which a chapter is compared with the others


def _counts(found: list[Standing]) -> dict[Outlook, int]:
    return {name: sum(s.outlook == name for s in found) for name in OUTLOOKS}


def headline(card: Scorecard, place: Text) -> Headline:
    """Verdict, four tiles, and the line above with the kind of evaluation."""
    n, since = _counts(standings(card)), _since(card)
    above = told("{place} · {stage} · {year} against {since}", "{place} · {stage} · {year}年与{since}年相比",
                 place=place, stage=stage(card), year=card.year, since=since)  # fmt: skip
    good, ahead = n["reached"] + n["slipping"], n["on_pace"] + n["open"]
    bad = n["behind"] + n["missed"]
    tiles = (
        Tile(Text("Reached", "已达标"), str(good),
             note=told("{n} of them slipping", "其中{n}项趋势下滑", n=n["slipping"]),
             tone="watch" if n["slipping"] else "good"),
        Tile(Text("On pace or open", "进度正常或尚难判定"), str(ahead), note=told("{n} on pace", "{n}项进度正常",
             n=n["on_pace"])),
        Tile(Text("Behind or missed", "落后或未达标"), str(bad), note=told("{n} past the deadline", "{n}项已过期限",
             n=n["missed"]), tone="bad" if bad else "neutral"),
        Tile(Text("Cannot be said", "无法判定"), str(n["unknown"]), note=Text("no data, or no number in the plan",
             "无数据，或规划未设数值")),
    )  # fmt: skip
    return Headline(verdict(card), tiles, above)


def _since(card: Scorecard) -> int:
    return card.year - 1 if card.since is None else card.since


def verdict(card: Scorecard) -> Verdict:
    """The evaluation in one sentence: met only where every goal is."""
    found = standings(card)
    n = _counts(found)
    good = n["reached"] + n["slipping"]
    text = told("{what}: {good} of {all} goals are reached, {pace} on pace, {bad} behind or missed; {no} cannot be "
                "said",
                "{what}：{all}项目标中{good}项已达标，{pace}项进度正常，{bad}项落后或未达标，{no}项无法判定",
                what=Text(stage(card).en.capitalize(), stage(card).zh), good=good, all=len(found), pace=n["on_pace"],
                bad=n["behind"] + n["missed"], no=n["unknown"])  # fmt: skip
    late = [s.goal.name for s in found if s.outlook in ("missed", "behind")]
    more = Text(f" and {len(late) - 3} more", f"等{len(late)}项") if len(late) > 3 else Text("", "")
    parts = [Text("No goal is surely behind.", "没有确定落后的目标。")]
    if late:
        parts = [told("Behind or missed: {names}{more}.", "落后或未达标：{names}{more}。",
                      names=joined(late[:3], "; ", "；"), more=more)]  # fmt: skip
    if n["unknown"]:
        parts.append(Text("What cannot be said is not counted as reached.", "无法判定的不计为达标。"))
    badge = told("{n} of {all} reached", "{all}项中{n}项达标", n=good, all=len(found))
    return Verdict(TARGET, status(card), float(good), None, None, text, joined(parts), badge)


def chapters(card: Scorecard) -> Section:
    """Goals by chapter of the plan and where they stand."""
    found = standings(card)
    rows = []
    for name in dict.fromkeys(_chapter(s) for s in found):
        part = [s for s in found if _chapter(s) == name]
        rows.append((name, len(part), _counts(part)))
    table = pd.DataFrame([{"chapter": name, "goals": n, **counts} for name, n, counts in rows])
    share = (table["reached"] + table["slipping"]) / table["goals"]
    compared = [row for row in rows if row[1] >= _SEVERAL] or rows
    chapter, goals, best = max(compared, key=lambda row: (row[2]["reached"] + row[2]["slipping"]) / row[1])
    finding = told("Chapter {c} stands best: {n} of {all} goals reached", "第{c}部分完成最好：{all}项中{n}项已达标",
                   c=_chapter_name(chapter), n=best["reached"] + best["slipping"],
                   all=goals)  # fmt: skip
    if not (share > 0).any():
        finding = Text("No chapter has a goal that is reached", "各部分均无已达标的目标")
    alt = told("{n} chapters; bars show goals by where they stand.", "{n}个部分，条形为各类目标数。", n=len(table))
    chart = Chart("chapters", Text("Goals by chapter", "各部分目标进展"), alt, table, lambda: _bars(table))
    return Section(finding, Text("Chapters", "各部分"), (chart,))


def _chapter(s: Standing) -> str:
    return s.goal.section.split("（")[0].strip() or "\N{EM DASH}"


_NUMERALS = {zh: str(n) for n, zh in enumerate("一二三四五六七八九十", 1)}


def _chapter_name(chapter: str) -> Text:
    return Text(_NUMERALS.get(chapter, chapter), chapter)


def _bars(table: pd.DataFrame) -> Figure:
    fig, ax = theme.subplots(height=0.5 + 0.42 * len(table))
    left = pd.Series(0.0, index=table.index)
    names = [say(_chapter_name(str(c))) for c in table["chapter"]]
    for name in OUTLOOKS:
        if table[name].sum():
            ax.barh(names, table[name], left=left, color=_COLOURS[name], height=0.62, label=say(WORDS[name]))
            left += table[name]
    ax.invert_yaxis()
    ax.legend(ncols=4, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    theme.numbers(ax, "x")
    theme.despine(ax)
    return fig


def changed(card: Scorecard) -> Section | None:
    """Goals whose judgement changed; None where none did."""
    found = [s for s in standings(card) if s.status != s.before and s.goal.comparator != "milestone"]
    both = [s for s in found if "insufficient" not in (s.status, s.before)]
    if not found:
        return None
    order = ["not_met", "insufficient", "watch", "met"]
    better = sum(order.index(s.status) > order.index(s.before) for s in both)
    finding = told("{b} goals stand better than in {y}, {w} worse; {n} are judged for the first time or no more",
                   "与{y}年相比{b}项好转，{w}项变差，{n}项首次可判定或不再可判定", b=better, w=len(both) - better,
                   n=len(found) - len(both), y=_since(card))  # fmt: skip
    rows = pd.DataFrame({
        "name": cells(s.goal.name for s in found),
        "then": cells(shown(s.goal, s.then) for s in found),
        "before": [s.before for s in found],
        "now": cells(shown(s.goal, s.now) for s in found), "status": [s.status for s in found],
        "target": cells(s.goal.allowed for s in found),
    })  # fmt: skip
    year = Text(str(_since(card)), f"{_since(card)}年")
    listing = Listing(
        "changed", Text("Judgements that changed", "判定变化"), rows,
        (Column("name", Text("Goal", "目标")), Column("target", Text("Plan", "规划要求")), Column("then", year),
         Column("before", Text("Then", "当时"), "status"),
         Column("now", Text(str(card.year), f"{card.year}年")), Column("status", Text("Now", "目前"), "status")),
    )  # fmt: skip
    return Section(finding, Text("Changes", "变化"), (listing,))


def _percent(share: float) -> Text:
    return Text(percent(share, 0, "en"), percent(share, 0, "zh"))


def outlook(card: Scorecard) -> Section:
    """All goals with where they stand, and where a straight line leads."""
    found = sorted(standings(card), key=lambda s: -OUTLOOKS.index(s.outlook) if s.outlook != "unknown" else 1)
    drawn = [s for s in found if s.projected is not None]
    good = sum(s.chance >= LIKELY for s in drawn)
    finding = told("A line can be drawn for {n} goals: {good} are likely to be satisfied at their deadline",
                   "可外推的{n}项目标中{good}项很可能按期达标", n=len(drawn), good=good)  # fmt: skip
    if not drawn:
        finding = Text("For no goal can a line be drawn to its deadline", "没有可外推至期限的目标")
    rows = pd.DataFrame({
        "name": cells(s.goal.name for s in found),
        "target": cells(s.goal.allowed for s in found),
        "then": cells(shown(s.goal, s.then) for s in found),
        "now": cells(shown(s.goal, s.now) for s in found),
        "deadline": cells(NOTHING if s.goal.deadline is None else str(s.goal.deadline) for s in found),
        "projected": cells(interval(s.goal, s.projected) for s in found),
        "chance": cells(NOTHING if math.isnan(s.chance) else _percent(s.chance) for s in found),
        "outlook": cells(WORDS[s.outlook] for s in found),
    })  # fmt: skip
    listing = Listing(
        "outlook", Text("Where every goal stands", "各目标进展"), rows,
        (Column("name", Text("Goal", "目标")), Column("target", Text("Plan", "规划要求")),
         Column("then", Text(str(_since(card)), f"{_since(card)}年")),
         Column("now", Text(str(card.year), f"{card.year}年")), Column("deadline", Text("Deadline", "期限")),
         Column("projected", Text("At the deadline", "期限时预计")), Column("chance", Text("Chance", "达标概率")),
         Column("outlook", Text("Standing", "进展"))),
        told("On pace: a chance of at least {a}; behind: below {b}. The chance is that of a straight line through both "
             "years with the spread of their intervals: what else may change is not in it, and where goals move slowly "
             "a large change of one year tends to fall back. No line through a year of which only a part was seen, or "
             "without intervals.",
             "进度正常：达标概率不低于{a}；进度落后：低于{b}。概率按两年直线外推，仅含两年区间误差，未计其他变化；指标本身变动缓慢时，"
             "单年大幅变化往往回落。仅见部分月份或无区间的年份不外推。",
             a=_percent(LIKELY), b=_percent(UNLIKELY)),
    )  # fmt: skip
    return Section(finding, Text("Outlook", "展望"), (listing,))


def evaluation_table(card: Scorecard) -> pd.DataFrame:
    """Give the table `evaluation`.

    Returns
    -------
    DataFrame with indicator_id, period, since, district, value, then, projected, low95, high95, chance, status, before,
    outlook
    """
    rows = []
    for s in standings(card):
        line = s.projected
        rows.append({
            "indicator_id": s.goal.id, "period": card.year, "since": _since(card), "district": card.district,
            "value": math.nan if s.now is None else s.now.value, "then": math.nan if s.then is None else s.then.value,
            "projected": math.nan if line is None else line.value, "low95": math.nan if line is None else line.low,
            "high95": math.nan if line is None else line.high, "chance": s.chance, "status": s.status,
            "before": s.before, "outlook": s.outlook,
        })  # fmt: skip
    return pd.DataFrame(rows)


def figures(card: Scorecard) -> dict[str, float]:
    """Flat figures for result.json: goals by where they stand."""
    return {name: float(n) for name, n in _counts(standings(card)).items()}


def method() -> Fold:
    """What the kinds of evaluation are."""
    return Fold(Text("Method", "方法"), (
        Text("Chapter 7 of the plan asks for monitoring every year, a mid-term evaluation in 2008 and a final one in "
             "2010; which it is follows from the year and the plan's own milestones. A plan of one's own is evaluated "
             "alike. Judged as on the page of the plan: met only where the whole interval satisfies the goal.",
             "规划第七部分要求年度监督、2008年中期评估和2010年最终评估；评估类型按年份及规划自身的里程碑确定。"
             "自有规划同样适用。判定口径与指标看板一致：区间全部满足要求方为达标。"),
    ))  # fmt: skip
