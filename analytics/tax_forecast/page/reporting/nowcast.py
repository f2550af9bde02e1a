"""The month that is going on, from the days of it that are known."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Column, Listing, Section, labelled
from analytics.language import Text, told
from analytics.tax_forecast.days.nowcast import Nowcast
from analytics.tax_forecast.page.words import amounts, column_unit, figure, months, share, span, year_name
from analytics.tax_forecast.year.result import YearForecast


def nowcast(year: YearForecast, found: Nowcast | None) -> Section | None:
    """Month and year as forecast at the month's start and now; None without receipts by day."""
    if found is None:
        return None
    before, now = year.interval(0.8), found.year.interval(0.8)
    rows = [(found.before, found.month, found.low80, found.high80), (year.forecast, found.year.forecast, *now)]
    table = pd.DataFrame(rows, columns=["before", "now", "low80", "high80"])
    table["change"] = table["now"] / table["before"] - 1
    unit = column_unit(year)
    columns = (
        Column("name", Text("Period", "期间")),
        Column("before", Text("Forecast at the month's start", "月初预测"), "money", unit=unit),
        Column("now", Text("Nowcast", "即时预测"), "money", unit=unit),
        Column("low80", Text("80 % from", "80%区间下限"), "money", unit=unit),
        Column("high80", Text("to", "上限"), "money", unit=unit),
        Column("change", Text("Change", "变动"), "percent", sign=True, tone=True),
    )
    shown = labelled(table, name=[months(found.last), told("{y}", "{y}年", y=year_name(year))])
    low, high = span(*before, year.unit)
    note = told(
        "By {day} {got} came in; {share} of a month has usually come in by then ({n} past months, give or take {e}). "
        "The days weigh {w}, the forecast of the month's start the rest. At the month's start the year's 80 % "
        "interval was {low} to {high}. Verdict, tables and record of this page are those of the month's start.",
        "截至{day}已入库{got}；往月同期通常入库{share}（{n}个月，离散度{e}）。日度数据权重{w}，其余为月初预测。月初全年80%区间为"
        "{low}至{high}。本页结论、表格和检验均以月初为准。",
        day=f"{found.at:%Y-%m-%d}",
        got=amounts(found.received, year.unit),
        share=share(found.rhythm.share, 0),
        n=figure(found.rhythm.months),
        e=share(found.rhythm.spread),
        w=share(found.weight, 0),
        low=low,
        high=high,
    )
    finding = told(
        "{month} is running at {now}, {change} on the forecast of its start",
        "{month}预计入库{now}，较月初预测{change}",
        month=months(found.last),
        now=amounts(found.month, year.unit),
        change=share(found.month / found.before - 1, sign=True),
    )
    caption = Text("Month and year with the days known", "计入已知天数后的当月与全年")
    return Section(finding, Text("This month", "当月"), (Listing("nowcast", caption, shown, columns, note),))
