"""The evaluation report: how good the forecasts of a series have been, and where their errors came from."""

from __future__ import annotations

from analytics.briefing import Fold, Headline, Part, Points
from analytics.language import Text, month, told
from analytics.tax_forecast.evaluation.report import PLAN, Evaluation
from analytics.tax_forecast.page.reporting.judged import bias, calibration, rivals
from analytics.tax_forecast.page.reporting.judgement import tiles, verdict
from analytics.tax_forecast.page.reporting.tree import tree
from analytics.tax_forecast.record.scores import scored


def exhibits(found: Evaluation, place: Text) -> dict[str, Part]:
    """Return every part of the report that has something to show, by name and in order."""
    parts: dict[str, Part | None] = {"headline": headline(found, place)}
    if len(found.table):
        parts |= {
            "bias": bias(found),
            "rivals": rivals(found),
            "calibration": calibration(found),
            "tree": tree(found),
            "watch": watch(found),
        }
    parts["method"] = method(found)
    return {name: part for name, part in parts.items() if part is not None}


def headline(found: Evaluation, place: Text) -> Headline:
    """Verdict, tiles, and the line above: whose receipts, and which forecasts."""
    which = Text("lodged forecasts", "存档预测") if found.asked.folder else Text("backtest of the rule", "方法回测")
    above = told("{place} · {which}", "{place} · {which}", place=place, which=which)
    return Headline(verdict(found), tiles(found), above)


def watch(found: Evaluation) -> Points:
    """Say what the evaluation rests on, and what it cannot see."""
    points = []
    if found.asked.folder is None:
        points.append(
            Text(
                "A backtest: receipts are final data unless vintages are given, and the form of the rule was chosen "
                "with these years in view. Lodged forecasts alone are proof.",
                "此为回测：除提供历次发布版本外，所用均为终值，且方法形式选定时已见过这些年份；只有存档预测才算证据。",
            )
        )
    if found.open_:
        points.append(
            told("{n} lodged forecasts are of years not over yet.", "{n}份存档预测所属年份尚未结束。", n=found.open_)
        )
    points.append(
        Text(
            "Only the total is judged here; items and districts have their record on the forecast's own page.",
            "本报告只评估总额；分税种、分关区的记录见预测页面。",
        )
    )
    if found.asked.plans is not None and PLAN not in set(found.rivals["rival"]):
        points.append(Text("No official plan is on record for the years judged here.", "所评估年份无官方计划数可比。"))
    if not any(tree.given for tree in found.trees):
        points.append(
            Text(
                "No driver of a cause is given: errors are not split by cause. Name them in `causes`.",
                "未提供成因指标，误差未按成因分解。请在 `causes` 中指定。",
            )
        )
    return Points(Text("What this rests on", "评估依据"), tuple(points))


def method(found: Evaluation) -> Fold:
    """Say how it was judged."""
    last = month(found.panel.total.month(*found.panel.total.last_known()))
    return Fold(
        Text("Method", "方法"),
        (
            told(
                "Receipts to {last}. Errors are (forecast - outturn) / outturn of the annual total. Every forecast, "
                "its interval and chance use what was known at its origin. Revisions: each on the one before it, "
                "pooled, clustered by year (Nordhaus). Interval of a mean error: 4,000 resamples of the years.",
                "数据截至{last}。误差＝（预测－决算）÷决算，均为全年总额；各预测及其区间、概率只用预测时点已知信息。"
                "变动检验：每次变动对前次变动回归，按年聚类（Nordhaus）。平均误差区间由对年份重抽样4000次得出。",
                last=last,
            ),
            Text(
                "Error tree: the difference of outturn and forecast of each open month is split on factors by "
                "logarithmic means, exactly. What a forecast could assume: a volume goes on by the Theta method, "
                "prices and exchange rates stay at their last level, rates follow the law announced by then.",
                "误差树：各剩余月份的决算与预测之差按对数均值精确分解。预测时可作的假设：数量按Theta法外推，价格、汇率保持最新"
                "水平，税率按当时已公布政策。",
            ),
        ),
    )


def figures(found: Evaluation) -> dict[str, float]:
    """Key figures for result.json."""
    if not len(found.table):
        return {"forecasts": 0.0, "open": float(found.open_)}
    marks = scored(found.table)
    kept = {
        key: marks[key] for key in ("mean_error", "bias", "within", "covered80", "interval_score80", "crps", "brier")
    }
    one = found.bias.get(found.asked.judged_at)
    tested = {} if one is None else {"bias_p": one.p, "slope": one.slope}
    fifths = {"worst_fifth": float(found.fifths["gap"].abs().max()), "transform_p": found.p_transform}
    return {"forecasts": float(len(found.table)), "open": float(found.open_), **kept, **tested, **fifths}
