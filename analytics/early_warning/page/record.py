"""The ledger on the page: groups that moved, what became of earlier alarms, the hit rate."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analytics.briefing import Chart, Listing, Section, interval, say
from analytics.briefing.look import theme
from analytics.briefing.parts import Column
from analytics.early_warning.alarms import ledger
from analytics.early_warning.page import words
from analytics.early_warning.study import Findings
from analytics.language import Text, number, percent

_ROWS = 12
_CHANGE = (
    Column("moved", Text("What moved", "变动")),
    *interval("percent", 0, sign=True),
    Column("status_word", Text("State", "状态")),
)


def _told(period: str) -> Column:
    label = Text("Told", f"提示{words.step(period).zh}")
    return Column("told", label, "month") if period == "month" else Column("told_word", label)


def groups(found: Findings) -> Section | None:
    """Movements common to a good, a partner or a district; None where the panel has no groups."""
    if not found.groups:
        return None
    period = found.question.period
    moved = found.alarms[(found.alarms["level"] == "group") & found.alarms["opened"]]
    listing = Listing(
        "groups",
        Text("Groups that left their past, the latest first", "偏离自身历史的组别，近者在前"),
        words.texts(moved, period),
        (_told(period), Column("name", Text("Group", "组别")), *_CHANGE),
        note=Text(
            "A group's index is a robust mean over its series; it is taken out of them before they are judged, so that "
            "a movement of all is told once.",
            "组别指数为其各序列变动的稳健平均；判断单个序列前已予扣除，整体变动只提示一次。",
        ),
        rows=_ROWS,
    )
    span = words.steps(len(found.told), period)
    n, of = len(moved), sum(len(g.panel.names) for g in found.groups)
    finding = Text(
        f"{n} alarms of {of} groups in {span.en}",
        f"{span.zh}内{of}个组别共预警{n}次",
    )
    return Section(finding, Text("Groups", "组别"), (listing,))


def record(found: Findings) -> Section:
    """What was told in the months before, and what became of it."""
    counts, period = ledger.by_month(found.alarms, found.told), found.question.period
    unit = words.step(period)
    chart = Chart(
        "ledger",
        Text(f"Alarms opened by {unit.en}, and what became of them", f"各{unit.zh}新增预警及其后续"),
        Text(f"Stacked bars: alarms of each {unit.en} by what became of them.", f"堆积柱：各{unit.zh}预警按后续状态。"),
        counts,
        lambda: _draw(counts, period),
    )
    listed = words.texts(found.alarms[found.alarms["listed"]], period)
    columns = (
        _told(period),
        Column("name", Text("Series", "序列")),
        *_CHANGE,
        Column("outcome_word", Text("Outcome", "核查结果")),
    )
    past = Listing(
        "listed",
        Text(f"All leads listed in the {unit.en}s told", f"所述各{unit.zh}列出的全部线索"),
        listed,
        columns,
        rows=_ROWS,
    )
    known = _explained(found)
    return Section(
        _finding(found, counts),
        Text("Ledger", "预警台账"),
        (chart, *([past] if len(listed) else []), *([known] if known else [])),
        _hits(found),
    )


def _explained(found: Findings) -> Listing | None:
    """Alarms that announced events explain: told apart, so that nothing is dropped in silence."""
    period = found.question.period
    known = found.alarms[(found.alarms["status"] == "known") & found.alarms["opened"]]
    if known.empty:
        return None
    return Listing(
        "known_events",
        Text(
            "Alarms that announced policy events explain: not listed as leads", "已公布政策事件可解释的预警：不列为线索"
        ),
        words.texts(known, period),
        (
            _told(found.question.period),
            Column("name", Text("Series", "序列")),
            *_CHANGE[:3],
            Column("event", Text("Event", "政策事件")),
        ),
        note=Text(
            "A change from a month before an event to three months after it, of the same good, origin or item.",
            "政策事件前一个月至后三个月内、涉及同一商品、原产国或税种的变动。",
        ),
        rows=_ROWS,
    )


def _finding(found: Findings, counts: pd.DataFrame) -> Text:
    unit = words.step(found.question.period)
    decided = int(counts["lasting"].sum() + counts["passed"].sum())
    lasted = int(counts["lasting"].sum())
    if not decided:
        return Text("No earlier alarm can be judged yet", "此前预警尚无可判断者")
    if decided == 1:
        return Text(
            f"The one alarm that later {unit.en}s could judge {'lasted' if lasted else 'passed'}",
            f"后续各{unit.zh}可判断的1个预警{'持续' if lasted else '已回复'}",
        )
    share = lasted / decided
    return Text(
        f"Of {number(decided)} alarms that later {unit.en}s could judge, {percent(share, 0)} lasted",
        f"后续各{unit.zh}可判断的{decided}个预警中，{percent(share, 0, 'zh')}持续",
    )


def _hits(found: Findings) -> Text:
    rate, unit = ledger.hit_rate(found.alarms), words.step(found.question.period)
    if rate.decided:
        return Text(
            f"Verified so far: {rate.confirmed} of {rate.decided} decided leads confirmed "
            f"({percent(rate.low95, 0)} to {percent(rate.high95, 0)}).",
            f"已核查：有结论的{rate.decided}条线索中{rate.confirmed}条属实"
            f"（{percent(rate.low95, 0, 'zh')}—{percent(rate.high95, 0, 'zh')}）。",
        )
    return Text(
        "No outcome has been entered, so a hit rate is not known. That a change lasted says that it was no slip of a "
        f"single {unit.en}; why it happened, only verification tells.",
        f"尚未录入核查结果，命中率未知。变动持续只说明并非单{unit.zh}差错，原因须经核查方知。",
    )


def _draw(counts: pd.DataFrame, period: str) -> Figure:
    fig, ax = theme.subplots(height=2.6)
    colors = {"lasting": theme.ACCENT, "passed": theme.LINE, "open": theme.GREY, "known": theme.SOFT}
    base = pd.Series(0, index=counts.index)
    width = 24 if period == "month" else 6
    for state, color in colors.items():
        ax.bar(counts["month"], counts[state], width, bottom=base, color=color, label=say(words.STATUSES[state]))
        base = base + counts[state]
    ax.legend(loc="upper left", ncols=4, bbox_to_anchor=(0, 1.16))
    theme.dates(ax, counts["month"])
    ax.set_ylim(0, max(1.0, 1.05 * float(base.max())) if len(base) else 1.0)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    theme.numbers(ax, "y")
    theme.despine(ax)
    return fig
