"""The random share that adapts: where it was drawn, what past inspections of each stratum had taught, and its floor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Column, Listing, Section, cells
from analytics.language import Text, number
from analytics.smuggling.exploration.bandit import FLOOR, TARGETED
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.page.words import UNITS, both

BANDS = (
    Text("lower half of risk", "风险较低的一半"),
    Text("next quarter", "其上四分之一"),
    Text("next 15 %", "其上15%"),
    Text("top tenth", "最高十分之一"),
)


def exploration(study: Study) -> Section | None:
    """What the random share rests on; None where it is fixed."""
    if study.learnt is None:
        return None
    heads, unit = study.heads(study.targeting), UNITS[study.question.unit]
    table, rest = by_stratum(study), heads[heads["stream"].fillna("") != "targeted"]
    drawn, budget = int((heads["stream"] == "random").sum()), int(heads["selected"].sum())
    chance = rest["selection_probability"].to_numpy()
    worth = kish(chance)
    low, most, share = both(float(chance.min()), 2), both(float(chance.max()), 2), both(drawn / max(budget, 1))
    finding = Text(
        f"{number(drawn)} of {number(budget)} {unit.en} are drawn at random ({share.en}), worth {number(worth)} "
        "drawn evenly",
        f"布控的{number(budget)}票{unit.zh}中随机抽取{number(drawn)}票（{share.zh}），相当于等概率抽取{number(worth)}票",
    )
    lead = Text(
        f"{both(FLOOR, 0).en} of the random share stays even, so that no untargeted {unit.en[:-1]} has a chance under "
        f"{low.en} (the largest is {most.en}); the rest goes to strata that may hold more than the model expects, or "
        "back to targeting. The rate of all must be weighted by these chances (selection_probability).",
        f"随机份额的{both(FLOOR, 0).zh}保持等概率，未定向布控者的入样概率不低于{low.zh}（最高{most.zh}）；"
        "其余投向可能高于模型预期的层，或转回定向布控。推算总体比例须按入样概率（selection_probability）加权。",
    )
    columns = (
        Column("name", Text("Stratum", "层")),
        Column("units", Text(unit.en.capitalize(), unit.zh), "number"),
        Column("chance", Text("Chance", "入样概率"), "percent", digits=2),
        Column("drawn", Text("Drawn", "抽取"), "number"),
        Column("outcomes", Text("Random outcomes so far", "已有随机结果"), "number"),
        Column("findings", Text("Findings (faded)", "查获（衰减后）"), "number", digits=1),
        Column("expected", Text("Expected", "预期"), "number", digits=1),
        Column("multiplier", Text("Found over expected, shrunk", "查获与预期之比（收缩后）"), "number", digits=2),
    )
    note = Text(
        "Risk band and chapter of the goods. Ratios start at one finding as expected; few outcomes leave them near 1 "
        "and leave room to be drawn. Free draws follow Thompson's rule.",
        "按风险分段和商品章分层。比值自1起算并收缩：结果少则接近1，仍有被抽取的余地。自由抽取采用汤普森抽样。",
    )
    caption = Text("Random share by stratum", "各层随机份额")
    return Section(
        finding, Text("Exploration", "随机探索"), (Listing("exploration", caption, table, columns, note),), lead
    )


def kish(chance: np.ndarray) -> float:
    """Draws at even chances that a random stream drawn with these is worth.

    Source: Kish (1965), Survey Sampling: n / (1 + squared coefficient of variation of the weights).
    """
    known = chance[chance > 0]
    return float(len(known) ** 2 / np.sum(1 / known)) if len(known) else 0.0


def by_stratum(study: Study) -> pd.DataFrame:
    """One row a stratum of what was selected from: exploration.csv."""
    learnt, heads = study.learnt, study.heads(study.targeting)
    assert learnt is not None
    names = learnt.strata.names(heads["probability"].to_numpy(), heads["hs_code"].str[:2].to_numpy(dtype=object))
    rest = heads.assign(stratum=names)[heads["stream"].fillna("") != "targeted"]
    by = rest.groupby("stratum").agg(
        units=("stratum", "size"), chance=("selection_probability", "mean"),
        drawn=("stream", lambda s: int((s == "random").sum())),
    )  # fmt: skip
    past = learnt.record.table().set_index("stratum").drop(index=TARGETED, errors="ignore")
    table = by.join(past).reset_index()
    table = table.fillna({"outcomes": 0, "findings": 0.0, "expected": 0.0, "multiplier": 1.0})
    table["name"] = cells(_named(s) for s in table["stratum"])
    return table.sort_values("stratum", ascending=False, kind="stable").reset_index(drop=True)


def _named(stratum: str) -> Text:
    band, chapter = stratum.split(" ", 1)
    goods = Text("other chapters", "其他章") if chapter == "other" else Text(f"chapter {chapter}", f"第{chapter}章")
    return Text(f"{BANDS[int(band)].en}, {goods.en}", f"{BANDS[int(band)].zh}，{goods.zh}")
