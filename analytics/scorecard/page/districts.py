"""Districts of one goal among their like: which differ by more than chance."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Section, say
from analytics.briefing.look import theme
from analytics.language import Text, told
from analytics.language.both import NOTHING
from analytics.scorecard.card import Scorecard
from analytics.scorecard.compute.declared import ALL
from analytics.scorecard.league import league
from analytics.scorecard.plan import Goal


def districts(card: Scorecard, indicator: str) -> Section | None:
    """Districts of one goal in like groups; None without districts."""
    goal = next((g for g in card.distinct if g.id == indicator), None)
    if goal is None or card.district != ALL:
        return None
    data = league(card, goal)
    if len(data) < 3:
        return None
    out, alone = data[data["outside"] != ""], int(data["low"].isna().sum())
    if alone == len(data):
        finding = told("{name}: too few districts of a kind to compare", "{name}：同类关区过少，无法比较",
                       name=goal.name)  # fmt: skip
        return Section(finding, Text("Districts", "关区"), (_league_chart(data, goal, indicator),))
    finding = (
        told("{name}: {n} of {all} districts lie "
             "outside the limits of their group", "{name}：{all}个关区中{n}个超出同类控制限",
             name=goal.name, n=len(out), all=len(data))
        if len(out)
        else told("{name}: none of {n} districts differs "
                  "from its like by more than chance", "{name}：{n}个关区与同类的差异均在随机范围内",
                  name=goal.name, n=len(data) - alone)
    )  # fmt: skip
    return Section(finding, Text("Districts", "关区"), (_league_chart(data, goal, indicator),))


def _league_chart(data: pd.DataFrame, goal: Goal, indicator: str) -> Chart:
    out = data[data["outside"] != ""]
    return Chart(
        f"league_{indicator}", told("{name} by district", "分关区{name}", name=goal.name),
        told("{n} districts; outside their limits: {out}.", "{n}个关区；超出控制限：{out}。", n=len(data),
             out=Text(", ".join(out["district"]) or "none", "、".join(out["district"]) or "无")),
        data, lambda: _funnel(data, goal),
        Text("Districts are compared with their own group (coastal, border, inland); limits 99.8 %, widened by what "
             "the group differs beyond chance; none for groups of fewer than three. The type of a district is that of "
             "2010 where its code could be confirmed.",
             "关区仅与同类（沿海、沿边、内陆）比较；控制限99.8%，已按组内超随机差异放宽，不足三个关区的组不设。关区类型为2010年口径，限代码已核实者。"),
    )  # fmt: skip


_KINDS = {"coastal": Text("coastal", "沿海"), "border": Text("border", "沿边"), "inland": Text("inland", "内陆"),
          "other": Text("other", "其他")}  # fmt: skip
_COLOURS = {"coastal": theme.ACCENT, "border": "#8a5a00", "inland": theme.INK, "other": theme.GREY}


def _funnel(data: pd.DataFrame, goal: Goal) -> Figure:
    fig, ax = theme.subplots(height=3.6)
    for kind, part in data.groupby("kind"):
        colour = _COLOURS.get(str(kind), theme.GREY)
        line = part.sort_values("denominator")
        ax.fill_between(line["denominator"], line["low"], line["high"], color=colour, alpha=0.07, linewidth=0)
        ax.scatter(part["denominator"], part["value"], s=20, color=colour, label=say(_KINDS.get(str(kind), NOTHING)))
    for _, row in data[data["outside"] != ""].iterrows():
        theme.label(ax, (row["denominator"], row["value"]), str(row["district"]), strong=True)
    low, _high = goal.bounds
    if math.isfinite(low):
        ax.axhline(low, color=theme.GOOD, linewidth=1, linestyle="--")
        at = float(data["denominator"].max())
        theme.label(
            ax, (at, low), say(told("plan: {t}", "规划：{t}", t=goal.allowed)), place=theme.Place(ha="right", dy=-7)
        )
    ax.set_xscale("log")
    ax.legend(ncols=4, loc="lower right", fontsize=8)
    theme.numbers(ax, "x")
    theme.numbers(ax, "y", digits=1)
    theme.despine(ax)
    theme.title(ax, say(told("{unit}, by the number of cases", "{unit}，按案件数", unit=goal.unit or "value")))
    return fig
