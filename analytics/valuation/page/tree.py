"""Who moves the level: contributions from all imports down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, cells
from analytics.language import Text, number, percent
from analytics.valuation.comparison.keys import SEPARATOR
from analytics.valuation.level.contributions import ROOT, without
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.page import drawing
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import word

_NODES = 200  # of the Pareto, in its CSV


def contributions(found: Findings) -> pd.DataFrame:
    """Contributions along the drill-down, the finest steps where they matter: tables/contributions.csv."""
    return pruned(found.tree, found.outside["key"].tolist())


def pulls(found: Findings) -> Section:
    """Contributions to the level of all imports, and the drill-down from the largest."""
    names = SEPARATOR.join(list(found.drill_down)[:2])
    nodes = pareto_nodes(contributions(found), names)
    nodes = nodes.sort_values("points", key=lambda p: -p.abs(), kind="stable", ignore_index=True).head(_NODES)
    chart = Chart(
        name="pareto",
        caption=Text("Contributions to the level of all imports", "对全部进口价格水平的贡献"),
        alt=_alt(nodes),
        data=nodes,
        draw=lambda: drawing.pareto(nodes),
        note=PARETO_NOTE,
    )
    down = drill(found.tree, found.level)
    start = down["key"].iloc[0] if len(down) else ""
    listing = Listing(
        name="drill_down",
        caption=Text(f"Drill-down from {start}", f"从{start}逐层分解"),
        frame=down,
        columns=DRILL_COLUMNS,
        note=DRILL_NOTE,
    )
    return Section(_finding(nodes), Text("Who moves it", "贡献"), (chart, listing))


def _finding(nodes: pd.DataFrame) -> Text:
    """How much of all pull a few nodes hold."""
    size = nodes["points"].abs().sort_values(ascending=False)
    share = float(size.head(3).sum() / size.sum()) if size.sum() else np.nan
    return Text(
        f"The three largest contributions hold {percent(share, 0)} of all pull on the level",
        f"前三大贡献占全部拉动的{percent(share, 0, 'zh')}",
    )


PARETO_NOTE = Text(
    "Contributions of the leave-one-out ratio add up exactly to level − 1 at every step, from all imports to the line; "
    "contributions.csv holds every step. This ratio compares with all others, those that are low among them, and so "
    "puts who stands in order above 1: the map judges, not this.",
    "留一法比率的贡献在每一层精确相加为“水平−1”，从全部进口直到记录；各层见contributions.csv。"
    "该比率以其他所有分组（含偏低者）为参照，正常者因此会高于1：判断以分布图为准。",
)


def _alt(nodes: pd.DataFrame) -> Text:
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
    for depth in range(1, by.count(SEPARATOR) + 2):
        step = contributions[(contributions["by"] != "all") & (contributions["by"].str.count(SEPARATOR) == depth - 1)]
        share = pd.Series(share.reindex(step["parent"]).to_numpy() * step["weight"].to_numpy(), index=step["key"])
    nodes = contributions[contributions["by"] == by].copy()
    nodes["points"] = share.reindex(nodes["key"]).to_numpy() * (nodes["relative"].to_numpy() - 1)
    return nodes


def pruned(contributions: pd.DataFrame, keys: Sequence[str], largest: int = 60) -> pd.DataFrame:
    """Keep the finest steps only under cells that stand out and under the largest contributions.

    What is left adds up as before: the parts of every node listed with parts are all there.
    """
    depth = contributions["by"].where(contributions["by"] != "all", "").str.count(SEPARATOR)
    fine = depth >= 2
    large = contributions[depth == 1].assign(size=lambda d: d["contribution"].abs()).nlargest(largest, "size")["key"]
    wanted = set(keys) | set(large)
    first_two = contributions["key"].str.split(SEPARATOR).str[:2].str.join(SEPARATOR)
    return contributions[~fine | first_two.isin(wanted)].reset_index(drop=True)


DRILL_NOTE = Text(
    "Each part's contribution to the level of the part above it, in percentage points; parts add up exactly.",
    "各部分对上一层水平的贡献，百分点；逐层精确相加。",
)
DRILL_COLUMNS = (
    Column("step", Text("Step", "层次")),
    Column("name", Text("Part", "部分")),
    Column("weight", Text("Share", "份额"), "percent"),
    Column("relative", Text("Level", "水平"), "number", digits=3),
    Column("contribution_points", Text("Contribution, points", "贡献（百分点）"), "number", digits=2, sign=True),
    Column("without", Text("Level above without it", "剔除后上层水平"), "number", digits=3),
)


def drill(contributions: pd.DataFrame, level: PriceLevel, count: int = 3) -> pd.DataFrame:
    """Follow the largest contribution downwards: the largest parts of each step, then those of the first of them."""
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
    own = [k.removeprefix(p + SEPARATOR) for k, p in zip(found["key"], found["parent"], strict=True)]
    return found.assign(
        step=cells(word(level, by.rsplit(SEPARATOR, 1)[-1]) for by in found["by"]),
        name=own,
        contribution_points=found["contribution"] * 100,
    )
