"""Whether the figures can be believed: leak audit, calibration, drift."""

from __future__ import annotations

from functools import partial

import numpy as np

from analytics.briefing import Chart, Column, Listing, Section
from analytics.language import Text, number
from analytics.smuggling.evaluation.monitoring import drift as drifted
from analytics.smuggling.evaluation.monitoring import performance_by_month
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page import figures
from analytics.smuggling.page.words import (
    HIGH,
    HIT_RATE,
    LOW,
    READING,
    SPLITS,
    STRATEGIES,
    STRATEGY,
    VARIABLES,
    both,
    named,
)


def leak_audit(study: Study) -> Section:
    """Copies of judged lines in training, and what each split says: beside each other only here."""
    a, t = study.audit, study.comparison.table
    copied, agreement = both(a.copied_share, 0), both(a.agreement, 0)
    finding = Text(
        f"No leak: {copied.en} of the judged lines have a copy in training, and copies do not give the label away",
        f"未见泄漏：{copied.zh}的评判记录在训练集中有重复，且重复记录不泄露标签",
    )
    if a.flagged:
        finding = Text(
            f"Leak: {copied.en} of the judged lines stand in training already, with the same label in {agreement.en}",
            f"数据泄漏：{copied.zh}的评判记录已出现在训练集中，其中{agreement.zh}标签相同",
        )
    rows = t[np.isclose(t["selected_share"], study.question.rate)]
    leaks = rows["split"] == "official (leaks)"
    rows = rows[leaks | rows["strategy"].isin(["blend", "boosting", "random"] if leaks.any() else ["blend", "random"])]
    rows = rows.reset_index(drop=True)
    note = Text(
        f"{number(a.rows)} lines looked up; agreement beyond chance (kappa) {number(a.kappa, 2)}; goods per "
        f"training line {number(a.distinct, 2)}; {number(a.purged_rows)} training lines copy judged lines.",
        f"比对{number(a.rows)}条；标签一致性（kappa）{number(a.kappa, 2)}；每条训练记录对应不同货物"
        f"{number(a.distinct, 2)}种；{number(a.purged_rows)}条训练记录与评判记录重复。",
    )
    columns = (
        Column("split_name", Text("Split", "划分")),
        Column("name", STRATEGY),
        Column("precision", HIT_RATE, "percent"),
        Column("low95", LOW, "percent"),
        Column("high95", HIGH, "percent"),
    )
    frame = rows.assign(split_name=named(SPLITS, rows["split"]), name=named(STRATEGIES, rows["strategy"]))
    listing = Listing("leak_audit", Text("Leak audit", "泄漏审计"), frame, columns, note)
    return Section(finding, Text("Leak audit", "泄漏审计"), (listing,), _audit_lead(study))


def _audit_lead(study: Study) -> Text:
    """What the audit means for the figures on the page."""
    if not study.audit.flagged:
        return Text(
            "Every judged line was looked up among the training lines by code, origin, duty rate and net mass.",
            "按税号、原产地、税率和净重，将每条评判记录与训练记录逐一比对。",
        )
    look = both(study.audit.lookup_precision, 0)
    done = Text("Copies were removed from training before fitting.", "拟合前已从训练集中剔除重复记录。")
    if not study.purged:
        done = Text("Copies were kept, as the parameter purge asked.", "按参数要求未剔除重复记录。")
    return Text(
        f"A mere look-up of copies would score a hit rate of {look.en} at 4 %: such a figure says nothing about new "
        f"lines. {done.en} The verdict rests on what is left.",
        f"仅查找重复记录即可在4%布控下得到{look.zh}的查获率，这对新记录毫无意义。{done.zh}结论以此后的数字为准。",
    )


def calibration(study: Study) -> Section:
    """Predicted against observed risk."""
    ece, top = both(study.ece), study.reliability.iloc[-1]
    p, o = both(float(top["predicted"])), both(float(top["observed"]))
    chart = Chart(
        "calibration",
        Text("Calibration", "校准"),
        Text(
            f"In the riskiest tenth {p.en} were predicted and {o.en} found.",
            f"风险最高的十分之一预测{p.zh}，实际{o.zh}。",
        ),
        study.reliability,
        partial(figures.calibration, study.reliability),
        Text(
            "Each point is a tenth of the judged lines. Probabilities are Platt-scaled with inverse-propensity "
            "weights, since inspected lines are not like the others.",
            "每点为评判记录的十分之一。概率经Platt校准并按逆倾向加权，因为已查验记录与其他记录不同。",
        ),
    )
    finding = Text(f"Predicted and observed risk differ by {ece.en} on average", f"预测与实际风险平均相差{ece.zh}")
    return Section(finding, Text("Calibration", "校准"), (chart,))


def drift(study: Study) -> Section:
    """Performance by month, and whether the declared figures have moved since training."""
    lines = study.scored_lines.iloc[study.answers.at].reset_index(drop=True)
    months = performance_by_month(lines, study.answers.finding, study.question.rate)
    table = drifted(study.model, study.train, study.evaluation)
    table = table.assign(name=named(VARIABLES, table["variable"]), told=named(READING, table["reading"]))
    n = int((table["reading"] != "stable").sum())
    finding = Text("The lines judged are like those learnt from", "评判记录与训练记录分布一致")
    if n:
        finding = Text(
            f"{number(n)} declared {'figure has' if n == 1 else 'figures have'} moved since training",
            f"{number(n)}项申报指标自训练期以来已变化",
        )
    by_month = (
        Column("month", Text("Month", "月份"), "month"),
        Column("lines", Text("Lines judged", "评判记录数"), "number"),
        Column("finding_share", Text("Share with a finding", "可查获比例"), "percent"),
        Column("hit_rate", HIT_RATE, "percent"),
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
            Listing("drift", Text("Population stability index", "总体稳定性指数（PSI）"), table, moved, note),
        ),
    )
