"""How much the watch can see: the smallest change of each series that would be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Listing, Section, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column
from analytics.early_warning.alarms.kinds import smallest_told
from analytics.early_warning.alarms.watched import Watched
from analytics.early_warning.panels.panel import MEASURES
from analytics.early_warning.study import Findings
from analytics.language import Text, percent

_FALLS = (0.1, 0.2, 0.3, 0.5, 0.8)


def share_told(watched: Watched, fall: float) -> float:
    """Share of the series in which a fall of this size is told within three months with chance .8."""
    _, smallest = smallest_told(watched.followed.reading.scale[-1], watched.limits.rate, watched.panel.period)
    return float((-smallest <= fall).mean())


def sight(found: Findings) -> Section:
    """Share of the series in which a fall of a given size would be told."""
    table = pd.DataFrame(
        [
            {"measure": MEASURES[w.panel.measure], **{f"fall_{int(100 * f)}": share_told(w, f) for f in _FALLS}}
            for w in found.series
        ]
    )
    table["measure"] = table["measure"].astype(object)
    columns = tuple(
        Column(f"fall_{int(100 * f)}", Text(f"−{100 * f:.0f} %", f"−{100 * f:.0f}%"), "percent", digits=0)
        for f in _FALLS
    )
    listing = Listing(
        "sight",
        Text("Share of the series in which a fall would be told", "可发现相应降幅的序列占比"),
        table,
        (Column("measure", Text("Measure", "指标")), *columns),
        note=Text(
            "Within three months, with chance .8, from the noise of each series (measured on simulated panels).",
            "三个月内、概率0.8，按各序列噪声推算（由模拟面板测得）。",
        ),
    )
    data = _curve(found)
    chart = Chart(
        "smallest_fall",
        Text("Series by the smallest fall that would be told", "按可发现的最小降幅排列的序列"),
        Text(
            "Cumulative share of the series against the smallest fall told, one line a measure.",
            "各指标序列累计占比与可发现最小降幅的关系。",
        ),
        data,
        lambda: _draw(data),
    )
    best = max(found.series, key=lambda w: share_told(w, 0.3))
    measure, seen = MEASURES[best.panel.measure], share_told(best, 0.3)
    finding = Text(
        f"A fall of 30 % would be told in {percent(seen, 0)} of the series of {measure.en}",
        f"{measure.zh}下降30%可在{percent(seen, 0, 'zh')}的序列中发现",
    )
    if seen < 1:
        finding = Text(f"{finding.en}; the others are too noisy", f"{finding.zh}；其余序列噪声过大")
    return Section(finding, Text("What can be seen", "可见程度"), (chart, listing))


def _curve(found: Findings) -> pd.DataFrame:
    falls = np.linspace(0, 1, 101)
    parts = []
    for w in found.series:
        _, smallest = smallest_told(w.followed.reading.scale[-1], w.limits.rate, w.panel.period)
        share = [(-smallest <= f).mean() for f in falls]
        parts.append(pd.DataFrame({"measure": w.panel.measure, "fall": falls, "share": share}))
    return pd.concat(parts, ignore_index=True)


def _draw(data: pd.DataFrame) -> Figure:
    fig, ax = theme.subplots(height=2.6)
    for color, (measure, line) in zip((theme.ACCENT, theme.GREY, theme.INK), data.groupby("measure", sort=False),
                                      strict=False):  # fmt: skip
        ax.plot(line["fall"], line["share"], color=color)
        at = line.iloc[(line["share"] - 0.5).abs().argmin()]
        theme.label(ax, (at["fall"], at["share"]), say(MEASURES[str(measure)]), color=color, strong=True)
    theme.numbers(ax, "x", share=True)
    theme.numbers(ax, "y", share=True)
    theme.title(ax, say(Text("share of series in which a fall of this size would be told", "可发现该降幅的序列占比")))
    theme.despine(ax)
    return fig
