"""The year's path: cumulative receipts, the range of the open months, the gap to last year."""

from __future__ import annotations

from functools import partial

import numpy as np

from analytics.briefing import Chart, Section
from analytics.language import Text
from analytics.tax_forecast.page import drawing
from analytics.tax_forecast.page.words import amounts, base_name, last_month, span, told, year_name
from analytics.tax_forecast.year.result import YearForecast


def path(year: YearForecast) -> Section:
    """Where the year stands and where it goes, against last year."""
    low, high = span(*year.interval(0.8), year.unit)
    chart = Chart(
        name="cumulative",
        caption=told(
            "Receipts of {year} against {before}, with the range of the open months",
            "{year}年与{before}年累计税收，以及剩余月份的区间",
            year=year_name(year),
            before=base_name(year),
        ),
        alt=told(
            "Cumulative receipts of {year}: {got} received, about {total} by {end} (80 % interval {low} to {high}), "
            "against {last} last year.",
            "{year}年累计税收：已入库{got}，预计全年约{total}（80%区间{low}至{high}），上年为{last}。",
            year=year_name(year),
            got=amounts(year.received, year.unit),
            total=amounts(year.forecast, year.unit),
            low=low,
            high=high,
            last=amounts(year.last_year, year.unit),
            end=last_month(year),
        ),
        data=year.cumulative().reset_index(),
        draw=partial(drawing.cumulative_fan, year),
        note=_note(year),
    )
    return Section(_finding(year), Text("Path", "走势"), (chart,))


def _finding(year: YearForecast) -> Text:
    """Say how the gap to last year moves to the year's end."""
    if not np.isfinite(year.last_year):
        return Text("No complete year to hold the path against", "尚无完整年份可比")
    now, end = year.received - year.received_before, year.forecast - year.last_year
    parts = {
        "a": amounts(abs(now), year.unit),
        "b": amounts(abs(end), year.unit),
        "before": base_name(year),
        "end": last_month(year),
    }
    if year.known == 0:
        word = Text("above", "高") if end >= 0 else Text("below", "低")
        return told(
            "The year is expected to end {b} {word} {before}", "预计全年比{before}年{word}{b}", word=word, **parts
        )
    if now * end < 0:
        return told(
            "A {was} of {a} on {before} turns into a {will} of {b} by {end}",
            "累计比上年同期{was}{a}，预计到{end}转为{will}{b}",
            was=Text("lead", "增") if now > 0 else Text("gap", "减"),
            will=Text("lead", "增") if end > 0 else Text("gap", "减"),
            **parts,
        )
    return told(
        "The {kind} {before} {moves} from {a} to about {b} by {end}",
        "与{before}年相比的{kind}额预计由{a}{moves}到{end}的约{b}",
        kind=Text("lead over", "增收") if end >= 0 else Text("gap to", "减收"),
        moves=Text("widens", "扩大") if abs(end) > abs(now) else Text("narrows", "收窄"),
        **parts,
    )


def _note(year: YearForecast) -> Text:
    joint = year.panel.total.ends[0] == 2
    together = Text(" January and February are one period, as published.", "1—2月按公布口径合并为一期。")
    return told(
        "Dark band 80\N{NO-BREAK SPACE}%, light band 95\N{NO-BREAK SPACE}%, from {count} simulated paths.{joint}",
        "深色带为80%区间，浅色带为95%区间，由{count}条模拟路径得出。{joint}",
        count=Text(f"{len(year.paths):,}", str(len(year.paths))),
        joint=together if joint else Text("", ""),
    )
