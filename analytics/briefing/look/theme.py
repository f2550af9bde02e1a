"""Colours and the house style of figures: direct labels, one accent, grey for the past, colour only for judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as Artist
from matplotlib.ticker import FuncFormatter

from analytics.briefing.look import fonts
from analytics.language import Language, month, number, percent

INK = "#14212e"
MUTE = "#536170"
LINE = "#dde3e8"
SOFT = "#f4f6f8"
ACCENT = "#0b5394"
GOOD = "#1a7f4b"
WARN = "#8a5a00"
BAD = "#b42318"
GREY = "#8793a0"

_language: Language = "en"
WIDTH = 9.6  # inches across the page's text; 100 CSS pixels to the inch on the page
_SIZE = 9.6  # points: as large as the page's small print


def use(language: Language | None = None) -> None:
    """Set the house style for all figures drawn from now on, and the language of their numbers."""
    global _language
    _language = language or _language
    if language is not None:  # a page begins: no setting of whoever runs it (matplotlibrc) is left on its figures
        mpl.rcdefaults()
    mpl.rcParams.update(style())


def style() -> Any:
    """Return matplotlib's settings of the house style."""
    fonts.register()
    return {
        "font.family": [fonts.FAMILY, fonts.FALLBACK],
        "font.size": _SIZE,
        "axes.titlesize": _SIZE,
        "axes.titlelocation": "left",
        "axes.titlecolor": MUTE,
        "axes.titlepad": 8,
        "axes.labelsize": _SIZE,
        "axes.labelcolor": MUTE,
        "axes.edgecolor": GREY,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.prop_cycle": cycler(color=[ACCENT, INK, GREY, "#5b8fc4", "#a9b4be"]),
        "axes.formatter.use_mathtext": False,
        "grid.color": LINE,
        "grid.linewidth": 0.7,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelcolor": MUTE,
        "ytick.labelcolor": MUTE,
        "xtick.labelsize": _SIZE - 0.4,
        "ytick.labelsize": _SIZE - 0.4,
        "xtick.major.size": 3.5,
        "ytick.major.size": 0,
        "ytick.major.pad": 5,
        "text.color": INK,
        "lines.linewidth": 1.8,
        "lines.solid_capstyle": "round",
        "patch.linewidth": 0,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "customs-analytics",
        "path.simplify": True,
        "path.simplify_threshold": 0.2,
    }


def subplots(
    nrows: int = 1, ncols: int = 1, *, width: float = WIDTH, height: float = 3.4, **kwargs: Any
) -> tuple[Figure, Any]:
    """Make a figure and its axes in the house style.

    Parameters
    ----------
    nrows, ncols : int
    width, height : float
        Inches; 9.6 is the full width of the page, and text has the same size in every figure.
    **kwargs
        Passed to `Figure.subplots` (sharey, gridspec_kw, width_ratios, squeeze ...).

    Returns
    -------
    (figure, axes)
        Axes as from `matplotlib.pyplot.subplots`. The figure is not known to pyplot: it is shown once, by
        `briefing.figure`, and needs no closing.
    """
    # What is drawn on the axes later must meet the same settings: they stay on.
    use()
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(nrows, ncols, **kwargs)
    for ax in np.ravel(np.asarray(axes, dtype=object)):
        ax.grid(visible=False, axis="x")
    return figure, axes


@dataclass(frozen=True)
class Place:
    """Where a label stands: which of its sides meets the point, and how many points (1/72 inch) it keeps away."""

    ha: Literal["left", "center", "right"] = "left"
    va: Literal["top", "center", "baseline", "bottom"] = "center"
    dx: float = 4
    dy: float = 0


def label(
    ax: Axes, at: tuple[Any, Any], text: str, *, color: str = INK, strong: bool = False, place: Place | None = None
) -> Artist:
    """Write a direct label beside a point of the data; it may lie outside the axes."""
    where = place or Place()
    return ax.annotate(
        text,
        at,
        xytext=(where.dx, where.dy),
        textcoords="offset points",
        ha=where.ha,
        va=where.va,
        color=color,
        fontweight="bold" if strong else "normal",
        annotation_clip=False,
        linespacing=1.25,
    )


def title(ax: Axes, text: str) -> None:
    """Write what the axes show and its unit, small, above their left edge."""
    ax.set_title(text, loc="left")


def numbers(
    ax: Axes, axis: Literal["x", "y"] = "y", *, digits: int = 0, share: bool = False, sign: bool = False
) -> None:
    """Write an axis's numbers as the page's language writes them.

    Parameters
    ----------
    digits : int
    share : bool
        The axis holds shares (0.05) and shows percentages.
    sign : bool
        Write "+" before positive numbers.
    """
    write = percent if share else number
    spine = ax.xaxis if axis == "x" else ax.yaxis
    spine.set_major_formatter(FuncFormatter(lambda value, _: write(value, digits, _language, sign=sign)))


def despine(ax: Axes, *sides: Literal["left", "right", "top", "bottom"]) -> None:
    """Hide frame lines; without names the left one, which gridlines replace."""
    for side in sides or ("left",):
        ax.spines[side].set_visible(False)


def across(ax: Axes) -> None:
    """Set axes for rows read from left to right: gridlines upright, no frame."""
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    despine(ax)


def dates(ax: Axes, months: pd.Series, most: int = 3) -> None:
    """Write the first, middle and last month of a series, or its ends only, on the horizontal axis."""
    spots = months.iloc[[0, -1] if most < 3 else [0, len(months) // 2, -1]] if len(months) > 2 else months
    ax.set_xticks(spots, [month_mark(m) for m in spots])
    if len(spots) > 1:  # panels side by side: ends stay within their own
        ax.get_xticklabels()[0].set_horizontalalignment("left")
        ax.get_xticklabels()[-1].set_horizontalalignment("right")


def month_mark(when: pd.Timestamp) -> str:
    """Write a month short, as axes have room for it, in the page's language: "Jun 2025" and "2025年6月"."""
    return month(when, "zh") if _language == "zh" else f"{month(when)[:3]} {when.year}"


def zero_line(ax: Axes, at: float = 0.0) -> None:
    """Draw the line that bars or gaps are measured from."""
    ax.axhline(at, color=INK, linewidth=0.9, zorder=3)


def target_band(ax: Axes, low: float, high: float) -> None:
    """Shade the range that the plan allows."""
    ax.axhspan(low, high, color=GOOD, alpha=0.09, linewidth=0, zorder=0)


def spread(values: list[float], gap: float) -> list[float]:
    """Move label positions apart until neighbours are at least `gap` away, keeping their order and centre.

    Parameters
    ----------
    values : positions along one axis
    gap : smallest distance allowed, in the same unit

    Returns
    -------
    list of float, in the order given.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    blocks: list[tuple[float, int]] = []  # (mean position, members), merged while they overlap
    for i in order:
        blocks.append((values[i], 1))
        while len(blocks) > 1 and blocks[-1][0] - blocks[-2][0] < gap * (blocks[-1][1] + blocks[-2][1]) / 2:
            (m1, n1), (m0, n0) = blocks.pop(), blocks.pop()
            blocks.append(((m0 * n0 + m1 * n1) / (n0 + n1), n0 + n1))
    placed = [mean + gap * (k - (n - 1) / 2) for mean, n in blocks for k in range(n)]
    result = [0.0] * len(values)
    for position, i in zip(placed, order, strict=True):
        result[i] = position
    return result
