"""A plan handed down to items and districts: progress, gap and chance of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, labelled
from analytics.language import Text, told
from analytics.tax_forecast.page.words import chance, column_unit, item, share
from analytics.tax_forecast.why.allocation import allocation
from analytics.tax_forecast.year.result import YearForecast

LABELS = {"tax_item": Text("By tax item", "分税种"), "district": Text("By district", "分关区")}


def plan(year: YearForecast) -> Section | None:
    """Plan by item and by district; None without a plan, or once the year is over."""
    if not year.plan or not len(year.median):
        return None
    structure = year.panel.structure
    kinds = [by for by in LABELS if len(set(structure[by])) > 1]
    shown = tuple(_listing(year, by) for by in kinds or ["tax_item"])
    return Section(_finding(allocation(year)), Text("Plan", "计划"), shown)


def _finding(table: pd.DataFrame) -> Text:
    whole = table.iloc[-1]
    said = {"chance": chance(float(whole["chance"])), "progress": share(float(whole["progress"]))}
    if not np.isfinite(whole["usual"]):
        en, zh = (
            "Progress {progress} of the plan; chance of reaching it {chance}",
            "计划进度{progress}，完成概率{chance}",
        )
        return told(en, zh, **said)
    ahead = float(whole["ahead"])
    return told(
        "Progress {progress} of the plan, {gap} {side} what has usually come in by now; chance of reaching it {chance}",
        "计划进度{progress}，{side}往年同期{gap}；完成概率{chance}",
        gap=Text(f"{abs(100 * ahead):.1f} points", f"{abs(100 * ahead):.1f}个百分点"),
        side=Text("above", "高于") if ahead >= 0 else Text("below", "低于"),
        **said,
    )


def _listing(year: YearForecast, by: str) -> Listing:
    table = allocation(year, by)
    unit = column_unit(year)
    names = [item(str(n)) if n else Text("Total", "合计") for n in table["part"]]
    columns = (
        Column("name", Text("Part", "项目")),
        Column("plan", Text("Plan", "计划"), "money", unit=unit),
        Column("received", Text("Received", "累计入库"), "money", unit=unit),
        Column("progress", Text("Progress", "计划进度"), "percent"),
        Column("usual", Text("Usual by now", "往年同期进度"), "percent"),
        Column("forecast", Text("Year, forecast", "全年预测"), "money", unit=unit),
        Column("gap", Text("Forecast - plan", "预测－计划"), "money", sign=True, tone=True, unit=unit),
        Column("chance", Text("Chance", "完成概率"), "percent", digits=0),
    )
    note = Text(
        "The plan is handed down in proportion to the forecast: it asks of each part the same effort beyond what is "
        "expected. Chances rest on the parts' own paths; usual: mean of three years.",
        "计划按各项预测占比分解，即要求各项在预期之外付出同等努力。概率取自各项自身的模拟路径；往年同期为三年平均。",
    )
    return Listing(f"plan_{by}", LABELS[by], labelled(table, name=names), columns, note, total=True)
