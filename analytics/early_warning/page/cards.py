"""The month's leads: each with its course, what moved, since when, by how much, who carries it, what was like it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Chart, Listing, Section, interval, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column
from analytics.early_warning.page import words
from analytics.early_warning.study import Findings
from analytics.language import Text
from analytics.statistics import NORMAL95

_SHOWN = 6
_MONTHS = 36
_WIDTH = 96  # letters over the whole width of a figure; a Chinese character takes two


def cards(found: Findings) -> Section:
    """Cards of the last step; of the last one that has any where it has none."""
    listed, at = _latest(found)
    period = found.question.period
    unit, when, last = words.step(period), words.when(at, period), words.when(found.last, period)
    if listed.empty:
        return Section(
            Text(f"No lead was listed in the {unit.en}s told", f"所述各{unit.zh}均无线索"),
            Text("Leads", "线索"),
            (_table(found, listed, at),),
        )
    shown = listed.head(_SHOWN)
    data = pd.concat([_course(found, a) for a in shown.itertuples()], ignore_index=True)
    names = [(words.series(a), words.change(a, period)) for a in shown.itertuples()]
    chart = Chart(
        "courses",
        Text("Course of each lead against what its own past led to expect", "各线索走势与按自身历史的预期"),
        Text(
            f"Small panels, one a lead: {unit.en}ly figures as a line, the expected range shaded, the first {unit.en} "
            "marked.",
            f"每条线索一幅小图：实线为{unit.zh}度数值，阴影为预期范围，圆圈为起始{unit.zh}。",
        ),
        data,
        lambda: _draw(data, names),
        note=Text(
            f"Shaded: where 95 % of {unit.en}s were expected before the {unit.en} was seen. Ring: the {unit.en} it "
            "began.",
            f"阴影为当{unit.zh}数据到来之前预期的95%范围；圆圈为变动起始{unit.zh}。",
        ),
    )
    finding = Text(
        f"{len(listed)} {'lead' if len(listed) == 1 else 'leads'} in {when.en}", f"{when.zh}线索{len(listed)}条"
    )
    if at != found.last:
        finding = Text(
            f"None in {last.en}; the last leads were listed in {when.en}",
            f"{last.zh}无线索；最近一次列出线索为{when.zh}",
        )
    return Section(finding, Text("Leads", "线索"), (chart, _table(found, listed, at)))


def _latest(found: Findings) -> tuple[pd.DataFrame, pd.Timestamp]:
    listed = found.alarms[found.alarms["listed"]]
    if listed.empty:
        return listed, found.last
    when = pd.Timestamp(listed["told"].max())
    return listed[listed["told"] == when], when


def _table(found: Findings, listed: pd.DataFrame, at: pd.Timestamp) -> Listing:
    period = found.question.period
    when, unit, frame = words.when(at, period), words.step(period), words.texts(listed, period)
    worth = bool((frame["worth"] > 0).any()) and found.series[0].panel.measure != "receipts"
    columns = [
        Column("name", Text("Series", "序列")),
        Column("moved", Text("What moved", "变动")),
        *interval("percent", 0, sign=True),
        Column("status_word", Text("State", "状态")),
    ]
    if (frame["carried_by"] != "").any():
        columns.append(Column("carried_by", Text("Carried by", "主要由谁带动")))
    columns.append(Column("like", Text("Alarms before", "此前预警")))
    if worth:
        columns.append(Column("worth", Text("Value, 12 months", "近12个月货值"), "number", digits=0))
    columns.append(Column("fall_told", Text("Smallest fall told", "可见最小降幅"), "percent", digits=0))
    return Listing(
        "leads",
        Text(f"Leads of {when.en}: suggest verification", f"{when.zh}线索：建议核查"),
        frame,
        tuple(columns),
        note=Text(
            f"Low and high: 95 % interval of the change. Open: a later {unit.en} will show whether it lasts. A lead is "
            "a reason to look, not a finding against anybody; what moves in every market is told at its group.",
            f"上下限为变动的95%区间；待观察指尚需后续各{unit.zh}判断是否持续。"
            "线索只是核查的理由，不是对任何人的认定；整体市场变动在组别层面提示。",
        ),
    )


def _course(found: Findings, alarm: object) -> pd.DataFrame:
    """Figures and expectation of a lead's series over the last three years."""
    panels = found.groups if alarm.level == "group" else found.series  # type: ignore[attr-defined]
    measure = alarm.measure  # type: ignore[attr-defined]
    watched = next((w for w in panels if w.panel.measure == measure), panels[0])
    place, reading = alarm.place, watched.followed.reading  # type: ignore[attr-defined]
    t = slice(-round(_MONTHS * watched.panel.pace.steps / 12), None)
    expected, spread = reading.expected[t, place], NORMAL95 * reading.spread[t, place]
    figures = watched.panel.figures[t, place]
    return pd.DataFrame(
        {
            "series": alarm.series,  # type: ignore[attr-defined]
            "measure": measure,
            "month": watched.panel.months[t],
            "figure": np.where(figures > 0, figures, np.nan),
            "expected": np.exp(expected),
            "low": np.exp(expected - spread),
            "high": np.exp(expected + spread),
            "began": watched.panel.months[t] == alarm.since,  # type: ignore[attr-defined]
        }
    )


def _draw(data: pd.DataFrame, names: list[tuple[Text, Text]]) -> Figure:
    courses = [c for _, c in data.groupby(["series", "measure"], sort=False)]
    columns = min(3, len(courses))
    rows = -(-len(courses) // columns)
    fig, axes = theme.subplots(rows, columns, height=0.4 + 2.0 * rows, squeeze=False)
    flat = list(np.ravel(axes))
    for ax, course, (name, moved) in zip(flat, courses, names, strict=False):
        ax.fill_between(course["month"], course["low"], course["high"], color=theme.LINE, linewidth=0)
        ax.plot(course["month"], course["figure"], color=theme.ACCENT, marker=".", markersize=3, linewidth=1.2)
        began = course[course["began"]]
        mark = began["figure"].fillna(began["expected"])
        ax.scatter(began["month"], mark, s=46, facecolors="none", edgecolors=theme.BAD, linewidth=1.6, zorder=4)
        top = np.nanmax([course["figure"].max(), course["high"].quantile(0.9)])
        ax.set_ylim(0, 1.08 * top)
        theme.title(ax, "\n".join(_folded(say(text), _WIDTH // columns) for text in (name, moved)))
        theme.dates(ax, course["month"], 2)
        ax.get_xticklabels()[0].set_horizontalalignment("left")
        ax.get_xticklabels()[-1].set_horizontalalignment("right")
        theme.numbers(ax, "y", digits=0 if top > 20 else 1 if top > 2 else 2)
        theme.despine(ax)
    for ax in flat[len(courses) :]:
        ax.set_visible(False)
    return fig


def _folded(text: str, width: int) -> str:
    """Break a title into lines that a panel holds: between words, or between Chinese characters."""
    lines, line = [], ""
    for part in re.findall(r"[^\W\d_\u2e80-\uffff]+\s*|[\u2e80-\uffff]|[^\u2e80-\uffff\s]+\s*|\s+", text):
        if line and _wide(line + part.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += part
    return "\n".join([*lines, line.rstrip()])


def _wide(text: str) -> int:
    return sum(2 if ord(character) >= 0x2E80 else 1 for character in text)
