"""The next step that a page proposes, with who takes it and by when."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Points
from analytics.language import Text, joined, told
from analytics.tax_forecast.page.words import FIVE, amounts, chance, item, months, year_name
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.tabled import main_parts

OWNER = Text("revenue analysis", "税收分析岗")
LIKELY = 0.5


def next_step(year: YearForecast, owner: str | None = None) -> Points:
    """Propose what to do with this forecast, by whom, and until when.

    Parameters
    ----------
    year : YearForecast
    owner : str, optional
        Who takes the step, as the parameter set names it.
    """
    who = Text(owner, owner) if owner else OWNER
    due = year.as_of + pd.DateOffset(months=1)
    until = told("{month}", "{month}", month=months(due))
    said = {"who": who, "until": until}
    en, zh = "{what} Owner: {who}; by the end of {until}.", "{what}责任单位：{who}；时限：{until}底前。"
    return Points(Text("Proposed next step", "下一步建议"), (told(en, zh, what=_what(year), **said),))


def _what(year: YearForecast) -> Text:
    if year.judged:
        return _after(year)
    if not len(year.median):
        return Text(
            "Enter the closed year and judge its forecasts (notebook evaluation).",
            "录入全年决算，并评估历次预测（评估笔记本）。",
        )
    if year.plan and year.chance_of_plan() < LIKELY:
        return told(
            "The plan is more likely missed than reached (chance {chance}): say where the gap of {gap} lies{part}, and "
            "whether the plan or the forecast is to be changed.",
            "完成计划的概率仅{chance}：请说明{gap}缺口的来源{part}，并研究调整计划或预测。",
            chance=chance(year.chance_of_plan()),
            gap=amounts(abs(year.plan - year.forecast), year.unit),
            part=_leader(year),
        )
    if year.chance_within() < LIKELY:
        return told(
            "The chance of ending within {five} is {chance}: give the figure with its interval only, and enter what is "
            "known of rates and drivers{part}.",
            "误差在5%以内的概率为{chance}：报送时须附区间，并补录已知的税率与驱动因素{part}。",
            five=FIVE,
            chance=chance(year.chance_within()),
            part=_leader(year),
        )
    return told(
        "Lodge this forecast of {year}, and judge the next month against it when its receipts are in.",
        "将本次{year}年预测存档，待次月税收入库后对照检验。",
        year=year_name(year),
    )


def _after(year: YearForecast) -> Text:
    if abs(year.error) > TOLERANCE:
        return told(
            "Split the error of {error} by cause (notebook evaluation), and enter what was foreseeable as a policy "
            "event or a driver.",
            "按成因分解{error}的误差（评估笔记本），并将可预见的因素补录为政策事件或驱动因素。",
            error=amounts(abs(year.forecast - (year.outturn or 0.0)), year.unit),
        )
    return Text(
        "Enter the year into the evaluation report; nothing else is asked for.",
        "将本年结果纳入评估报告，无须其他处理。",
    )


def _leader(year: YearForecast) -> Text:
    """Name the part that pulls hardest against last year."""
    if not year.leaf_paths:
        return Text("", "")
    table = main_parts(year)
    if table["change"].isna().all():  # no last year to pull against
        return Text("", "")
    name = item(str(table.iloc[int(table["change"].argmin()), 0]))
    return joined([told(" (first of all {name})", "（首先是{name}）", name=name)])
