"""The page of release times: same-day rates, quantiles, hours of the day, ports, and the price of an examination."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Headline, Listing, Section, cells
from analytics.briefing.parts import Column, Tile, Tone, Verdict
from analytics.language import Text, month, told
from analytics.language.both import number, percent, span
from analytics.operations.page.rates import KINDS, rates
from analytics.operations.page.words import hours
from analytics.operations.release.times import LIMIT, MOST_AMENDED, ReleaseTimes
from analytics.targets import Status, target

__all__ = ["figures", "headline", "lanes", "method", "ports", "price", "rates", "verdict"]

_LANES = {
    "release": Text("Release", "快速放行"),
    "documents": Text("Documents", "单证审核"),
    "examine": Text("Examination", "查验"),
}
_TONES: dict[str, Tone] = {"met": "good", "not_met": "bad", "watch": "watch", "insufficient": "neutral"}
_WORST: tuple[Status, ...] = ("not_met", "watch", "met")


def headline(times: ReleaseTimes, place: Text) -> Headline:
    """Verdict, a tile for each of the four rates, and the line above."""
    first, last = times.rows["date"].min(), times.rows["date"].max()
    above = told("{place} · declarations of {a} to {b}", "{place} · {c}至{d}报关单", place=place, a=month(first, "en"),
                 b=month(last, "en"), c=month(first, "zh"), d=month(last, "zh"))  # fmt: skip
    return Headline(verdict(times), tuple(_tile(row) for _, row in times.rates.iterrows()), above)


def _tile(row: pd.Series) -> Tile:
    name = KINDS[row["direction"], bool(row["sea"])]
    goal = target(str(row["indicator"])).allowed()
    if not row["declarations"]:
        return Tile(name, Text("no data", "无数据"), note=told("plan: {goal}", "规划：{goal}", goal=goal))
    note = told("{span} · plan: {goal}", "{span} · 规划：{goal}", span=span(row["low95"], row["high95"]), goal=goal)
    return Tile(name, percent(row["same_day"]), note=note, tone=_TONES[row["status"]])


def verdict(times: ReleaseTimes) -> Verdict:
    """The worst of the four rates; insufficient where one of them has no declarations."""
    rates = times.rates
    known = rates[rates["declarations"] > 0]
    if known.empty:
        text = Text("No declaration says both direction and mode: none of the four rates can be told",
                    "报关单均未注明进出口方向及运输方式，四项放行率无法计算")  # fmt: skip
        return Verdict(str(rates["indicator"].iloc[0]), "insufficient", None, None, None, text, _lead(times))
    status: Status = next((s for s in _WORST if (known["status"] == s).any()), "insufficient")
    row = known[known["status"] == status].iloc[0]
    if status == "met" and len(known) < len(rates):
        status = "insufficient"
    met = int((known["status"] == "met").sum())
    text = told(
        "{n} of 4 same-day release rates reach the plan; {name} stand at {rate}",
        "四项当日放行率中{n}项达标，{name}为{rate}",
        n=met, name=Text(KINDS[row[
            "direction"], bool(row["sea"])].en.lower(), KINDS[row["direction"], bool(row["sea"])].zh),
        rate=percent(row["same_day"]),
    )  # fmt: skip
    return Verdict(str(row["indicator"]), status, 100 * row["same_day"], 100 * row["low95"], 100 * row["high95"], text,
                   _lead(times))  # fmt: skip


def _lead(times: ReleaseTimes) -> Text:
    still = int((~times.rows["released_known"]).sum())
    _total, one, low, high = times.total_price
    parts = [
        told("{n} declarations; {open} are still "
             "open and count as not released.", "共{n}票报关单，其中{open}票尚未放行，计为未当日放行。",
             n=number(len(times.rows)), open=number(still))
    ]  # fmt: skip
    if np.isfinite(one):
        parts.append(told(
            "An examination costs {one} more ({low} to {high}) than the same way without.",
            "查验比同类未查验报关单多用{one}（{low}至{high}）。", one=hours(one), low=hours(low), high=hours(high),
        ))  # fmt: skip
    if times.untimed:
        parts.append(told("{n} declarations have no time of acceptance: they are in no rate, and the limits allow that "
                          "they went either way.",
                          "{n}票报关单无接受申报时间，未计入比率，区间已计入两种可能。",
                          n=number(times.untimed)))  # fmt: skip
    if times.backwards:
        parts.append(told("{n} declarations are released before they are accepted: one of their times is wrong. They "
                          "are in no rate, and the limits allow that they went either way.",
                          "{n}票报关单放行时间早于接受申报时间，至少一个时间有误，未计入比率，区间已计入两种可能。",
                          n=number(times.backwards)))  # fmt: skip
    if times.drawn_by_release:
        parts.append(Text("Nothing is open and nothing was released after the last day of acceptance: if the file was "
                          "drawn by release, slow declarations are missing, so no rate counts as met.",
                          "文件中无未放行报关单，且最后接受申报日之后无放行记录；如按放行情况提取，则缺少放行慢的报关单，"
                          "故各项均不判为达标。"))  # fmt: skip
    if times.amended > MOST_AMENDED:
        parts.append(told("{n} of the declarations are later versions: if their acceptance is that of the amendment, "
                          "slow ones look fast, so no rate counts as met. Read the first acceptance (accepted_at).",
                          "{n}的报关单为修改后版本：若接受申报时间取自修改之时，则放行慢者显得快，故各项均不判为达标；"
                          "请取首次接受申报时间（accepted_at）。", n=percent(times.amended)))  # fmt: skip
    if times.days_only:
        parts.append(Text("The times hold days and no hours: nothing is said of hours.",
                          "时间仅到日，未记时刻，不作小时分析。"))  # fmt: skip
    if times.unplaced:
        parts.append(told("{n} declarations do not say direction or mode: they are in none of the four rates, and the "
                          "limits allow for them.",
                          "{n}票报关单未注明方向或运输方式，未计入四项比率，区间已计入。",
                          n=number(times.unplaced)))  # fmt: skip
    absent = times.rates[times.rates["declarations"] == 0]
    if len(absent):
        names = [KINDS[d, bool(s)] for d, s in zip(absent["direction"], absent["sea"], strict=True)]
        parts.append(told("No declarations of: {names}.", "无以下报关单：{names}。",
                          names=Text(
                              ", ".join(t.en.lower() for t in names), "、".join(t.zh for t in names))))  # fmt: skip
    return Text(" ".join(t.en for t in parts), "".join(t.zh for t in parts))


def lanes(times: ReleaseTimes) -> Section | None:
    """Hours to release by lane; None without lanes."""
    data = times.quantiles("lane")
    if data.empty:
        return None
    shown = data.assign(name=cells(_LANES.get(str(lane), Text(str(lane), str(lane))) for lane in data["lane"]))
    slow = shown.iloc[int(shown["median"].argmax())]
    finding = told("{lane}: half of the declarations "
                   "are out in {m}, nine in ten in {p}", "{lane}：半数在{m}内放行，九成在{p}内放行",
                   lane=slow["name"], m=hours(slow["median"]), p=hours(slow["p90"]))  # fmt: skip
    return Section(finding, Text("Lanes", "通道"), (_quantile_table("lanes", "name", Text("Lane", "通道"), shown),))


def ports(times: ReleaseTimes, rows: int = 12) -> Section | None:
    """Hours to release by port, the surely slowest named (by its lower limit); None without ports."""
    data = times.quantiles("port")
    if len(data) < 2:
        return None
    slow = data.iloc[int(data["p90_low"].fillna(0).argmax())]
    finding = told(
        "Port {port}: nine in ten are out in {p}, surely not before {low}", "{port}口岸：九成在{p}内放行，不早于{low}",
        port=slow["port"], p=hours(slow["p90"]), low=hours(slow["p90_low"]),
    )  # fmt: skip
    listing = _quantile_table("ports", "port", Text("Port", "口岸"), data.sort_values("p90_low", ascending=False), rows)
    return Section(finding, Text("Ports", "口岸"), (listing,))


def _quantile_table(name: str, key: str, label: Text, data: pd.DataFrame, rows: int | None = None) -> Listing:
    return Listing(
        name, Text("Hours from acceptance to release", "接受申报至放行的小时数"), data,
        (Column(key, label), Column("declarations", Text("Declarations", "报关单"), "number"),
         Column("open", Text("Open", "未放行"), "number"), Column("median", Text("Median", "中位数"), "number", 1),
         Column("median_low", Text("from", "下限"), "number", 1), Column(
             "median_high", Text("to", "上限"), "number", 1),
         Column("p90", Text("90 %", "90%分位"), "number", 1), Column("same_day", Text("Same day",
             "当日放行率"), "percent")),
        Text("Kaplan-Meier: what is still open is censored, not left out. Interval of the median 95 %.",
             "Kaplan-Meier估计：未放行的按删失处理，不予剔除；中位数区间为95%。"), rows,
    )  # fmt: skip


def price(times: ReleaseTimes) -> Section | None:
    """What examinations cost in hours; None where too few were examined."""
    data = times.price
    if data.empty:
        return None
    total, one, low, high = times.total_price
    shown = data.assign(name=cells(KINDS[d, bool(s)] for d, s in zip(data["direction"], data["sea"], strict=True)))
    finding = told("Each examination adds {one} ({low} to "
                   "{high}); all together {total} hours", "每次查验增加{one}（{low}至{high}），合计{total}小时",
                   one=hours(one), low=hours(low), high=hours(high), total=number(total))  # fmt: skip
    listing = Listing(
        "price", told("Mean hours up to {limit}, "
                      "by whether examined", "平均小时数（以{limit}小时为限），按是否查验", limit=f"{LIMIT:g}"),
        shown,
        (Column("name", Text("Goods", "货物")), Column("examined", Text("Examined", "查验票数"), "number"),
         Column("mean_examined", Text("Examined, mean", "查验平均"), "number", 1),
         Column("mean_other", Text("Others, mean", "未查验平均"), "number", 1),
         Column("extra", Text("Extra", "增加"),
             "number", 1, sign=True), Column("low95", Text("from", "下限"), "number", 1),
         Column("high95", Text("to", "上限"), "number", 1)),
        Text("Compared within direction and mode. Who is examined is "
             "chosen by risk, so part of the difference may be of the "
             "goods themselves.", "按进出口方向与运输方式分组比较。查验对象按风险选取，差异可能部分源于货物本身。"),
    )  # fmt: skip
    return Section(finding, Text("Price of an examination", "查验代价"), (listing,), _stages(times))


def _stages(times: ReleaseTimes) -> Text | None:
    s = times.stages.set_index("stage")
    if s.empty:
        return None
    return told("Of examined declarations half are examined within {a} of acceptance, and released {b} later.",
                "查验报关单半数在接受申报后{a}内查毕，其后{b}放行。", a=hours(float(s["median"]["examination"])),
                b=hours(float(s["median"]["release"])))  # fmt: skip


def method() -> Fold:
    """Definitions."""
    return Fold(Text("Method", "方法"), (
        Text("Same day: declarations released on the calendar day of acceptance / declarations accepted, by direction "
             "and mode; a declaration is released when its last line is. Exact limits after Clopper and Pearson. "
             "Quantiles and means after Kaplan and Meier, with intervals after Brookmeyer and Crowley, and Greenwood.",
             "当日放行率：接受申报当日（自然日）放行的报关单/接受申报的报关单，按方向和运输方式分列；整票末项放行视为放行。比率为精确区间；分位数与均值采用"
             "Kaplan-Meier，区间采用Brookmeyer-Crowley及Greenwood。"),
    ))  # fmt: skip


def figures(times: ReleaseTimes) -> dict[str, float]:
    """Flat figures for result.json."""
    made: dict[str, float] = {}
    for _, row in times.rates.iterrows():
        name = str(row["indicator"])
        made[name], made[f"{name}_low95"], made[f"{name}_high95"] = row["same_day"], row["low95"], row["high95"]
    total, one, low, high = times.total_price
    return made | {"examination_hours": one, "examination_hours_low95": low, "examination_hours_high95": high,
                   "examination_hours_total": total, "declarations": float(len(times.rows)),
                   "untimed": float(times.untimed)}  # fmt: skip
