"""Figures of levels: heat map, bars, funnel. Each takes a result and returns a Figure."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from analytics.briefing import say
from analytics.briefing.look import theme
from analytics.language import Text
from analytics.statistics import NORMAL95
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import BY_VALUE, ON_AVERAGE, WIDE
from analytics.valuation.page.words import LEVEL, word

_MARK = {"not_met": "!", "watch": "?"}


def _diverging() -> tuple[object, TwoSlopeNorm]:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("level", ["#8a5a00", "#f0dfc0", "#ffffff", "#c9dcf0", theme.ACCENT])
    return colours, TwoSlopeNorm(1.0, 0.85, 1.15)


def heat_map(level: PriceLevel, rows: int = 20, columns: int = 16) -> Figure:
    """Levels of a crossing of two: the largest by value, judged cells marked; blank where too little compares.

    Parameters
    ----------
    level : PriceLevel of two columns (district and chapter)
    rows, columns : int
        How many of each to show, the largest by value.
    """
    table = grid(level, rows, columns)
    first, second = (c for c in level.by if c != "period")
    status = level.levels.pivot_table(index=first, columns=second, values="status", aggfunc="first")
    values, words = table.to_numpy(float), status.reindex_like(table).to_numpy()
    fig, ax = theme.subplots(height=1.0 + 0.27 * len(table))
    colours, norm = _diverging()
    ax.pcolormesh(table.to_numpy(), cmap=colours, norm=norm, edgecolors="white", linewidth=1.2)
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            value, mark = float(values[i, j]), _MARK.get(str(words[i, j]), "")
            if np.isfinite(value):
                strong = bool(mark)
                ax.text(
                    j + 0.5, i + 0.5, f"{value:.2f}{mark}", ha="center", va="center",
                    fontsize=7.6, fontweight="bold" if strong else "normal",
                    color=_ink(value),
                )  # fmt: skip
    ax.set_xticks(np.arange(table.shape[1]) + 0.5, table.columns)
    ax.set_yticks(np.arange(table.shape[0]) + 0.5, table.index)
    ax.invert_yaxis()
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    theme.despine(ax, "left", "bottom")
    theme.title(ax, say(Text(f"{word(level, first).en} (rows) by {word(level, second).en} (columns), largest first",
                             f"{word(level, first).zh}（行）×{word(level, second).zh}（列），按货值排序")))  # fmt: skip
    return fig


def _ink(value: float) -> str:
    """Text that stays readable on the cell's colour."""
    return "white" if value > 1.10 or value < 0.89 else theme.INK


def grid(level: PriceLevel, rows: int = 20, columns: int = 16) -> pd.DataFrame:
    """Levels behind `heat_map`: the largest of each by value."""
    first, second = (c for c in level.by if c != "period")
    data = level.levels
    shown = data["level"].where(data["status"] != "insufficient")
    table = data.assign(shown=shown).pivot_table(index=first, columns=second, values="shown", aggfunc="first")
    top_rows = data.groupby(first)["value"].sum().nlargest(rows).index
    top_columns = data.groupby(second)["value"].sum().nlargest(columns).index
    return table.reindex(index=top_rows, columns=top_columns)


def bars(level: PriceLevel, rows: int = 30) -> Figure:
    """Levels of a single breakdown with their intervals, lowest first."""
    data = level.levels[_drawn(level)].nlargest(rows, "value").sort_values("level")
    fig, ax = theme.subplots(height=0.9 + 0.24 * len(data))
    at = np.arange(len(data))
    ax.axvspan(*level.band, color=theme.GOOD, alpha=0.09, linewidth=0)
    ax.axvline(1, color=theme.GREY, linewidth=0.9)
    colour = data["status"].map({"watch": theme.WARN, "not_met": theme.BAD}).fillna(theme.GREY)
    low, high = _reach(data, level.band)
    ax.hlines(
        at, data["low95"].clip(low, high), data["high95"].clip(low, high), color=colour, linewidth=2.2, alpha=0.55
    )
    for end, edge, marker in ((data["low95"] < low, low, "<"), (data["high95"] > high, high, ">")):
        ax.scatter(np.full(int(end.sum()), edge), at[end], color=colour[end], s=20, marker=marker, zorder=3)
    face = np.where(data["status"] == "insufficient", "white", colour)
    ax.scatter(data["level"], at, color=face, edgecolors=colour, s=26, zorder=3)
    for y, (_, row) in zip(at, data.iterrows(), strict=True):
        if row["status"] in _MARK:
            theme.label(ax, (min(row["high95"], high), y), f"{row['level']:.2f} {_MARK[row['status']]}", strong=True)
    names = data["key"] if "period" not in level.by else data["key"] + " · " + data["period"]
    ax.set_yticks(at, names)
    theme.across(ax)
    theme.numbers(ax, "x", digits=2)
    theme.title(ax, say(LEVEL))
    return fig


def _reach(data: pd.DataFrame, band: tuple[float, float]) -> tuple[float, float]:
    """Axis of the bars: all levels and the band, and of their intervals what leaves the others readable."""
    if data.empty:
        return band
    low, high = min(float(data["level"].min()), band[0]), max(float(data["level"].max()), band[1])
    margin = max(0.6 * (high - low), 0.1)
    return low - min(margin, 0.5 * low), high + margin


