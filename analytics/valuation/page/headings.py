"""Headings and text alternatives of the page's sections: each states what its figure shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.briefing import Column, say
from analytics.language import Text, number, percent
from analytics.valuation.level.price_level import PriceLevel
from analytics.valuation.page import findings


def map_title(level: PriceLevel) -> Text:
    """Where the confirmed and suspect cells lie."""
    outside = level.levels[level.levels["status"].isin(["not_met", "watch"])]
    if outside.empty:
        return Text("No cell stands out", "没有单元明显偏离")
    below = int((outside["level"] < 1).sum())
    above = len(outside) - below
    return Text(
        "The one cell that stands out prices " + ("below the others" if below else "above the others")
        if len(outside) == 1
        else f"Of {len(outside)} cells that stand out, {below} price below the others and {above} above",
        f"{len(outside)}个偏离单元中，{below}个低于其他，{above}个高于其他",
    )


def map_alt(level: PriceLevel) -> Text:
    """Text alternative of the heat map or bars."""
    told = findings.listing(level, findings.breaches(level, ("not_met", "watch")), 6)
    none_en, none_zh = "No cell stands out.", "没有偏离单元。"
    return Text(
        f"Price levels by cell. {told.en + '.' if told.en else none_en}",
        f"各单元价格水平。{told.zh + '。' if told.zh else none_zh}",
    )


MAP_NOTE = Text(
    "Bold with ! = confirmed outside the band; bold with ? = suspect; blank = too few lines compare. Blue above 1, "
    "brown below.",
    "加粗带“!”为确认超出区间，加粗带“?”为存疑；空白为可比记录过少。蓝色高于1，褐色低于1。",
)


def funnel_title(level: PriceLevel) -> Text:
    """How many point estimates outside the band are chance."""
    judged = level.levels[level.levels["status"] != "insufficient"]
    measured = np.exp(judged["log_level"]) if judged["log_level"].notna().any() else judged["level"]
    out = (measured < level.band[0]) | (measured > level.band[1])
    chance = int((out & (judged["status"] == "met")).sum())
    return Text(
        f"{number(int(out.sum()))} {'cell measures' if out.sum() == 1 else 'cells measure'} outside the band; for "
        f"{number(chance)} of them chance is enough to explain it",
        f"{int(out.sum())}个单元的测量值在区间之外，其中{chance}个用偶然即可解释",
    )


FUNNEL_ALT = Text(
    "Each point is a cell: price level against its standard error. Points beyond the dashed lines lie outside the band "
    "by more than their error.",
    "每点为一个单元：价格水平与其标准误。虚线之外的点超出区间的幅度大于其误差。",
)
FUNNEL_NOTE = Text(
    "Dashed: band widened by 1.96 standard errors. Diamonds are confirmed, triangles suspect.",
    "虚线：区间加减1.96倍标准误。菱形为确认，三角为存疑。",
)


def chart_title(charts: dict[str, pd.DataFrame]) -> Text:
    """When the first signal came."""
    first = [c.loc[c["signal"], "month"].min() for c in charts.values() if c["signal"].any()]
    if not first:
        return Text("No cell gives an early warning", "没有单元发出预警信号")
    when, n = min(first), len(first)
    return Text(
        f"{n} of {len(charts)} watched cells give a signal; the first came in {when:%Y-%m}",
        f"重点关注的{len(charts)}个单元中{n}个发出信号，最早在{when:%Y-%m}",
    )


CHART_ALT = Text(
    "Monthly price levels of the cells farthest from the band with their exponentially weighted moving average and its "
    "limits.",
    "偏离最大单元的月度价格水平、指数加权移动平均及其控制限。",
)
CHART_NOTE = Text(
    "Points: months. Line: moving average (weight 0.25). Shaded: three standard errors around 1; they widen where "
    "lines "
    "are few. The ring marks the first signal.",
    "点为各月；线为移动平均（权重0.25）；阴影为1上下三倍标准误，记录少时变宽；圆圈为首个信号。",
)


def pareto_title(nodes: pd.DataFrame) -> Text:
    """How much of all pull a few nodes hold."""
    size = nodes["points"].abs().sort_values(ascending=False)
    share = float(size.head(3).sum() / size.sum()) if size.sum() else np.nan
    return Text(
        f"The three largest contributions hold {percent(share, 0)} of all pull on the level",
        f"前三大贡献占全部拉动的{percent(share, 0, 'zh')}",
    )


PARETO_NOTE = Text(
    "Contributions of the leave-one-out ratio add up exactly to level − 1 at every step, from all imports to the line; "
    "contributions.csv holds every step.",
    "留一法比率的贡献在每一层精确相加为“水平−1”，从全部进口直到记录；各层见contributions.csv。",
)


def pareto_alt(nodes: pd.DataFrame) -> Text:
    """Text alternative of the Pareto."""
    top = nodes.reindex(nodes["points"].abs().sort_values(ascending=False).index).head(5)
    en = "; ".join(
        f"{key} {number(100 * x, 2, sign=True)}" for key, x in zip(top["key"], top["points"].tolist(), strict=True)
    )
    return Text(f"Largest contributions in percentage points: {en}.", f"最大贡献（百分点）：{en}。")


def pareto_nodes(contributions: pd.DataFrame, by: str) -> pd.DataFrame:
    """Nodes of one level with their contribution to the level of all imports (`points`).

    Parameters
    ----------
    contributions : DataFrame as from `PriceLevel.contributions`
    by : level of the tree, such as "district x chapter"
    """
    share = pd.Series({"all": 1.0})
    for depth in range(1, by.count(" x ") + 2):
        step = contributions[(contributions["by"] != "all") & (contributions["by"].str.count(" x ") == depth - 1)]
        share = pd.Series(share.reindex(step["parent"]).to_numpy() * step["weight"].to_numpy(), index=step["key"])
    nodes = contributions[contributions["by"] == by].copy()
    nodes["points"] = share.reindex(nodes["key"]).to_numpy() * (nodes["relative"].to_numpy() - 1)
    return nodes


def pruned(contributions: pd.DataFrame, keys: Sequence[str], largest: int = 60) -> pd.DataFrame:
    """Keep the finest steps only under cells that stand out and under the largest contributions.

    What is left adds up as before: the parts of every node listed with parts are all there.
    """
    depth = contributions["by"].where(contributions["by"] != "all", "").str.count(" x ")
    fine = depth >= 2
    large = contributions[depth == 1].assign(size=lambda d: d["contribution"].abs()).nlargest(largest, "size")["key"]
    wanted = set(keys) | set(large)
    first_two = contributions["key"].str.split(" x ").str[:2].str.join(" x ")
    return contributions[~fine | first_two.isin(wanted)].reset_index(drop=True)


def breach_title(level: PriceLevel) -> Text:
    """The confirmed cells, named."""
    confirmed = findings.breaches(level)
    if confirmed.empty:
        return Text("No breach is confirmed", "没有确认的偏离")
    told = findings.listing(level, confirmed, 3)
    n = len(confirmed)
    return Text(
        f"{n} {'cell is' if n == 1 else 'cells are'} confirmed outside the band ({told.en})",
        f"{n}个单元确认超出区间（{told.zh}）",
    )


def sensitivity_title(table: pd.DataFrame, band: tuple[float, float]) -> Text:
    """How many cells stay outside when all is computed anew, and under every definition."""
    if table.empty:
        return Text("Nothing to test: no cell stands out", "无偏离单元，无需检验")
    values = table.drop(columns=["key", "period"], errors="ignore")
    low = (values < band[0]) | values.isna()
    high = (values > band[1]) | values.isna()
    anew = ["judged", "strict", "unfiltered", "quarter"]
    kept = int((low[anew].all(axis=1) | high[anew].all(axis=1)).sum())
    firm = int((low.all(axis=1) | high.all(axis=1)).sum())
    return Text(
        f"{kept} of {len(table)} stay outside however lines are filtered and compared, {firm} of them under every "
        "definition",
        f"{len(table)}个中有{kept}个无论如何过滤和比较均超出区间，其中{firm}个在各种定义下均超出",
    )


BARS_NOTE = Text(
    "Lines: 95 % intervals. Green: the band. ! = confirmed outside, ? = suspect.",
    "线段为95%区间；绿色为合理区间；“!”为确认超出，“?”为存疑。",
)
BREACH_NOTE = Text(
    "Level with its 95 % interval, judged together with all cells; beside it the regression by value.",
    "水平及95%区间系与全部单元一并判断所得；另列按货值加权的回归。",
)
BREACH_NOTE_NAMED = Text(
    f"{BREACH_NOTE.en} Leading enterprises: largest share times shrunk mean deviation in the cell's direction; "
    f"names are "
    "masked.",
    f"{BREACH_NOTE.zh}主要企业：份额×收缩后平均偏离（按本单元方向）；名称已脱敏。",
)
GRADES_NOTE = Text(
    "The shape of the prices shows that cells differ in their mix of grades; this is no part of a level (column "
    "grade_mix of the CSV). A practice that touches only some lines of a cell can look the same: where grade_mix is "
    "far from 1, look at the goods.",
    "价格分布的形状表明各单元商品档次构成不同，该部分不计入水平（见CSV的grade_mix列）。只涉及部分记录的做法可能呈现相同形状："
    "grade_mix明显偏离1的单元，请核对商品本身。",
)
SENSITIVITY_NOTE = Text(
    "Definitions: as judged; robust mixed model line by line; regression by value; tax-weighted ratios. Filter and "
    "reference, computed anew: lines beyond 2.5 robust deviations left out; no line left out; compared within the "
    "quarter instead of the month. Same month: leave-one-out with the closest references only.",
    "口径：判定值；按记录的稳健混合模型；按货值加权回归；税款加权比率。过滤与参考（全部重算）：剔除2.5倍稳健差以外；不剔除；按同季度而非同月比较。同月：留一法仅用最近参考。",
)
DRILL_NOTE = Text(
    "Each part's contribution to the level of the part above it, in percentage points; parts add up exactly.",
    "各部分对上一层水平的贡献，百分点；逐层精确相加。",
)
DRILL_COLUMNS = [
    Column("step", Text("Step", "层次")),
    Column("name", Text("Part", "部分")),
    Column("weight", Text("Share", "份额"), "percent"),
    Column("relative", Text("Level", "水平"), "number", digits=3),
    Column("contribution_points", Text("Contribution, points", "贡献（百分点）"), "number", digits=2, sign=True),
    Column("without", Text("Level above without it", "剔除后上层水平"), "number", digits=3),
]
SENSITIVITY_COLUMNS = [
    Column("key", Text("Cell", "单元")),
    Column("judged", Text("As judged", "判定值"), "number", digits=2),
    Column("mixed", Text("Line by line", "按记录"), "number", digits=2),
    Column("weighted", Text("By value", "按货值"), "number", digits=2),
    Column("loo", Text("Leave-one-out", "留一法"), "number", digits=2),
    Column("included", Text("National average", "全国均价"), "number", digits=2),
    Column("strict", Text("Strict filter", "从严过滤"), "number", digits=2),
    Column("unfiltered", Text("No filter", "不过滤"), "number", digits=2),
    Column("quarter", Text("By quarter", "按季度"), "number", digits=2),
    Column("same_month", Text("Same month", "同月"), "number", digits=2),
]
LADDER_COLUMNS = [
    Column("name", Text("Reference", "参考")),
    Column("lines", Text("Lines", "记录数"), "number"),
    Column("value_share", Text("Share of value", "货值占比"), "percent", bar=True),
]


def breach_columns(unit: str, level: PriceLevel) -> list[Column]:
    """Columns of the table of breaches."""
    what = findings.stake_word(level)
    columns = [Column("key", Text("Cell", "单元"))]
    if "period" in level.by:
        columns.append(Column("period", Text("Period", "期间")))
    columns += [
        Column("verdict", Text("Verdict", "判断")),
        Column("level", Text("Level", "水平"), "number", digits=2),
        Column("low95", Text("Low", "下限"), "number", digits=2),
        Column("high95", Text("High", "上限"), "number", digits=2),
        Column("level_weighted", Text("By value", "按货值"), "number", digits=2),
        Column("lines", Text("Lines", "记录数"), "number"),
        Column("matched_value_share", Text("Compared", "可比"), "percent", digits=0),
        Column("duty_at_stake", Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"), "money", unit=unit),
    ]
    if (level.compared["enterprise"] != "").any():
        columns.append(Column("leading", Text("Leading enterprises", "主要企业")))
    return columns


def lines_columns(unit: str, level: PriceLevel) -> list[Column]:
    """Columns of the lines to verify."""
    what = findings.stake_word(level)
    columns = [Column("key", Text("Cell", "单元")), Column("declaration_id", Text("Declaration", "报关单号"))]
    if (level.compared["enterprise"] != "").any():
        columns.append(Column("enterprise", Text("Enterprise", "企业")))
    return [
        *columns,
        Column("product", Text("Product", "商品")),
        Column("unit_value", Text("Unit price", "单价"), "number", digits=2),
        Column("reference", Text("Reference", "参考价"), "number", digits=2),
        Column("compared_lines", Text("Compared lines", "可比记录"), "number"),
        Column("relative", Text("Ratio", "比率"), "number", digits=2),
        Column("duty_at_stake", Text(f"{what.en.capitalize()} at stake", f"涉及{what.zh}"), "money", unit=unit),
    ]


def leading(ranked: pd.DataFrame, keys: pd.Series, count: int = 3) -> list[str]:
    """Write the first enterprises of each cell."""
    top = ranked[ranked["rank"] <= count]
    names = top.groupby("key")["enterprise"].agg(", ".join)
    return [str(names.get(key, "")) for key in keys]


def ladder(level: PriceLevel) -> pd.DataFrame:
    """Rungs of the reference ladder with their names."""
    return level.ladder.assign(name=[say(findings.RUNG_NAMES[r]) for r in level.ladder["rung"]])


def drill(contributions: pd.DataFrame, level: PriceLevel, count: int = 3) -> pd.DataFrame:
    """Follow the largest contribution downwards: the largest parts of each step, then those of the first of them."""
    from analytics.valuation.level.contributions import ROOT, without

    table = contributions.assign(without=without(contributions))
    parts, parent = [], ROOT
    while True:
        children = table[table["parent"] == parent]
        if children.empty:
            break
        top = children.reindex(children["contribution"].abs().sort_values(ascending=False, kind="stable").index).head(
            count
        )
        parts.append(top)
        parent = top["key"].iloc[0]
    found = pd.concat(parts, ignore_index=True) if parts else table.head(0)
    own = [k.removeprefix(f"{p} x ") for k, p in zip(found["key"], found["parent"], strict=True)]
    return found.assign(
        step=[_step(by, level) for by in found["by"]],
        name=own,
        contribution_points=found["contribution"] * 100,
    )


def _step(by: str, level: PriceLevel) -> str:
    return say(findings.word(level, by.rsplit(" x ", 1)[-1]))


def verdict_words(status: pd.Series) -> list[str]:
    """Write the verdict of cells."""
    words = {"not_met": Text("×\u00a0confirmed", "×\u00a0确认"), "watch": Text("!\u00a0suspect", "!\u00a0存疑")}
    return [say(words.get(s, Text("inside", "区间内"))) for s in status]
