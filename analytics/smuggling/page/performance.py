"""How much a selection finds: hit rate by share selected, strategies side by side, the weekly loop."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analytics.briefing import Chart, Column, Listing, Look, Section, interval, named
from analytics.language import Text, number
from analytics.smuggling.inquiry.believed import LEAST_JUDGED, WIDEST
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page import figures
from analytics.smuggling.page.words import HIT_RATE, STRATEGIES, STRATEGY, UNITS, both, listed
from analytics.smuggling.selection.weekly import summary


def hit_rate(study: Study) -> Section:
    """Hit rate by share selected, with the plan's cross and the ceiling."""
    rules, own = (study.at(s, study.question.rate) for s in ("expert rules", "blend"))
    ratio = own["precision"] / rules["precision"] if rules["precision"] > 0 else float("nan")
    finding = Text("Hit rate by share selected", "布控有效率随布控比例的变化")
    if min(own["judged"], rules["judged"]) < LEAST_JUDGED:
        finding = Text("Too few outcomes to set the model against expert rules", "结果过少，无法比较模型与专家规则")
    elif own["low95"] <= rules["high95"] and own["high95"] >= rules["low95"]:
        finding = Text(
            "Hit rates of model and expert rules: their intervals overlap", "模型与专家规则的有效率区间重叠，尚难区分"
        )
    elif ratio > 1:
        finding = Text(
            f"The model finds {number(ratio, 1)} times as much as expert rules at the same effort",
            f"同等布控力度下，模型的查获为专家规则的{number(ratio, 1)}倍",
        )
    else:
        finding = Text("The model does not beat expert rules here", "模型在此未优于专家规则")
    parts = [(both(s, 0), both(study.at("blend", s)["precision"], 0)) for s in (0.01, 0.04, 0.10)]
    alt = Text(
        "Hit rate of the model by share selected: " + ", ".join(f"{p.en} at {s.en}" for s, p in parts) + "; expert "
        "rules, chance and the ceiling beside it.",
        "有效率随布控比例变化：" + "，".join(f"布控{s.zh}时{p.zh}" for s, p in parts)
        + "；并列专家规则、随机与上限。",
    )  # fmt: skip
    note = Text(
        "The point is this selection, its random draw included, with a 95 % interval that takes an enterprise's (or "
        "identical goods') outcomes together. The ceiling is the share of findings divided by the share selected. The "
        "simulated or recorded outcome is a risk lead until it is decided.",
        "圆点为本次布控（含随机部分），95%区间按企业（或相同货物）整体计。上限为可查获比例除以布控比例。结果在处理决定前均为风险线索。",
    )
    caption, draw = Text("Hit rate against inspection rate", "布控有效率与布控比例"), partial(figures.hit_rate, study)
    chart = Chart("hit_rate", caption, alt, study.comparison.curves["blend"], draw, note)
    return Section(finding, HIT_RATE, (chart,))


def share_inspected(study: Study) -> Look:
    """What the model's ranking finds at one share inspected or another."""
    curve, rate = study.comparison.curves["blend"], study.question.rate
    shares = sorted({0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.10, 0.20, 0.30, rate})
    rows = [curve.iloc[int(np.argmin(np.abs(curve["selected_share"] - share)))] for share in shares]
    said = tuple(_at(row) if np.isfinite(row["precision"]) else NOT_JUDGED for row in rows)
    choices = tuple(both(share, 0 if share * 100 % 1 < 1e-9 else 1) for share in shares)
    title = Text("Quick look: another share inspected", "速览：其他布控比例")
    return Look(title, Text("Share inspected", "布控比例"), choices, said, shares.index(rate))


NOT_JUDGED = Text("No outcome is known there.", "该处无已知结果。")


def _at(row: pd.Series) -> Text:
    hits, found, tax = (both(float(row[name]), 0) for name in ("precision", "recall", "recovered_share"))
    en = f"The ranking finds something in {hits.en} of the lines, {found.en} of all there is to find"
    zh = f"按排序布控有效率{hits.zh}，占全部可查获的{found.zh}"
    if np.isfinite(row["recovered_share"]):
        en, zh = f"{en}, {tax.en} of the tax", f"{zh}，占税款的{tax.zh}"
    return Text(f"{en}. No interval: that of the selection stands above.", f"{zh}。此处无区间，本次布控的区间见上。")


