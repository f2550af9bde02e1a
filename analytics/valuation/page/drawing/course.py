"""Figures of what moves levels: course over time and contributions. Each takes results and returns a Figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import say
from analytics.briefing.look import theme
from analytics.language import Text


def control_chart(charts: dict[str, pd.DataFrame]) -> Figure:
    """EWMA charts of some cells side by side: monthly levels, the smoothed line, its limits and the first signal."""
    count = max(len(charts), 1)
    fig, axes = theme.subplots(1, count, height=2.9, sharey=True, squeeze=False)
    for ax, (key, data) in zip(axes[0], charts.items(), strict=False):
        ax.fill_between(data["month"], data["lower"], data["upper"], color=theme.LINE, alpha=0.7, linewidth=0)
        ax.scatter(data["month"], data["level"], s=12, color=theme.GREY)
        ax.plot(data["month"], data["smoothed"], color=theme.ACCENT)
        ax.axhline(1, color=theme.GREY, linewidth=0.8)
        signals = data[data["signal"]]
        if len(signals):
            first = signals.iloc[0]
            ax.scatter(
                [first["month"]],
                [first["smoothed"]],
                s=46,
                facecolors="none",
                edgecolors=theme.BAD,
                linewidth=1.6,
                zorder=4,
            )
            text = theme.month_mark(first["month"])
            # towards 1, where a level that left its limits is not, and clear of the line's next quarter
            near = data.iloc[signals.index[0] :].head(1 + len(data) // 4)["smoothed"]
            below = first["smoothed"] < 1
            theme.label(
                ax,
                (first["month"], near.max() if below else near.min()),
                text,
                strong=True,
                place=theme.Place(dy=11 if below else -11),
            )
        theme.title(ax, key)
        theme.numbers(ax, "y", digits=2)
        theme.despine(ax)
        # Three panels leave room for two dates each.
        spots = data["month"].iloc[[0, -1] if count > 2 else [0, len(data) // 2, -1]]
        ax.set_xticks(spots, [theme.month_mark(m) for m in spots])
        for mark, side in ((0, "left"), (-1, "right")):
            ax.get_xticklabels()[mark].set_horizontalalignment(side)
    if charts:
        low = min(min(d["level"].quantile(0.1), d["smoothed"].min(), d["lower"].median()) for d in charts.values())
        high = max(max(d["level"].quantile(0.9), d["smoothed"].max(), d["upper"].median()) for d in charts.values())
        axes[0][0].set_ylim(max(low - 0.04, 0.3), min(high + 0.04, 2.5))
    return fig


def pareto(nodes: pd.DataFrame, shown: int = 12) -> Figure:
    """Contributions of the largest nodes, in percentage points of the nation's level.

    Parameters
    ----------
    nodes : DataFrame with `key`, `points` (contribution to the nation's level) and `relative`
    """
    data = nodes.reindex(nodes["points"].abs().sort_values(ascending=False).index).head(shown).iloc[::-1]
    fig, ax = theme.subplots(height=0.9 + 0.27 * len(data))
    at = np.arange(len(data))
    points = data["points"].to_numpy() * 100
    ax.barh(at, points, color=np.where(points < 0, theme.WARN, theme.ACCENT), height=0.62)
    ax.axvline(0, color=theme.INK, linewidth=0.9)
    for y, x, relative in zip(at, points, data["relative"], strict=True):
        theme.label(
            ax, (x, y), f"{relative:.2f}", place=theme.Place(ha="left" if x >= 0 else "right", dx=4 if x >= 0 else -4)
        )
    ax.set_yticks(at, data["key"])
    ax.margins(x=0.12)
    theme.across(ax)
    theme.numbers(ax, "x", digits=2, sign=True)
    theme.title(ax, say(Text("contribution to the level of all imports, percentage points; label: own level",
                             "对全部进口价格水平的贡献，百分点；标注为自身水平")))  # fmt: skip
    return fig
