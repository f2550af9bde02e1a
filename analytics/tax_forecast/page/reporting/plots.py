"""Figures of the reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from analytics.briefing import say
from analytics.briefing.look import theme
from analytics.language import Language, Text, number
from analytics.tax_forecast.evaluation.calibration import GROUPS
from analytics.tax_forecast.evaluation.report import Evaluation
from analytics.tax_forecast.page.words import scaled

CAUSES = (theme.ACCENT, "#7fb0d8", theme.WARN, "#d9a441", theme.GOOD, "#7a5ba6", theme.GREY, theme.LINE)


def calibration(found: Evaluation) -> Figure:
    """Chances said against what happened, and the integral transform by fifths."""
    figure, (left, right) = theme.subplots(1, 2, height=3.3)
    said, happened = found.fifths["said"], found.fifths["happened"]
    left.plot([0, 1], [0, 1], color=theme.GREY, linestyle=(0, (4, 2)), linewidth=1.2)
    left.plot(said, happened, color=theme.ACCENT, marker="o")
    for x, y, n in zip(said, happened, found.fifths["forecasts"], strict=True):
        theme.label(left, (float(x), float(y)), f"n {n}", color=theme.MUTE, place=theme.Place(dx=6, dy=-8))
    left.set_xlim(0, 1.08)
    left.set_ylim(0, 1.08)
    left.set_xlabel(say(Text("chance said", "所给概率")))
    theme.title(left, say(Text("Share of years within 5 %", "5%以内的年份占比")))
    shares = np.histogram(found.transform, bins=GROUPS, range=(0, 1))[0] / max(len(found.transform), 1)
    at = (np.arange(GROUPS) + 0.5) / GROUPS
    right.bar(at, shares, width=0.9 / GROUPS, color=theme.ACCENT)
    right.plot([0, 1], [1 / GROUPS] * 2, color=theme.GREY, linestyle=(0, (4, 2)), linewidth=1.2)
    right.set_xlabel(say(Text("place of the outturn in its distribution", "决算数在分布中的位置")))
    theme.title(right, say(Text("Share of forecasts", "预测占比")))
    for ax in (left, right):
        theme.despine(ax)
    return figure


def tree(years: list[str], names: list[Text], shares: np.ndarray) -> Figure:
    """Causes of each year's error, stacked away from zero; the dot is the error.

    Parameters
    ----------
    years : names of the years
    names : causes
    shares : ndarray of shape (years, causes)
        In % of the outturn.
    """
    figure, ax = theme.subplots(height=0.45 * len(years) + 1.3)
    for side in (1.0, -1.0):
        parts = np.where(shares * side > 0, shares, 0.0)
        start = np.concatenate([np.zeros((len(years), 1)), np.cumsum(parts, axis=1)[:, :-1]], axis=1)
        for i, name in enumerate(names):
            label = say(name) if side > 0 else None
            ax.barh(
                range(len(years)),
                parts[:, i],
                left=start[:, i],
                color=CAUSES[i % len(CAUSES)],
                height=0.62,
                label=label,
            )
    ax.axvline(0, color=theme.INK, linewidth=0.9)
    ax.plot(shares.sum(axis=1), range(len(years)), "o", color=theme.INK, markersize=4.5)
    ax.set_yticks(range(len(years)), years)
    ax.invert_yaxis()
    ax.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)
    theme.title(ax, say(Text("Error by cause, % of the outturn", "误差成因，占决算%")))
    theme.despine(ax)
    return figure


def causes(names: list[Text], sizes: Sequence[float], currency: str) -> Figure:
    """Amount of every cause as a bar from zero."""
    language: Language = "zh" if say(Text("en", "zh")) == "zh" else "en"
    largest = max((abs(float(s)) for s in sizes), default=0.0)
    factor, label = scaled(currency, language, largest)
    figure, ax = theme.subplots(height=0.42 * len(names) + 0.9)
    values = [float(s) * factor for s in sizes]
    ax.barh(range(len(names)), values, color=[theme.GOOD if v >= 0 else theme.BAD for v in values], height=0.6)
    ax.axvline(0, color=theme.INK, linewidth=0.9)
    for at, value in enumerate(values):
        said = number(value, 1, language, sign=True)
        theme.label(ax, (max(value, 0.0), at), said, strong=True)
    ax.set_yticks(range(len(names)), [say(name) for name in names])
    ax.invert_yaxis()
    theme.title(ax, label)
    theme.despine(ax)
    return figure