def _drawn(level: PriceLevel) -> pd.Series:
    """Cells with something to draw: judged, or with an interval too wide to be."""
    data = level.levels
    untold = data["reason"].isin((WIDE, BY_VALUE, ON_AVERAGE))
    return np.isfinite(data["level"]) & ((data["status"] != "insufficient") | untold)


def in_funnel(level: PriceLevel) -> pd.Series:
    """True for cells that the funnel shows."""
    shown = _funnel_points(level)
    at = shown.index[shown["error"] <= _right_edge(shown)]
    return pd.Series(level.levels.index.isin(at), level.levels.index)


def _funnel_points(level: PriceLevel) -> pd.DataFrame:
    data = level.levels[_drawn(level)]
    # The error of the level that is shown, so that map, funnel and tables tell one story.
    error = (data["high95"] / data["low95"]).transform(np.log) / (2 * NORMAL95)
    return data.assign(error=error.where(np.isfinite(error), data["error"]))


def _right_edge(data: pd.DataFrame) -> float:
    """Standard error at which the funnel ends: a few cells that say nothing must not press the others together."""
    edge = 1.1 * min(float(data["error"].quantile(0.98)), 3 * float(data["error"].median())) if len(data) else np.nan
    return edge if np.isfinite(edge) and edge > 0 else 0.1


def beyond_funnel(level: PriceLevel) -> int:
    """Cells that are too uncertain for the funnel's width."""
    data = _funnel_points(level)
    return int((data["error"] > _right_edge(data)).sum())


def funnel(level: PriceLevel, labels: int = 6) -> Figure:
    """Level against its standard error: what lies outside by more than chance, and what is merely uncertain."""
    data = _funnel_points(level)
    fig, ax = theme.subplots(height=3.9)
    top = _right_edge(data)
    s = np.linspace(0, top, 80)
    theme.target_band(ax, *level.band)
    for edge, sign in zip(level.band, (-1, 1), strict=True):
        ax.plot(s, edge * np.exp(sign * NORMAL95 * s), color=theme.GREY, linewidth=1, linestyle=(0, (4, 3)))
    unknown = data[data["status"] == "insufficient"]
    ax.scatter(unknown["error"], unknown["level"], s=14, facecolors="none", edgecolors=theme.GREY, linewidth=0.8)
    for status, colour, size in (("met", theme.GREY, 14), ("watch", theme.WARN, 30), ("not_met", theme.BAD, 34)):
        part = data[data["status"] == status]
        marker = "o" if status == "met" else ("D" if status == "not_met" else "^")
        ax.scatter(part["error"], part["level"], s=size, color=colour, alpha=0.45 if status == "met" else 0.95,
                   marker=marker, linewidth=0, rasterized=False)  # fmt: skip
    outside = data[data["status"].isin(["not_met", "watch"])].nlargest(labels, "probability_outside")
    ax.set_xlim(0, top)
    shown = data["level"] if len(data) else pd.Series(level.band)
    low, high = min(float(shown.min()), level.band[0]), max(float(shown.max()), level.band[1])
    ax.set_ylim(low * 0.97, high * 1.03)
    if high > 3 * low:  # a tenth and a tenfold are as far from one
        ax.set_yscale("log")
        ax.set_yticks([t for t in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if low * 0.97 <= t <= high * 1.03])
        ax.minorticks_off()
    _label_points(ax, outside, data, top)
    theme.numbers(ax, "y", digits=2)
    theme.numbers(ax, "x", digits=2 if top > 0.05 else 3)
    ax.set_xlabel(say(Text("standard error of the log level: few and unlike lines to the right",
                           "对数价格水平的标准误：越靠右，记录越少越不一致")))  # fmt: skip
    theme.title(ax, say(LEVEL))
    return fig


def _label_points(ax: Axes, points: pd.DataFrame, others: pd.DataFrame, top: float) -> None:
    """Name some points, each beside its own where fewest others and no name placed before it lie."""
    low, high = ax.get_ylim()
    line = (high - low) * 0.055
    placed: list[tuple[float, float]] = []
    for _, row in points.sort_values("level").iterrows():
        gap, wide = top * 0.025, top * 0.008 * len(row["key"])

        def crowd(spot: tuple[int, int], row: pd.Series = row, gap: float = gap, wide: float = wide) -> tuple[int, int]:
            sign, lines = spot
            middle, y = row["error"] + sign * (gap + wide / 2), row["level"] + lines * line
            inside = abs(middle - top / 2) < (top - wide) / 2 and low + line / 2 < y < high - line / 2
            marks = ((others["error"] - middle).abs() < wide / 2 + gap / 2) & ((others["level"] - y).abs() < 0.6 * line)
            names = sum(abs(x - middle) < wide and abs(h - y) < line for x, h in placed)
            return 100 * (not inside) + 10 * names + int(marks.sum()), abs(lines)

        sign, lines = min(product((1, -1), range(-5, 6)), key=crowd)
        x, y = row["error"] + sign * gap, row["level"] + lines * line
        placed.append((x + sign * wide / 2, y))
        ax.annotate(row["key"], (row["error"], row["level"]), xytext=(x, y), fontsize=8, color=theme.INK, va="center",
                    ha="left" if sign > 0 else "right",
                    arrowprops={"arrowstyle": "-", "color": theme.GREY, "linewidth": 0.6})  # fmt: skip
