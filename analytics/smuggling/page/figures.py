"""Figures of the risk page: hit rate against inspection rate, strategies, calibration, enterprises."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from analytics.briefing import say
from analytics.briefing.look import theme
from analytics.language import Text
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.words import STRATEGIES

_PERCENT = FuncFormatter(lambda x, _: f"{100 * x:g} %")


def _percent_axes(ax: Axes, sides: str) -> None:
    for side in sides:
        axis = ax.xaxis if side == "x" else ax.yaxis
        axis.set_major_formatter(_PERCENT)


def hit_rate(study: Study) -> Figure:
    """Hit rate by share selected: the chosen ranking, rules and chance, the ceiling, and the plan's cross.

    Parameters
    ----------
    study : Study
    """
    fig, ax = theme.subplots(height=4.0)
    chosen = study.comparison.curves["blend"][study.comparison.curves["blend"]["selected_share"] <= 0.31]
    ax.fill_between(chosen["selected_share"], chosen["ceiling"], 1.02, color=theme.SOFT, linewidth=0)
    ax.plot(chosen["selected_share"], chosen["ceiling"], color=theme.GREY, linewidth=1, linestyle=(0, (4, 3)))
    labels = []
    for name, colour, width in (
        ("random", theme.GREY, 1.2),
        ("expert rules", theme.INK, 1.3),
        ("blend", theme.ACCENT, 2.4),
    ):
        curve = study.comparison.curves[name][study.comparison.curves[name]["selected_share"] <= 0.31]
        ax.plot(curve["selected_share"], curve["precision"], color=colour, linewidth=width)
        labels.append((float(curve["precision"].ffill().fillna(0.0).iloc[-1]), STRATEGIES[name], colour))
    heights = theme.spread([y for y, _, _ in labels] + [float(np.nan_to_num(chosen["ceiling"].iloc[-1]))], 0.05)
    for y, (_, text, colour) in zip(heights, labels, strict=False):
        theme.label(ax, (0.31, y), say(text), color=colour, strong=colour == theme.ACCENT)
    theme.label(ax, (0.31, heights[-1]), say(Text("ceiling", "上限")), color=theme.GREY)
    row = study.selection
    ax.errorbar(
        [study.question.rate], [row["precision"]],
        yerr=[[row["precision"] - row["low95"]], [row["high95"] - row["precision"]]],
        color=theme.ACCENT, marker="o", markersize=6, capsize=3, linewidth=1.4, zorder=4,
    )  # fmt: skip
    ax.plot([0.04], [0.25], marker="+", markersize=17, markeredgewidth=2.2, color=theme.BAD, zorder=5)
    drawn = pd.concat([study.comparison.curves[name] for name in ("random", "expert rules", "blend")])
    beside = drawn.loc[drawn["selected_share"].between(0.042, 0.075), "precision"]
    clear = min((0.29, 0.21, 0.12, 0.37), key=lambda y: int(((beside - y).abs() < 0.035).sum()))  # of curves
    theme.label(
        ax,
        (0.04, clear),
        say(Text("plan: 25 % at 4 %", "规划：4%布控、25%有效")),
        color=theme.BAD,
        place=theme.Place(dx=10),
    )
    ax.set_xscale("log")
    ax.set_xlim(0.005, 0.31)
    ax.set_ylim(0, 1.02)
    ax.set_xticks([0.005, 0.01, 0.02, 0.04, 0.1, 0.3])
    ax.xaxis.set_minor_locator(NullLocator())
    _percent_axes(ax, "xy")
    theme.despine(ax)
    theme.title(ax, say(Text("Hit rate of what is selected", "布控有效率")))
    ax.set_xlabel(say(Text("share selected (log scale)", "布控比例（对数刻度）")))
    return fig


def strategies(table: pd.DataFrame, prevalence: float) -> Figure:
    """Hit rate with interval of every strategy at one share, best on top; chance as the line."""
    data = table.sort_values("precision").reset_index(drop=True)
    fig, ax = theme.subplots(height=0.9 + 0.3 * len(data))
    at = np.arange(len(data))
    own = data["strategy"].str.startswith("blend").to_numpy()
    colours = np.where(own, theme.ACCENT, theme.GREY)
    ax.hlines(at, data["low95"], data["high95"], color=colours, linewidth=2.4, alpha=0.5)
    ax.scatter(data["precision"], at, color=colours, s=34, zorder=3)
    for y, row in zip(at, data.to_dict("records"), strict=True):
        theme.label(ax, (row["high95"], y), f"{100 * row['precision']:.1f} %", strong=row["strategy"] == "blend")
    ax.axvline(0.25, color=theme.BAD, linewidth=1, linestyle=(0, (4, 3)))
    ax.axvline(prevalence, color=theme.GREY, linewidth=1)
    ax.set_yticks(at, [say(STRATEGIES.get(s, Text(s, s))) for s in data["strategy"]])
    ax.set_xlim(left=0)
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    _percent_axes(ax, "x")
    theme.despine(ax)
    theme.title(ax, say(Text("Hit rate with 95 % interval; dashed: the plan's 25 %; grey line: chance",
                             "有效率及95%区间；虚线：规划的25%；灰线：随机水平")))  # fmt: skip
    return fig


def calibration(reliability: pd.DataFrame) -> Figure:
    """Predicted against observed rate: parts of the selection, and tenths of all units."""
    fig, ax = theme.subplots(width=6.4, height=3.6)
    top = float(np.nanmax([0.05, reliability["high95"].max(), reliability["predicted"].max()])) * 1.08
    ax.plot([0, top], [0, top], color=theme.GREY, linewidth=1, linestyle=(0, (4, 3)))
    for part, colour, size in (("all", theme.GREY, 14), ("selected", theme.ACCENT, 34)):
        shown = reliability[reliability["part"] == part]
        ax.vlines(shown["predicted"], shown["low95"], shown["high95"], color=colour, alpha=0.45)
        ax.scatter(shown["predicted"], shown["observed"], color=colour, s=size, zorder=3)
    theme.label(
        ax,
        (top * 0.93, top * 0.97),
        say(Text("as predicted", "与预测一致")),
        color=theme.MUTE,
        place=theme.Place(ha="right"),
    )
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    _percent_axes(ax, "xy")
    theme.despine(ax)
    theme.title(ax, say(Text("Observed share of findings", "实际查获比例")))
    ax.set_xlabel(say(Text("predicted probability", "预测概率")))
    return fig


def weekly(weeks: pd.DataFrame) -> Figure:
    """Weekly loop: hit rate so far by strategy; the rate of findings that two of them would believe, and the truth."""
    fig, (left, right) = theme.subplots(1, 2, height=3.9, width_ratios=[1.25, 1])
    names: list[tuple[str, str]] = []
    parts = dict(iter(weeks.groupby("strategy", sort=False)))
    last, ends = int(weeks["week"].max()), []
    for name, part in ((str(key), weeks) for key, weeks in parts.items()):
        running = part["hits"].cumsum() / part["selected"].cumsum()
        own = name == "model, 10 % random"
        colour = theme.ACCENT if own else theme.INK if name.startswith("model") else theme.GREY
        later = part["week"] > 1
        left.plot(part["week"][later], running[later], color=colour, linewidth=2.4 if own else 1.2)
        ends.append(float(running.iloc[-1]))
        names.append((name, colour))
    for y, (name, colour) in zip(theme.spread(ends, 0.035), names, strict=True):
        theme.label(
            left, (last, y), say(STRATEGIES.get(name, Text(name, name))), color=colour, strong=colour == theme.ACCENT
        )
    explore, only = parts["model, 10 % random"], parts["model only"]
    known = explore["low95"].notna()
    right.fill_between(
        explore["week"][known], explore["low95"][known], explore["high95"][known], color=theme.ACCENT, alpha=0.16, lw=0
    )
    right.plot(explore["week"][known], explore["estimate"][known], color=theme.ACCENT, linewidth=2)
    right.plot(only["week"], only["estimate"], color=theme.INK, linewidth=1.3)
    right.plot(explore["week"], explore["true_rate"], color=theme.GOOD, linewidth=1.3, linestyle=(0, (4, 3)))
    told = [
        (float(explore["estimate"].iloc[-1]), Text("by its random tenth", "按一成随机"), theme.ACCENT),
        (float(only["estimate"].iloc[-1]), Text("by targeting alone", "仅按定向"), theme.INK),
        (float(explore["true_rate"].iloc[-1]), Text("truth", "真实"), theme.GOOD),
    ]
    heights = theme.spread([y for y, _, _ in told], 0.045)
    for y, (_, text, colour) in zip(heights, told, strict=True):
        theme.label(right, (last, y), say(text), color=colour)
    for ax, text in (
        (left, Text("Hit rate so far", "累计有效率")),
        (right, Text("Share with a finding, as believed", "推算的可查获比例")),
    ):
        ax.set_ylim(bottom=0)
        _percent_axes(ax, "y")
        theme.despine(ax)
        theme.title(ax, say(text))
        ax.set_xlabel(say(Text("week", "周")))
    return fig
