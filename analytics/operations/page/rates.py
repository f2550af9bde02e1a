"""The four same-day rates of the plan, and how they hang on the hour of acceptance."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Listing, Section, cells, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column
from analytics.language import Text, told
from analytics.language.both import NOTHING, percent, span
from analytics.operations.release.times import ReleaseTimes
from analytics.targets import target

KINDS = {
    ("import", True): Text("Imports by sea", "进口海运"), ("import", False): Text(
        "Imports by other modes", "进口其他方式"),
    ("export", True): Text("Exports by sea", "出口海运"), ("export", False): Text(
        "Exports by other modes", "出口其他方式"),
}  # fmt: skip


def rates(times: ReleaseTimes) -> Section:
    """The four rates with their intervals, and the 24-hour reading as a control."""
    data = times.rates
    shown = data.assign(
        name=cells(KINDS[d, bool(s)] for d, s in zip(data["direction"], data["sea"], strict=True)),
        plan=cells(target(i).allowed() for i in data["indicator"]),
        interval=cells(span(a, b) if n else NOTHING for a, b, n in zip(
            data["low95"], data["high95"], data["declarations"], strict=True)),
    )  # fmt: skip
    gap = (data["within_24"] - data["same_day"]).max()
    finding = told("Within 24 hours the rates are up to {gap} points higher", "按24小时口径最多高出{gap}个百分点",
                   gap=f"{100 * gap:.1f}")  # fmt: skip
    if pd.isna(gap):
        met = int((data["status"] == "met").sum())
        finding = told("{n} of 4 rates reach the plan", "四项放行率中{n}项达标", n=met)
    if not data["declarations"].any():
        finding = Text("None of the four rates can be told", "四项放行率均无法计算")
    listing = Listing(
        "rates", Text("Released on the day of acceptance", "当日放行"), shown,
        (Column("name", Text("Goods", "货物")), Column("declarations", Text("Declarations", "报关单"), "number"),
         Column("open", Text("Open", "未放行"), "number"), Column("same_day", Text("Same day",
             "当日放行率"), "percent"),
         Column("interval", Text("95 % interval", "95%区间")), Column("plan", Text("Plan", "规划")),
         Column("status", Text("Status", "判定"), "status"), Column("within_24", Text(
             "Within 24 hours", "24小时内"), "percent")),
        Text("Late filings cap the calendar-day rate; the 24-hour reading is a control, not what the plan asks.",
             "当日口径受下午晚申报影响，24小时口径仅作对照，非规划要求。"),
    )  # fmt: skip
    charts = (_hours_chart(times),) if len(times.by_hour) else ()
    return Section(finding, Text("Rates", "放行率"), (listing, *charts))


def _hours_chart(times: ReleaseTimes) -> Chart:
    data = times.by_hour
    best, worst = data.iloc[int(data["same_day"].argmax())], data.iloc[int(data["same_day"].argmin())]
    alt = told("Highest at {a}:00 with {p}, "
               "lowest at {b}:00 with {q}.", "{a}时最高，为{p}；{b}时最低，为{q}。", a=int(best["hour"]),
               p=percent(best["same_day"], 0), b=int(worst["hour"]), q=percent(worst["same_day"], 0))  # fmt: skip
    return Chart("by_hour", Text("Same-day release by hour of acceptance", "按接受申报时点的当日放行率"), alt, data,
                 lambda: _draw_hours(data))  # fmt: skip


def _draw_hours(data: pd.DataFrame) -> Figure:
    fig, ax = theme.subplots(height=2.6)
    ax.plot(data["hour"], data["same_day"], color=theme.ACCENT, marker="o", markersize=3.5)
    ax.plot(data["hour"], data["within_24"], color=theme.GREY, linewidth=1.2)
    last = data.iloc[-1]
    theme.label(ax, (last["hour"], last["same_day"]), say(Text("same day", "当日")), strong=True)
    theme.label(ax, (last["hour"], last["within_24"]), say(Text("24 hours", "24小时")), color=theme.MUTE)
    ax.set_ylim(0, 1.05)
    theme.numbers(ax, "y", share=True)
    theme.despine(ax)
    ax.set_xlabel(say(Text("hour of acceptance", "接受申报时点（时）")))
    return fig
