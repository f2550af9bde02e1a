"""Containment on the page: a range, what each assumption is worth, like beside like."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Fold, Headline, Listing, Section, Tile, Verdict, cells, say
from analytics.briefing.look import code_names, theme
from analytics.briefing.parts import Column
from analytics.early_warning.contained.study import ContainmentFindings
from analytics.language import Language, Text, number, percent
from analytics.targets import Status, target

_TARGET = "smuggling_containment_rate"
_BARS = 24
LEAST_LIKE = 3
"""Places of a group, itself included, from which one is called apart or not."""

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


def headline(found: ContainmentFindings, place: Text) -> Headline:
    """The range beside the target, how it moved, and what would narrow it."""
    r, (name, period) = found.headline, found.where
    tiles = [Tile(Text("Contained", "遏制率"), _span(r.low, r.high), note=Text("95 % range", "95%区间"))]
    row = found.latest[found.latest["place"] == name].iloc[0]
    if pd.notna(row["change_low"]):
        moved = f"{_signed(row['change_low'])} to {_signed(row['change_high'])}"
        moved_zh = f"{_signed(row['change_low'], 'zh')}至{_signed(row['change_high'], 'zh')}"
        tiles.append(Tile(Text("Change, points", "变化（百分点）"), Text(moved, moved_zh), note=_moved(row)))
    if r.worth:
        first = max(r.worth, key=lambda n: r.worth[n])
        points = 100 * r.worth[first]
        tiles.append(
            Tile(
                Text("Widest doubt", "最大不确定来源"),
                _WORDS[first],
                note=Text(f"worth {number(points, 1)} points of the range", f"占区间{number(points, 1, 'zh')}个百分点"),
            )
        )
    return Headline(verdict(found), tuple(tiles), Text(f"{place.en} · {period}", f"{place.zh} · {period}"))


def _signed(share: float, language: Language = "en") -> str:
    return number(100 * share, 1, language, sign=True)


def _moved(row: pd.Series) -> Text:
    if row["change_low"] > 0:
        return Text("up on the period before, with 95 % certainty", "较上期上升（95%把握）")
    if row["change_high"] < 0:
        return Text("down on the period before, with 95 % certainty", "较上期下降（95%把握）")
    return Text("no change can be told from the period before", "与上期相比看不出变化")


def verdict(found: ContainmentFindings) -> Verdict:
    """Met only where every range that it speaks of lies above the target and nothing is unseen."""
    r, goal = found.headline, target(_TARGET)
    floor = goal.low / 100
    judged = found.latest if not found.is_nation else found.latest[found.latest["place"] == found.where[0]]
    whole = bool((judged["low"] >= floor).all() and (judged["unseen"] == "").all())
    status: Status = "not_met" if r.high < floor else "watch"
    if whole and not (found.absent and not found.is_nation):
        status = "met"
    span = _span(r.low, r.high)
    text = Text(f"{span.en} of the duty due did not escape", f"应征税款中{span.zh}未流失")
    if not found.is_nation:
        n = len(judged)
        text = Text(
            f"{found.where[0]}, the lowest of {n}: {span.en} of the duty due did not escape" if n > 1 else
            f"{found.where[0]}: {span.en} of the duty due did not escape",
            f"{n}个地区中最低的{found.where[0]}：应征税款中{span.zh}未流失" if n > 1 else
            f"{found.where[0]}：应征税款中{span.zh}未流失",
        )  # fmt: skip
    return Verdict(_TARGET, status, 100 * (r.low + r.high) / 2, 100 * r.low, 100 * r.high, text, _lead(found, status))


def _lead(found: ContainmentFindings, status: Status) -> Text:
    en, zh = ["The plan asks for 98 %; no formula of it is public."], ["规划要求98%以上；其公式未公开。"]
    if (found.latest["unseen"] != "").any():
        en.append("Where no mirror was given, undeclared trade is not in the range, so its upper end is too high.")
        zh.append("未提供镜像数据之处，未申报贸易不在区间内，上限偏高。")
    elif status == "watch":
        en.append("The range holds the target: these data do not decide.")
        zh.append("区间包含目标值：现有数据不足以判定。")
    if not found.is_nation:
        en.append("There is no row of the nation: nothing is said of it.")
        zh.append("无全国数据行，本页不对全国作判断。")
    if found.absent:
        en.append(f"Without evidence in this period: {', '.join(found.absent)}.")
        zh.append(f"本期无依据的地区：{'、'.join(found.absent)}。")
    return Text(" ".join(en), "".join(zh))


def ranges(found: ContainmentFindings) -> Section:
    """Places and periods, like beside like."""
    frame = found.table.sort_values(["group", "place", "period"], kind="stable", ignore_index=True)
    frame["standing"] = cells(_standing(row) for row in frame.itertuples())
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
        note=Text(
            "A place is compared with the median of its group in the same period, where the group holds three or more.",
            "地区与同期同类（三个及以上）的中位数比较。",
        ),
    )
    n, compared = int((frame["apart"] & (frame["like"] >= LEAST_LIKE)).sum()), int((frame["like"] >= LEAST_LIKE).sum())
    finding = Text(f"{n} of {compared} ranges lie apart from their like", f"可比的{compared}个区间中{n}个偏离同类")
    if not compared:
        finding = Text("Ranges of places; no group is large enough to compare like with like",
                       "各地区区间；各类别地区数不足，不作同类比较")  # fmt: skip
    chart = Chart(
        "ranges",
        Text("Range of the share contained, by place and period", "各地区各期遏制率区间"),
        Text("Horizontal bars from the low to the high end of every range; the plan's 98 % as a line.",
             "各区间以横条表示，竖线为规划目标98%。"),
        frame[["place", "period", "low", "high"]],
        lambda: _draw(frame),
    )  # fmt: skip
    return Section(finding, Text("Places", "地区"), (chart, listing))


def _standing(row: Any) -> Text:
    if row.like < LEAST_LIKE:
        return Text("too few of its kind", "同类过少")
    return Text("apart from its group", "偏离同类") if row.apart else Text("within its group", "与同类相当")


def _draw(frame: pd.DataFrame) -> Figure:
    shown = frame.tail(_BARS).iloc[::-1]
    fig, ax = theme.subplots(height=0.7 + 0.28 * len(shown))
    spots = range(len(shown))
    ax.hlines(list(spots), shown["low"], shown["high"], color=theme.ACCENT, linewidth=6)
    ax.axvline(target(_TARGET).low / 100, color=theme.GREY, linewidth=1)
    ax.set_yticks(
        list(spots), [f"{say(code_names.word(p))} {t}" for p, t in zip(shown["place"], shown["period"], strict=True)]
    )
    theme.numbers(ax, "x", digits=1, share=True)
    theme.despine(ax)
    return fig


def assumptions(found: ContainmentFindings) -> Section:
    """What each assumption is worth."""
    worth = found.headline.worth
    frame = pd.DataFrame({"name": cells(_WORDS[n] for n in worth), "points": worth.values()})
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
                "random sample over the share of wrong lines that examinations find, plus the undeclared share of what "
                "the mirror misses. Sampling errors are drawn from normals, shares that nobody knows uniformly from "
                "their ranges.",
                "遏制率＝（已征＋追补）÷（已征＋追补＋流失）。流失＝随机抽查缺口÷查验发现率＋镜像缺失中未申报的部分。"
                "抽样误差按正态分布抽取，未知比例在其范围内均匀抽取。",
            ),
        ),
    )


def figures(found: ContainmentFindings) -> dict[str, float]:
    """Key figures of result.json."""
    r = found.headline
    return {"low": r.low, "high": r.high, **{f"worth_{name}": value for name, value in r.worth.items()}}
