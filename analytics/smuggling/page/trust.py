"""Whether the figures can be believed: leak audit, calibration, drift."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Section, interval, named
from analytics.language import Text, number
from analytics.smuggling.evaluation.monitoring import (
    LEAST_FINDINGS,
    conduct_changed,
    outcomes_by_month,
    performance_by_month,
)
from analytics.smuggling.evaluation.monitoring import drift as drifted
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page import figures
from analytics.smuggling.page.words import HIT_RATE, READING, UNITS, VARIABLES, both

AGAINST = (
    Column("month", Text("Month", "月份"), "month"),
    Column("inspected", Text("With an outcome", "有结果"), "number"),
    Column("findings", Text("Findings", "查获"), "number"),
    Column("expected", Text("Expected", "预期"), "number", digits=1),
    Column("ratio", Text("Ratio", "比值"), "number", digits=2),
    *interval("number", 2),
)


def calibration(study: Study) -> Section:
    """Predicted against observed risk, judged where it is used: within the selection."""
    c = study.calibration
    expected, observed, low, high = (both(x) for x in (c.expected, c.observed.value, c.observed.low, c.observed.high))
    n, error, unit = number(c.observed.counted), both(c.error), UNITS[study.question.unit]
    told = {
        "holds": Text("the probabilities hold where they are used", "概率在布控范围内可信"),
        "low": Text("the probabilities are too low at the top", "高风险部分的概率偏低"),
        "high": Text("the probabilities are too high at the top", "高风险部分的概率偏高"),
    }
    finding = Text(
        f"Too few outcomes to judge the probabilities: {n} among the {unit.en} targeted, {low.en} to {high.en}",
        f"结果过少，无法评判概率：定向布控的{unit.zh}中{n}票有结果，区间{low.zh}至{high.zh}",
    )
    if c.verdict in told:
        finding = Text(
            f"{expected.en} expected and {observed.en} found among those targeted: {told[c.verdict].en}",
            f"定向布控预期{expected.zh}，实际{observed.zh}：{told[c.verdict].zh}",
        )
    lead = Text(
        f"The interval of what was found is {low.en} to {high.en} ({n} outcomes); over all tenths predicted and found "
        f"differ by {error.en} on average.",
        f"实际比例的95%区间为{low.zh}至{high.zh}（{n}票结果）；全部十等分平均相差{error.zh}。",
    )
    note = Text(
        "Large points: parts of the selection; small ones: tenths of all. Outcomes count for what they stand for, and "
        "the simulation's truth, where it judges, holds what inspectors miss.",
        "大点为布控部分，小点为全部的十等分。结果按其所代表的数量加权；以模拟真值评判时含查验遗漏部分。",
    )
    draw = partial(figures.calibration, c.table)
    caption = Text("Calibration", "校准")
    alt = Text(
        f"Predicted and observed risk: {expected.en} against {observed.en} among those targeted, by parts.",
        f"预测与实际风险：定向布控部分预测{expected.zh}、实际{observed.zh}，分段列示。",
    )
    return Section(finding, caption, (Chart("calibration", caption, alt, c.table, draw, note),), lead)


def _moved(n: int, since: pd.Timestamp | None, findings: float) -> Text:
    """What has moved: conduct first, then declared figures."""
    finding = Text(
        "Declared figures are like those learnt from, and findings show no change of conduct",
        "申报指标与训练期分布一致，查获未显示行为变化",
    )
    if findings < LEAST_FINDINGS:
        finding = Text(
            "Declared figures are like those learnt from; findings are too few to tell of conduct",
            "申报指标与训练期分布一致；查获过少，无法判断行为是否变化",
        )
    if since is not None:
        finding = Text(
            f"Findings run away from what the model expects since the week of {since.date()}: fit anew",
            f"自{since.date()}所在周起，查获与模型预期明显偏离：应重新拟合",
        )
    elif n:
        finding = Text(
            f"{number(n)} declared {'figure has' if n == 1 else 'figures have'} moved since training",
            f"{number(n)}项申报指标自训练期以来已变化",
        )
    return finding


def drift(study: Study) -> Section:
    """Performance by month, and whether the declared figures have moved since training."""
    a = study.answers
    months = performance_by_month(study.heads(study.scored_lines), a.finding, study.question.rate, a.weight)
    table = drifted(study.model, study.train, study.evaluation)
    table = table.assign(name=named(VARIABLES, table["variable"]), told=named(READING, table["reading"]))
    heads, label = study.heads(study.scored_lines), a.units.most(study.evaluation["label"].to_numpy())
    by_outcome, since = outcomes_by_month(heads, label), conduct_changed(heads, label)
    finding = _moved(int((table["reading"] != "stable").sum()), since, float(np.nansum(label)))
    by_month = (
        Column("month", Text("Month", "月份"), "month"),
        Column("units", Text("Declared", "申报数"), "number"),
        Column("judged", Text("Selected with an outcome", "布控中有结果"), "number"),
        Column("finding_share", Text("Share with a finding", "可查获比例"), "percent"),
        Column("hit_rate", HIT_RATE, "percent"),
        *interval("percent"),
    )
    moved = (
        Column("name", Text("Figure", "指标")),
        Column("index", Text("Index", "指数"), "number", digits=3),
        Column("told", Text("Reading", "判断")),
    )
    note = Text("Below 0.10 stable, from 0.25 moved: fit anew.", "低于0.10为稳定，0.25及以上为已变化，应重新拟合。")
    return Section(
        finding,
        Text("Drift", "变化监测"),
        (
            Listing("performance_by_month", Text("Performance by month", "分月表现"), months, by_month),
            Listing(
                "outcomes_by_month",
                Text("Findings against expectation, of the units inspected", "已查验部分的查获与预期"),
                by_outcome,
                AGAINST,
            ),
            Listing("drift", Text("Population stability index", "总体稳定性指数（PSI）"), table, moved, note),
        ),
    )
