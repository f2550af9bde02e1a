"""Sections of an evaluation: bias and efficiency, rivals, calibration."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, labelled
from analytics.language import Text, joined, told
from analytics.tax_forecast.evaluation.report import Evaluation
from analytics.tax_forecast.page.reporting import plots
from analytics.tax_forecast.page.reporting.judgement import NAMES, SIGNIFICANT, rival_sentence, when
from analytics.tax_forecast.page.words import figure, share
from analytics.tax_forecast.record.scores import scored


def bias(found: Evaluation) -> Section:
    """Bias and efficiency by months known, and whether revisions are news."""
    rows = []
    for months, one in sorted(found.bias.items()):
        marks = scored(found.at(months))
        row = {"years": one.years, "mean_error": marks["mean_error"], "within": marks["within"]}
        row |= {"bias": one.mean, "from": one.low, "to": one.high}
        rows.append(row | {"constant": one.constant, "slope": one.slope, "p": one.p})
    table = labelled(pd.DataFrame(rows), when=(when(k) for k in sorted(found.bias)))
    columns = (
        Column("when", Text("Made", "预测时点")),
        Column("years", Text("Years", "年数"), "number"),
        Column("mean_error", Text("Mean error", "平均误差"), "percent"),
        Column("within", Text("Within 5 %", "5%以内"), "percent", digits=0),
        Column("bias", Text("Bias", "偏差"), "percent", sign=True),
        Column("from", Text("95 % from", "95%区间下限"), "percent", sign=True),
        Column("to", Text("to", "上限"), "percent", sign=True),
        Column("slope", Text("Slope", "斜率"), "number", digits=2),
        Column("p", Text("p", "p值"), "number", digits=2),
    )
    caption = Text("Bias and efficiency (Mincer-Zarnowitz)", "偏差与效率检验（Mincer-Zarnowitz）")
    note = Text(
        "Growth of the outturn on growth of the forecast: constant 0 and slope 1 where forecasts are unbiased and use "
        "what they knew; p of both together.",
        "实际增速对预测增速回归：无偏且充分利用信息时常数为0、斜率为1；p值为二者的联合检验。",
    )
    listing = Listing("bias", caption, table, columns, joined([note, _revisions(found)]))
    biased = [when(k) for k, one in sorted(found.bias.items()) if one.p < SIGNIFICANT]
    finding = (
        told("Forecasts made {when} are biased", "{when}的预测有偏", when=joined(biased, ", ", "、"))
        if biased
        else Text("No bias is seen at any time of the year", "各时点预测均未见偏差")
    )
    return Section(finding, Text("Bias", "偏差"), (listing,))


def _revisions(found: Evaluation) -> Text:
    one = found.revisions
    if not np.isfinite(one.slope):
        return Text("Revisions cannot be tested: too few years.", "年数不足，无法检验预测变动。")
    facts = {"slope": figure(one.slope, 2), "low": figure(one.low, 2), "high": figure(one.high, 2)}
    if one.p < SIGNIFICANT:
        much = Text("too little", "不足") if one.slope > 0 else Text("too much", "过度")
        return told(
            "Revisions within the year follow one another (slope {slope}, {low} to {high}): {much} is revised at once.",
            "年内各次变动前后相关（斜率{slope}，{low}至{high}）：单次调整{much}。",
            much=much,
            **facts,
        )
    return told(
        "Revisions within the year do not follow one another (slope {slope}, {low} to {high}).",
        "年内各次变动前后无显著相关（斜率{slope}，{low}至{high}）。",
        **facts,
    )


def rivals(found: Evaluation) -> Section | None:
    """Diebold and Mariano's test against every rival; None without a rival in the same years."""
    if not len(found.rivals):
        return None
    table = found.rivals.sort_values(["months_known", "rival"], ignore_index=True)
    columns = (
        Column("when", Text("Made", "预测时点")),
        Column("name", Text("Rival", "对照")),
        Column("years", Text("Years", "年数"), "number"),
        Column("own_error", Text("Error here", "本方法误差"), "percent"),
        Column("error", Text("The rival's", "对照误差"), "percent"),
        Column("ratio", Text("Ratio", "比值"), "number", digits=2),
        Column("statistic", Text("Statistic", "统计量"), "number", digits=2, sign=True),
        Column("p", Text("p", "p值"), "number", digits=3),
    )
    shown = labelled(
        table,
        when=(when(int(k)) for k in table["months_known"]),
        name=(NAMES.get(str(n), Text(str(n), str(n))) for n in table["rival"]),
    )
    caption = Text("Against rivals, in the years that both forecast", "与对照方法比较（双方均有预测的年份）")
    note = Text(
        "Diebold-Mariano on absolute errors in the small-sample form of Harvey, Leybourne and Newbold; below zero the "
        "rival is worse.",
        "绝对误差的Diebold-Mariano检验（Harvey-Leybourne-Newbold小样本形式）；统计量为负表示对照较差。",
    )
    at = rival_sentence(found)
    finding = at if at.en else Text("Rivals at other months only", "仅其他时点有对照")
    return Section(finding, Text("Rivals", "对照"), (Listing("rivals", caption, shown, columns, note),))


def calibration(found: Evaluation) -> Section:
    """Coverage by months known, chances by fifths, and the integral transform."""
    marks = scored(found.table)
    finding = told(
        "The 80 % intervals held {covered} of the outturns; the chance's Brier score is {brier}",
        "80%区间覆盖{covered}的决算数；概率的Brier得分为{brier}",
        covered=share(marks["covered80"], 0),
        brier=figure(marks["brier"], 3),
    )
    said = [
        told("said {a}, happened {b}", "所给{a}，实际{b}", a=share(a, 0), b=share(b, 0))
        for a, b in found.fifths[["said", "happened"]].itertuples(index=False)
    ]
    chart = Chart(
        "calibration",
        Text(
            "Chances said and what happened; place of the outturn in its distribution",
            "所给概率与实际；决算数在预测分布中的位置",
        ),
        told("By fifths: {all}.", "分五组：{all}。", all=joined(said, "; ", "；")),
        found.fifths,
        partial(plots.calibration, found),
        told(
            "Right: probability integral transform, even where distributions are right (p {p}, counted by years).",
            "右图：概率积分变换，分布正确时应均匀（p值{p}，按年数计）。",
            p=figure(found.p_transform, 2),
        ),
    )
    columns = (
        Column("when", Text("Made", "预测时点")),
        Column("years", Text("Years", "年数"), "number"),
        Column("covered80", Text("80 % held", "80%区间覆盖"), "percent", digits=0),
        Column("from80", Text("from", "下限"), "percent", digits=0),
        Column("to80", Text("to", "上限"), "percent", digits=0),
        Column("covered95", Text("95 % held", "95%区间覆盖"), "percent", digits=0),
        Column("from95", Text("from", "下限"), "percent", digits=0),
        Column("to95", Text("to", "上限"), "percent", digits=0),
    )
    shown = labelled(found.coverage, when=(when(int(k)) for k in found.coverage["months_known"]))
    caption = Text("How often intervals held, with exact 95 % bounds", "区间覆盖率及其95%精确界限")
    return Section(finding, Text("Calibration", "校准"), (chart, Listing("coverage", caption, shown, columns)))
