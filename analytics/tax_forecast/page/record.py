"""The record: what this same rule would have said in earlier years, beside other models and the official plans."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, labelled
from analytics.language import Text, joined, told
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.page import drawing
from analytics.tax_forecast.page.words import FIVE, Record, column_unit, figure, origin_name, share, year_name
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.setting import COMBINATION
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.tabled import by_month, leaderboard, plan_record

COMBINED = Text("Combination (used here)", "加权组合（本页采用）")


def record(year: YearForecast, backtest: pd.DataFrame, plans: pd.DataFrame | None = None) -> Section | None:
    """Errors by year, by months known, by model, and of the official plans; None where there is none of them.

    Parameters
    ----------
    year : YearForecast
    backtest : DataFrame as from `backtest_table`
    plans : DataFrame with columns year, plan, actual, optional
    """
    shown: list[Chart | Listing] = []
    if len(year.record) and not (year.months >= 12 and not year.judged):  # years that are known are no forecasts
        shown = [_by_year(year), _by_month(by_month(backtest)), _models(year)]
    if plans is not None:
        shown.append(_plans(year, plan_record(plans)))
    return Section(_finding(year), Text("Record", "检验"), tuple(shown)) if shown else None


def _finding(year: YearForecast) -> Text:
    facts, name = Record.of(year), origin_name(year)
    if year.months >= 12 and not year.judged:
        return Text("Official plans of earlier years", "历年计划与决算")
    if not facts.years:
        return Text("No earlier year can be judged yet", "尚无可供检验的历史年份")
    return told(
        "{name} forecasts: {hits} of {years} years within {five}, mean error {mean}",
        "{name}预测：{years}年中{hits}年误差在5%以内，平均误差{mean}",
        name=Text(name.en.capitalize(), name.zh),
        hits=facts.hits,
        years=facts.years,
        five=FIVE,
        mean=share(facts.mean),
    )


def _by_year(year: YearForecast) -> Chart:
    table, name = year.record, origin_name(year)
    covered = ((table["actual"] >= table["low80"]) & (table["actual"] <= table["high80"])).mean()
    errors = [
        told("{year} {error}", "{year}年{error}", year=year_name(year, int(when)), error=share(error, sign=True))
        for when, error in zip(table.index.astype(int), table["forecast"] / table["actual"] - 1, strict=True)
    ]
    return Chart(
        name="record",
        caption=told("Error of the {name} forecast by year", "历年{name}预测误差", name=name),
        alt=told("Error of the forecast by year: {all}", "各年预测误差：{all}", all=joined(errors, ", ", "，")),
        data=table.reset_index(),
        draw=partial(drawing.record_bars, year),
        note=told(
            "Error = (forecast − outturn) / outturn; each year by models, weights and intervals from the years before "
            "it. Green band: the plan's {five}. The 80\N{NO-BREAK SPACE}% intervals held the outturn in {covered} of "
            "the years.",
            "误差＝（预测－决算）÷决算；各年模型、权重和区间仅用此前年份确定。绿色带为5%目标。80%区间覆盖了"
            "{covered}年份的决算数。",
            five=FIVE,
            covered=share(covered, 0),
        ),
    )


def _by_month(table: pd.DataFrame) -> Listing:
    caption = Text("Record by months known", "各时点预测记录")
    good = table[table["mean_error"] <= TOLERANCE]["months_known"]
    if len(good):
        first = int(good.min())
        since = (
            Text(f"from {first} known months on", f"已知{first}个月起")
            if first
            else Text("from the year's start", "年初起")
        )
        en, zh = "{head}: the mean error is within {five} {since}", "{head}：{since}平均误差在5%以内"
        caption = told(en, zh, head=caption, five=FIVE, since=since)
    columns = (
        Column("months_known", Text("Months known", "已知月数"), "number"),
        Column("years", Text("Years", "年数"), "number"),
        Column("mean_error", Text("Mean error", "平均误差"), "percent"),
        Column("within", Text("Within 5 %", "5%以内"), "percent", digits=0),
        Column("worst", Text("Worst", "最大误差"), "percent", sign=True),
        Column("covered80", Text("80 % interval held", "80%区间覆盖"), "percent", digits=0),
        Column("width80", Text("its width", "区间宽度"), "percent", digits=0),
    )
    return Listing("record_by_month", caption, table, columns)


def _models(year: YearForecast) -> Listing:
    board = leaderboard(year)
    own = board[board["model"] == COMBINATION]
    caption = told("Models at this time of the year ({name})", "各模型同一时点（{name}）表现", name=origin_name(year))
    if len(own):
        caption = told(
            "Models at this time of the year: the combination ranks {rank} of {count}",
            "各模型同一时点表现：加权组合在{count}种方法中列第{rank}",
            rank=int(own.index[0]) + 1,
            count=len(board),
        )
    labels = {name: model.label for name, model in MODELS.items()} | {COMBINATION: COMBINED}
    names = [Text(labels[m].en[:1].upper() + labels[m].en[1:], labels[m].zh) for m in board["model"]]
    columns = (
        Column("name", Text("Model", "模型")),
        Column("mean_error", Text("Mean error", "平均误差"), "percent"),
        Column("within", Text(f"Within {FIVE.en}", "5%以内"), "percent", digits=0),
        Column("worst", Text("Worst", "最大误差"), "percent", sign=True),
        Column("years", Text("Years", "年数"), "number"),
        Column("weight", Text("Weight now", "当前权重"), "percent", digits=0),
    )
    return Listing("leaderboard", caption, labelled(board, name=names), columns)


def _plans(year: YearForecast, table: pd.DataFrame) -> Listing:
    """Show the official plan's own record: the yardstick that a forecast replaces."""
    errors = table["error"].abs()
    caption = told(
        "The official plan as a forecast: {inside} of {years} years within {five}, off by {low} to "
        "{high}\N{NO-BREAK SPACE}%",
        "以计划数作为预测：{years}年中{inside}年误差在5%以内，偏离{low}%至{high}%",
        inside=int((errors <= TOLERANCE).sum()),
        years=len(table),
        five=FIVE,
        low=figure(100 * float(errors.min())),
        high=figure(100 * float(errors.max())),
    )
    columns = (
        Column("year", Text("Year", "年份")),
        Column("plan", Text("Plan", "计划"), "money", unit=column_unit(year)),
        Column("actual", Text("Outturn", "决算"), "money", unit=column_unit(year)),
        Column("error", Text("Plan against outturn", "计划与决算之差"), "percent", sign=True),
        *((Column("basis", Text("Basis", "口径")),) if table["basis"].str.len().any() else ()),
    )
    return Listing("plans_on_record", caption, table, columns)
