"""Containment on the page: a range, what each assumption is worth, like beside like."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Fold, Headline, Listing, Section, Tile, Verdict
from analytics.briefing.parts import Column
from analytics.early_warning.contained.study import ContainmentFindings
from analytics.language import Text, number, percent
from analytics.targets import Status, target

_TARGET = "smuggling_containment_rate"
_WORDS = {
    "sample_interval": Text("size of the random sample", "随机抽查样本量"),
    "missed_by_inspection": Text("what examinations miss", "查验漏检"),
    "undeclared_trade": Text("undeclared trade (mirror)", "未申报贸易（镜像）"),
}


def _span(low: float, high: float) -> Text:
    return Text(
        f"{percent(low, 1)} to {percent(high, 1)}",
        f"{percent(low, 1, 'zh')}至{percent(high, 1, 'zh')}",
    )


def headline(found: ContainmentFindings) -> Headline:
    """The range beside the target, and what would narrow it."""
    r = found.headline
    tiles = [Tile(Text("Contained", "遏制率"), _span(r.low, r.high), note=Text("95 % range", "95%区间"))]
    if r.worth:
        first = max(r.worth, key=lambda name: r.worth[name])
        points = 100 * r.worth[first]
        tiles.append(
            Tile(
                Text("Widest doubt", "最大不确定来源"),
                _WORDS[first],
                note=Text(f"worth {number(points, 1)} points of the range", f"占区间{number(points, 1, 'zh')}个百分点"),
            )
        )
    return Headline(verdict(found), tuple(tiles), Text(" ".join(found.where), "".join(found.where)))


def verdict(found: ContainmentFindings) -> Verdict:
    """Met only where the whole range lies above the target and nothing is unseen."""
    r, goal = found.headline, target(_TARGET)
    floor = goal.low / 100
    status: Status = "watch"
    if r.high < floor:
        status = "not_met"
    elif r.low >= floor and not r.unseen:
        status = "met"
    span = _span(r.low, r.high)
    text = Text(f"Between {span.en} of the duty due did not escape", f"应征税款中{span.zh}未流失")
    en, zh = "The plan asks for 98 %; no formula of it is public.", "规划要求98%以上；其公式未公开。"
    if r.unseen:
        en += " No mirror was given: undeclared trade is not in the range, so its upper end is too high."
        zh += "未提供镜像数据：未申报贸易不在区间内，上限偏高。"
    elif status == "watch":
        en += " The range holds the target: these data do not decide."
        zh += "区间包含目标值：现有数据不足以判定。"
    middle = 100 * (r.low + r.high) / 2
    return Verdict(_TARGET, status, middle, 100 * r.low, 100 * r.high, text, Text(en, zh))


def ranges(found: ContainmentFindings) -> Section:
    """Places and periods, like beside like."""
    frame = found.table.sort_values(["group", "place", "period"], kind="stable", ignore_index=True)
    mark = {True: Text("apart from its group", "偏离同类"), False: Text("within its group", "与同类相当")}
    frame["standing"] = pd.Series([mark[bool(a)] for a in frame["apart"]], dtype=object)
    listing = Listing(
        "containment",
        Text("Range of every place and period", "各地区各期区间"),
        frame,
        (
            Column("group", Text("Group", "类别")),
            Column("place", Text("Place", "地区")),
            Column("period", Text("Period", "期间")),
            Column("low", Text("Low", "下限"), "percent", digits=1),
            Column("high", Text("High", "上限"), "percent", digits=1),
            Column("standing", Text("Beside its like", "同类比较")),
        ),
    )
    n = int(frame["apart"].sum())
    finding = Text(f"{n} of {len(frame)} ranges lie apart from their group's", f"{len(frame)}个区间中{n}个偏离同类")
    return Section(finding, Text("Places", "地区"), (listing,))


def assumptions(found: ContainmentFindings) -> Section:
    """What each assumption is worth."""
    worth = found.headline.worth
    frame = pd.DataFrame({"name": pd.Series([_WORDS[n] for n in worth], dtype=object), "points": worth.values()})
    frame["points"] = 100 * frame["points"].astype(float)
    listing = Listing(
        "assumptions",
        Text("Points of the range that go when an assumption is fixed", "固定某一假设后区间收窄的百分点"),
        frame,
        (Column("name", Text("Assumption", "假设")), Column("points", Text("Points", "百分点"), "number", digits=2)),
    )
    return Section(Text("What the range rests on", "区间的依据"), Text("Assumptions", "假设"), (listing,))


def method(found: ContainmentFindings) -> Fold:
    """How the range is made."""
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "Contained: duty collected and recovered, over the same plus what escaped. Escaped: the gap of a "
                "random "
                "sample over the share of wrong lines that examinations find, plus the undeclared share of what "
                "the mirror "
                "misses. Sampling errors are drawn from normals, shares that nobody knows uniformly from their ranges.",
                "遏制率＝（已征＋追补）÷（已征＋追补＋流失）。流失＝随机抽查缺口÷查验发现率＋镜像缺失中未申报的部分。"
                "抽样误差按正态分布抽取，未知比例在其范围内均匀抽取。",
            ),
        ),
    )


def figures(found: ContainmentFindings) -> dict[str, float]:
    """Key figures of result.json."""
    r = found.headline
    return {"low": r.low, "high": r.high, **{f"worth_{name}": value for name, value in r.worth.items()}}
