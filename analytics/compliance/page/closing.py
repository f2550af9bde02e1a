"""The page's end: the next sample, what to keep in mind, method."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Fold, Points, Section, say
from analytics.briefing.look import theme
from analytics.compliance.study import Study
from analytics.language import Text, told
from analytics.language.both import number, percent


def planning(study: Study) -> Section:
    """How wide a next sample would be by its size, and what it costs."""
    made, data = study.next_sample, study.widths
    if data.empty:
        return Section(
            Text("So few lines are best inspected all", "商品项很少，宜全部核查"), Text("Next sample", "下次抽查"), ()
        )
    finding = told(
        "{n} lines ({hours} hours) would bring the gap within ±{width}",
        "抽查{n}项（{hours}工时）可将差距估计控制在±{width}以内",
        n=number(made.lines), hours=number(made.hours), width=percent(study.question.wanted_width, 0),
    )  # fmt: skip
    lead = told(
        "That is the promise of the median study; {assured} lines keep it in eight to nine of ten. Planned without a "
        "risk score: one that tells needs fewer, one that does not costs width.",
        "此为中位承诺；若要十次中八九次达到，需{assured}项。规划未使用风险评分：评分有效则可少抽，无效则区间变宽。",
        assured=number(made.assured_lines),
    )
    chart = Chart(
        "planner", Text("Expected half-width of the gap by lines drawn", "差距估计的预期半宽与抽查项数"),
        told("Half-width falls from {a} at {n} lines to {b} at {m}.", "半宽由{n}项时的{a}降至{m}项时的{b}。",
             a=percent(data["half_width"].iloc[0], 0), n=number(data["lines"].iloc[0]),
             b=percent(data["half_width"].iloc[-1], 0), m=number(data["lines"].iloc[-1])),
        data, lambda: _widths(data, study.question.wanted_width),
        Text("Half of the 95 % interval in units of the gap.", "95%区间的一半，以差距为单位。"),
    )  # fmt: skip
    return Section(finding, Text("Next sample", "下次抽查"), (chart,), lead)


def _widths(data: pd.DataFrame, wanted: float) -> Figure:
    fig, ax = theme.subplots(height=2.8)
    ax.plot(data["lines"], data["half_width"], color=theme.ACCENT, marker="o", markersize=4)
    ax.axhline(wanted, color=theme.GREY, linewidth=0.9, linestyle="--")
    theme.label(
        ax,
        (data["lines"].iloc[-1], wanted),
        say(told("wanted: {w}", "目标：{w}", w=percent(wanted, 0))),
        place=theme.Place(ha="right", dy=7),
    )
    ax.set_ylim(0, float(np.nanmax(data["half_width"])) * 1.1)
    theme.numbers(ax, "y", share=True)
    theme.numbers(ax, "x")
    theme.despine(ax)
    ax.set_xlabel(say(Text("lines drawn", "抽查商品项数")))
    return fig


def watch(study: Study) -> Points:
    """What a reader must keep in mind."""
    items = [told("{why}.", "{why}。", why=Text(w.en[0].upper() + w.en[1:], w.zh)) for w in study.doubts]
    items.append(Text(
        "What neither of two inspections can see stays unknown; if a fifth of the losses cannot be detected the gap is "
        "a quarter larger.",
        "两次查验均无法发现的损失仍属未知；若五分之一的损失不可发现，差距将扩大四分之一。",
    ))  # fmt: skip
    items.append(Text(
        "A change from year to year shows only where it is larger than about 1.4 half-widths.",
        "年度间变化须大于约1.4倍半宽方可辨识。",
    ))  # fmt: skip
    return Points(Text("What to watch", "需关注"), tuple(items))


def method(study: Study) -> Fold:
    """How it was computed, for readers who want to check."""
    return Fold(
        Text("Method", "方法"),
        (
            Text(
                "Each line drawn stands for 1/chance lines. Its loss is the tax due as inspected less the tax "
                "collected, cut at twice what was at stake on it (tax + 0.10 value). The interval is a gamma interval "
                "(Fay and Feuer 1997) whose upper end allows for one loss more that the sample did not show. "
                "Full-collection rate = collected / (collected + gap).",
                "每个抽中商品项代表1/概率个商品项；损失为认定应征税款减已征税款，以其风险规模（税款＋0.10×货值）的两倍为限。"
                "区间为伽马区间（Fay和Feuer，1997），上限另计一次样本未见的损失。应收尽收率＝已征/（已征＋差距）。",
            ),
            Text(
                "A second team inspects a random half without knowing the first result. The share of its findings that "
                "the first team had found too says how much the first misses; the gap is divided by it, and the "
                "intervals are combined on the logarithmic scale. Models of the kind: the compliance measurement of "
                "the United States Customs Service (GAO/GGD-00-23, 1999), random enquiries of HM Revenue and Customs.",
                "第二组对随机一半样本进行盲查，其查获中首组也已查获的比例说明首组的发现能力；差距除以该比例，两部分误差在对数尺度"
                "合并。同类制度：美国海关守法测量（GAO/GGD-00-23，1999）、英国税务海关总署随机核查。",
            ),
        ),
    )
