"""The year under other assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, labelled
from analytics.language import Text, joined, told
from analytics.tax_forecast.page import drawing
from analytics.tax_forecast.page.words import amounts, column_unit, year_name
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.scenarios import compare, parse_scenarios

CENTRAL = Text("Central forecast", "基准预测")


def scenarios(year: YearForecast, lines: Sequence[str]) -> Section | None:
    """Scenarios side by side, each with its assumptions; None where none is asked for.

    Parameters
    ----------
    year : YearForecast
    lines : sequence of str
        One line a scenario, see `year.scenarios`.
    """
    if not lines:
        return None
    table = compare(year, parse_scenarios(lines))
    caption = told("{year} under other assumptions", "不同假设下的{year}年税收", year=year_name(year))
    names = [Text(str(name), str(name)) for name in table["scenario"].iloc[1:]]
    totals = [
        told("{name} {total}", "{name} {total}", name=name, total=amounts(total, year.unit))
        for name, total in zip(names, table["forecast"].iloc[1:], strict=True)
    ]
    alt = told("Annual total by scenario: {all}.", "各情景全年税收：{all}。", all=joined(totals, ", ", "，"))
    said = [Text(en, zh) for en, zh in zip(table["assumptions_en"], table["assumptions_zh"], strict=True)]
    shown = labelled(table, scenario=[CENTRAL, *names], assumptions=said)
    ranges = table[["scenario", "forecast", "low80", "high80"]]
    chart = Chart("scenario_ranges", caption, alt, ranges, partial(drawing.scenario_ranges, year, shown))
    listing = Listing("scenarios", caption, shown, _columns(year))
    return Section(_finding(year, table.iloc[1:]), Text("Scenarios", "情景"), (chart, listing))


def _finding(year: YearForecast, others: pd.DataFrame) -> Text:
    """Say how far the scenarios move the year."""
    if len(others) == 1:
        change = amounts(float(others["change"].iloc[0]), year.unit, sign=True)
        name = others["scenario"].iloc[0]
        return told("{name}: {change} on the year", "{name}：全年{change}", name=name, change=change)
    return told(
        "Scenarios put the year between {low} and {high}",
        "各情景下全年税收在{low}至{high}之间",
        low=amounts(others["forecast"].min(), year.unit),
        high=amounts(others["forecast"].max(), year.unit),
    )


def _columns(year: YearForecast) -> tuple[Column, ...]:
    chance = Column("p_plan", Text("Chance of plan", "完成计划概率"), "percent", digits=0)
    return (
        Column("scenario", Text("Scenario", "情景")),
        Column("forecast", Text("Year", "全年"), "money", unit=column_unit(year)),
        Column("change", Text("Change", "与基准之差"), "money", sign=True, tone=True, unit=column_unit(year)),
        Column("share", Text("%", "变动"), "percent", sign=True),
        *((chance,) if year.plan else ()),
        Column("assumptions", Text("Assumptions", "假设")),
    )
