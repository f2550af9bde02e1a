"""The year's path: cumulative receipts, the range of the open months, the gap to last year."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, labelled
from analytics.language import Text, told
from analytics.tax_forecast.page import drawing
from analytics.tax_forecast.page.words import amounts, base_name, column_unit, last_month, months, span, year_name
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.tabled import periods_table

QUARTERS = (3, 6, 9, 12)


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
    shown: list[Chart | Listing] = [chart]
    if len(year.panel.total.ends) > 1:
        shown.append(_listing(year, periods_table(year), "months", Text("Month by month", "分月税收与预测")))
    if set(QUARTERS) < set(year.panel.total.ends):
        shown.append(
            _listing(year, periods_table(year, QUARTERS), "quarters", Text("Quarter by quarter", "分季税收与预测"))
        )
    return Section(_finding(year), Text("Path", "走势"), tuple(shown))


def _listing(year: YearForecast, table: pd.DataFrame, name: str, caption: Text) -> Listing:
    """Show receipts and forecast by period; months that are over stand with what they brought."""
    labels = [
        months(last) if first == last else told("{a} to {b}", "{a}至{b}", a=months(first), b=months(last))
        for first, last in zip(table["first"], table["last"], strict=True)
    ]
    unit = column_unit(year)
    columns = (
        Column("period", Text("Period", "期间")),
        Column("before", told("{year}", "{year}年", year=base_name(year)), "money", unit=unit),
        Column("received", Text("Received", "已入库"), "money", unit=unit),
        Column("forecast", Text("Received or expected", "入库或预测"), "money", unit=unit),
        Column("low80", Text("80 % from", "80%区间下限"), "money", unit=unit),
        Column("high80", Text("to", "上限"), "money", unit=unit),
        Column("change", Text("Change", "增减"), "percent", sign=True, tone=True),
    )
    return Listing(name, caption, labelled(table.drop(columns=["first", "last"]), period=labels), columns)


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
    if year.months >= 12 and not year.judged:
        word = Text("above", "高") if end >= 0 else Text("below", "低")
        return told("The year ended {b} {word} {before}", "全年比{before}年{word}{b}", word=word, **parts)
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