def strategies(study: Study) -> Section:
    """Every strategy at the selected share on the split that counts."""
    t = study.comparison.table
    rows = t[np.isclose(t["selected_share"], study.question.rate) & (t["split"] == study.split)]
    rows = rows.sort_values("precision", ascending=False, kind="stable").reset_index(drop=True)
    rows = rows.assign(name=named(STRATEGIES, rows["strategy"]))
    hits = [both(float(p)) for p in rows["precision"]]
    told = listed(rows["name"], hits)
    shown = [study.at(s, study.question.rate) for s in ("blend", "expert rules", "random")]
    own, rules, chance = (both(row["precision"]) for row in shown)
    note = Text(
        "Hit rate rewards many small easy cases; the share of tax reached shows the other side. Where outcomes are a "
        "sample, this selection is judged by all of them, every other ranking by those at its own top.",
        "有效率偏向容易的小额案件；税款覆盖率反映另一面。结果仅为样本时，本次布控以全部结果评判，其他排序仅以各自高分部分的结果评判。",
    )
    chart = Chart(
        "strategies",
        Text("Strategies side by side", "各策略对比"),
        Text("Hit rates: " + told.en, "有效率：" + told.zh),
        rows,
        partial(figures.strategies, rows, study.answers.prevalence),
        note,
    )
    finding = Text(
        f"Hit rates: model {own.en}, expert rules {rules.en}, chance {chance.en}",
        f"有效率：模型{own.zh}，专家规则{rules.zh}，随机{chance.zh}",
    )
    wide = any(row["high95"] - row["low95"] > WIDEST for row in shown)
    if wide or min(row["judged"] for row in shown) < LEAST_JUDGED:
        finding = Text("Too few outcomes to tell strategies apart", "结果过少，无法区分各策略")
    return Section(finding, Text("Strategies", "策略"), (chart,))


LOOP = (
    Column("name", STRATEGY),
    Column("hit_rate", HIT_RATE, "percent"),
    Column("recovered_share", Text("Tax reached", "税款覆盖"), "percent"),
    Column("estimate", Text("Rate it would believe", "其推算比例"), "percent"),
    *interval("percent"),
    Column("true_rate", Text("True rate", "真实比例"), "percent"),
)


def weekly(study: Study) -> Section | None:
    """Strategies week by week, each learning only what it chose; None where no loop was played."""
    if study.weeks is None:
        return None
    table = summary(study.weeks)
    table = table.assign(name=named(STRATEGIES, table["strategy"]))
    t = table.set_index("strategy")[["hit_rate", "low95", "high95"]].astype(float).to_dict("index")
    explore, only = t["model, 10 % random"], t["model only"]
    cost, low, high = 100 * (only["hit_rate"] - explore["hit_rate"]), both(explore["low95"]), both(explore["high95"])
    change = Text("costs no hit rate here", "在此并未降低有效率")
    if cost >= 0.05:
        change = Text(f"costs {number(cost, 1)} points of hit rate", f"使有效率降低{number(cost, 1)}个百分点")
    finding = Text(
        f"A random tenth {change.en} and bounds the true rate: {low.en} to {high.en}",
        f"一成随机抽查{change.zh}，并给出真实比例的区间：{low.zh}至{high.zh}",
    )
    unit = UNITS[study.question.unit]
    weeks, rate, delay = number(int(study.weeks["week"].max())), both(study.question.rate, 0), study.model.label_delay
    lead = Text(
        f"{weeks} weeks: each strategy chooses {rate.en} of the "
        f"{unit.en}, learns only the outcomes of its own choices, {delay} days late, and fits "
        "its model anew every few weeks. Targeted inspections alone cannot tell how much there is to find.",
        f"共{weeks}周：每种策略每周选{rate.zh}，只获知自身所选的结果，"
        f"滞后{delay}天，并定期重新拟合模型。仅凭定向查验无法得知全部有多少问题。",
    )
    told = listed(table["name"], [both(p) for p in table["hit_rate"]])
    chart = Chart(
        "weekly_loop",
        Text("Hit rate so far, and what each strategy would believe", "累计有效率与各策略推算的比例"),
        Text("Hit rate over the whole period: " + told.en, "全期有效率：" + told.zh),
        study.weeks,
        partial(figures.weekly, study.weeks),
        Text(
            "Enterprises do not react to what is found in this exercise. Without a random stream a strategy knows only "
            "its own hit rate; the true rate stands beside it.",
            "推演中企业不因被查获而改变行为。没有随机抽查的策略只知道自身的有效率；旁列真实比例。",
        ),
    )
    listing = Listing("loop_strategies", Text("The whole period", "全期结果"), table, LOOP)
    return Section(finding, Text("Weekly loop", "逐周推演"), (chart, listing), lead)
