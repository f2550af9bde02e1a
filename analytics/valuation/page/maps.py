"""Where levels lie and how they run: the map of cells, how far chance reaches, the course over time."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, interval
from analytics.language import Text, both, month, number
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import JUDGED, prices_below
from analytics.valuation.page import drawing
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.numbers import breaches
from analytics.valuation.page.words import NOBODY, listing

_CHANGES = 12


def map(found: Findings) -> Section:
    """Every large cell at once: a heat map of a crossing, bars of a single breakdown."""
    level = found.level
    crossed = "period" not in level.by and len(level.by) == 2
    chart = Chart(
        name="map",
        caption=Text("Price level by group", "各分组价格水平"),
        alt=_map_alt(level),
        data=drawing.grid(level).reset_index() if crossed else level.table,
        draw=lambda: drawing.heat_map(level) if crossed else drawing.bars(level),
        note=MAP_NOTE if crossed else BARS_NOTE,
    )
    return Section(_map_finding(level), Text("Map", "分布"), (chart,))


def _map_finding(level: PriceLevel) -> Text:
    """Where the confirmed and suspect cells lie."""
    outside = level.levels[level.levels["status"].isin(["not_met", "watch"])]
    if not level.levels["status"].isin(JUDGED).any():
        return NOBODY
    if outside.empty:
        return Text("No group that can be judged stands out", "可判断的分组均未明显偏离")
    below = int(prices_below(outside, level.band).sum())
    above, price = len(outside) - below, "prices" if below == 1 else "price"
    if len(outside) == 1:
        side = Text("below the others", "低于其他") if below else Text("above the others", "高于其他")
        return Text(f"The one group that stands out prices {side.en}", f"唯一的偏离分组{side.zh}")
    return Text(
        f"Of {len(outside)} groups that stand out, {both.part(below, len(outside)).en} {price} below the others"
        + (f" and {above} above" if below and above else ""),
        f"{len(outside)}个偏离分组中，{below}个低于其他，{above}个高于其他",
    )


def _map_alt(level: PriceLevel) -> Text:
    """Text alternative of the heat map or bars."""
    told = listing(level, breaches(level, ("not_met", "watch")), 6)
    none_en, none_zh = "No group stands out.", "没有偏离分组。"
    return Text(
        f"Price levels by group. {told.en + '.' if told.en else none_en}",
        f"各分组价格水平。{told.zh + '。' if told.zh else none_zh}",
    )


MAP_NOTE = Text(
    "Bold with ! = confirmed outside the band; bold with ? = suspect; blank = cannot be told. Blue above 1, brown "
    "below.",
    "加粗带“!”为确认超出区间，加粗带“?”为存疑；空白为无法判断。蓝色高于1，褐色低于1。",
)


BARS_NOTE = Text(
    "Lines: 95 % intervals; an arrow where one goes on. Green: the band. ! = confirmed outside, ? = suspect, ring = "
    "cannot be told.",
    "线段为95%区间，箭头表示延伸至图外；绿色为合理区间；“!”为确认超出，“?”为存疑，圆圈为无法判断。",
)


def over_time(found: Findings) -> Section:
    """Course of the cells farthest out, month by month, against limits that know the lines of each month."""
    parts = [data.assign(key=key) for key, data in found.charts.items()]
    chart = Chart(
        name="control_chart",
        caption=Text("Smoothed monthly level", "平滑后的月度水平"),
        alt=CHART_ALT,
        data=pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"key": []}),
        draw=lambda: drawing.control_chart(found.charts),
        note=CHART_NOTE,
    )
    shown = (chart,) if any(len(data) for data in found.charts.values()) else ()  # empty axes show nothing
    return Section(_course_finding(found.charts), Text("Over time", "走势"), shown)


def changes(found: Findings) -> Section | None:
    """Prices that changed for good, of all enterprises, goods and cells; None where no series is long enough."""
    table = found.changes
    if table.empty or "period" in found.level.by:
        return None
    told = table[table["told"]]
    falls = told[told["change"] < 1]
    finding = Text(
        f"No lasting change of price in {number(len(table))} series of enterprises, goods and groups",
        f"企业、商品和分组共{number(len(table), 0, 'zh')}个序列中未见价格的持续变动",
    )
    if len(told):
        last = falls["since"].max() if len(falls) else told["since"].max()
        side = Text("the latest fall", "最近一次下降") if len(falls) else Text("the latest", "最近一次")
        down = f"{both.part(len(falls), len(told)).en} of them down; {side.en}"
        if len(told) == 1:
            down = "down" if len(falls) else "up"
        finding = Text(
            f"{number(len(told))} of {number(len(table))} series changed price, {down} since {month(last)}",
            f"{number(len(table), 0, 'zh')}个序列中{number(len(told), 0, 'zh')}个价格发生变动，"
            f"其中{number(len(falls), 0, 'zh')}个下降；{side.zh}始于{month(last, 'zh')}",
        )
    listing = Listing(
        name="price_changes",
        caption=Text("Changes told, falls first, the latest first", "变动序列：下降在前，近者在前"),
        frame=told.assign(fall=told["change"] >= 1).sort_values(
            ["fall", "since", "change"], ascending=[True, False, True], ignore_index=True
        ),
        columns=CHANGE_COLUMNS,
        note=CHANGE_NOTE,
        rows=_CHANGES,
    )
    return Section(finding, Text("Changes", "变动"), (listing,))


def _course_finding(charts: dict[str, pd.DataFrame]) -> Text:
    """When the first signal came."""
    first = [c.loc[c["signal"], "month"].min() for c in charts.values() if c["signal"].any()]
    if not any(len(c) for c in charts.values()):
        return Text("No group could be watched over time", "没有可按月跟踪的分组")
    many, n, when = len(charts), len(first), min(first, default=None)
    if when is None and many == 1:
        return Text("The group watched gives no signal", "重点关注的分组未发出信号")
    if when is None:
        return Text(f"None of {many} groups watched gives a signal", f"重点关注的{many}个分组均未发出信号")
    if many == 1:
        return Text(
            f"The group watched gives a signal in {month(when)}", f"重点关注的分组于{month(when, 'zh')}发出信号"
        )
    give = "gives" if n == 1 else "give"
    first_of = "" if n == 1 else "the first "
    return Text(
        f"{n} of {many} groups watched {give} a signal, {first_of}in {month(when)}",
        f"重点关注的{many}个分组中{n}个发出信号{'，最早' if n > 1 else '，'}在{month(when, 'zh')}",
    )


CHANGE_COLUMNS = (
    Column("key", Text("Series", "序列")),
    Column("since", Text("Since", "自"), "month"),
    Column("change", Text("Change", "变动"), "number", digits=2),
    *interval("number", 2),
    Column("level_after", Text("Level since", "此后水平"), "number", digits=2),
    Column("lines_before", Text("Lines before", "此前记录"), "number"),
    Column("lines_after", Text("Lines since", "此后记录"), "number"),
)
CHANGE_NOTE = Text(
    "Every enterprise by good and every group with eight lines in three months or more, split at every month; price "
    "after over price before, against like goods of the month. Of the changes told one in twenty may be a false alarm.",
    "每个企业×商品及每个分组（至少三个月、八条记录），逐月分段；变动为此后与此前价格之比（相对当月同类货物）。"
    "所列变动中约二十分之一可能为误报。",
)
CHART_ALT = Text(
    "Monthly price levels of the groups farthest from the band with their exponentially weighted moving average and "
    "its limits.",
    "偏离最大分组的月度价格水平、指数加权移动平均及其控制限。",
)
CHART_NOTE = Text(
    "Points: months. Line: moving average (weight 0.25). Shaded: the band and three standard errors beyond it; "
    "wider where lines are few. The ring marks the first signal.",
    "点为各月；线为移动平均（权重0.25）；阴影为合理区间及其外三倍标准误，记录少时变宽；圆圈为首个信号。",
)
