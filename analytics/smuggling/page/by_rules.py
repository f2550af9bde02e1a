"""The page of a selection by rules: what was chosen and why, and that nothing is known of what it would find."""

from __future__ import annotations

import pandas as pd

from analytics.briefing import Column, Fold, Headline, Lead, Listing, Points, Section, Tile, Verdict
from analytics.language import Text, day, number
from analytics.smuggling.inquiry.unlabelled import RuleStudy
from analytics.smuggling.page.cautions import lacking
from analytics.smuggling.page.selected import declarations
from analytics.smuggling.page.words import UNITS, texts

TARGET = "risk_control_effectiveness"


def verdict(study: RuleStudy) -> Verdict:
    """No hit rate can be given."""
    n, found = number(study.outcomes), number(study.findings)
    text = Text(
        f"No model: {n} outcomes are known ({found} findings), too few to learn from; rules rank instead",
        f"未建模型：仅有{n}条查验结果（查获{found}条），不足以学习，改按规则排序",
    )
    if study.outcomes and study.findings in (0, study.outcomes):
        kind = Text("hold a finding", "均有查获") if study.findings else Text("hold none", "均无查获")
        text = Text(
            f"No model: all {n} outcomes known {kind.en}, so nothing tells a finding from none; rules rank instead",
            f"未建模型：已知的{n}条查验结果{kind.zh}，无从区分，改按规则排序",
        )
    lead = Text(
        "Prices and weights against peers, changes of trade and duty rank the declarations. What such a selection "
        f"would find cannot be told from these data. {study.cause}",
        "按单价、重量与同类的偏离以及贸易和税率的变化排序。据现有数据无法得知此种布控的有效率。",
    )
    badge = Text("Cannot be judged against the plan", "尚不能对照规划评判")
    return Verdict(TARGET, "insufficient", None, None, None, text, lead, badge)


def headline(study: RuleStudy, place: Text) -> Headline:
    """What is known, and how much was chosen."""
    unit, heads = UNITS[study.question.unit], _heads(study)
    chosen, random = heads["selected"].sum(), (heads["stream"] == "random").sum()
    tiles = (
        Tile(Text("Outcomes known", "已知查验结果"), number(study.outcomes), Text("lines", "条")),
        Tile(
            Text("Selected", "布控数量"),
            number(chosen),
            Text(f"of {number(len(heads))} {unit.en}", f"共{number(len(heads))}票{unit.zh}"),
            Text(f"{number(random)} of them drawn at random", f"其中随机抽取{number(random)}票"),
        ),
    )
    first, last = (study.targeting["date"].agg(how) for how in ("min", "max"))
    kicker = Text(f"{place.en} · {day(first)} to {day(last)}", f"{place.zh} · {day(first, 'zh')}至{day(last, 'zh')}")
    return Headline(verdict(study), tiles, kicker)


def leads(study: RuleStudy, rows: int = 8) -> Section:
    """What the rules put first."""
    chosen = _targeted(study)
    columns = (
        Column("declaration_id", Text("Declaration", "报关单")),
        Column("line_no", Text("Line", "项号")),
        Column("hs_code", Text("Code", "商品编码")),
        Column("enterprise_id", Text("Enterprise (masked)", "企业（已脱敏）")),
        Column("score", Text("Points", "分值"), "number", digits=1),
        Column("why", Text("Rules met", "符合的规则")),
    )
    n = number(len(chosen))
    finding = Text(f"{n} risk leads by rules: suggest verification", f"按规则得出{n}条风险线索，建议核查")
    listing = Listing("risk_leads", Text("Most points first", "分值最高者"), chosen, columns, None, rows)
    return Section(finding, Text("Risk leads", "风险线索"), (listing,))


def _targeted(study: RuleStudy) -> pd.DataFrame:
    t = study.targeting
    chosen = t[t["stream"] == "targeted"].sort_values("score", ascending=False, kind="stable")
    if study.question.unit == "declaration":
        chosen = chosen.drop_duplicates("declaration_id")
    return chosen.assign(why=texts(chosen)).reset_index(drop=True)


def for_board(study: RuleStudy) -> list[Lead]:
    """What the rules put first, for the board: nothing is known of what it would find."""
    return declarations(_targeted(study))


def watch(study: RuleStudy) -> Points:
    """What to do to learn more."""
    advice = Text(
        "Draw a tenth of the selection at random and record every outcome, clean ones too: from twenty findings and "
        "twenty clean outcomes on a model can be fitted and the rate for all declarations be estimated.",
        "建议从布控中留一成随机抽取，并记录全部结果（含无查获）：查获与无查获各满20条后即可建模并推算总体比例。",
    )
    fixed = Text(
        "The random share is drawn evenly: there is nothing yet that it could adapt to.",
        "随机份额按等概率抽取：尚无结果可供调整。",
    )
    adapting = [fixed] if study.question.exploration == "adaptive" else []
    return Points(Text("What to watch", "关注点"), (advice, *adapting, *lacking(study.lines)))


def method(study: RuleStudy) -> Fold:
    """How the rules give points."""
    return Fold(Text("Method", "方法"), (Text(
        "Points for a unit value or value per kg more than 1.5 (3) robust standard deviations below peers of the same "
        "code, unit and origin, for weights out of proportion, a lower duty than before, new codes and origins of "
        "established enterprises, a price gap (under 70, 45 % of like goods, where a table of the price-level page is "
        "given; it then stands in the place of the own comparison), a weight by scanner or weighbridge off the gross "
        "mass by 8 %, young enterprises, earlier findings and high duty; ties by tax.",
        "有价格水平分析的价差表时，低于同类货物70%、45%者计分并取代本页自身的单价比较；过磅或机检重量与毛重相差8%以上者计分。"
        "单价或每千克价值低于同税号、同单位、同原产地同类1.5（3）个稳健标准差，重量不相称，税率低于以往，老企业的新品目、新原产地，"
        "新企业，以往查获及高税率各计分；同分按税额。",
    ),))  # fmt: skip


def key_figures(study: RuleStudy) -> dict[str, float]:
    """What there is to count."""
    return {"outcomes": float(study.outcomes), "findings": float(study.findings),
            "selected": float(_heads(study)["selected"].sum())}  # fmt: skip


def tables(study: RuleStudy) -> dict[str, pd.DataFrame]:
    """Targeting; there is nothing to evaluate."""
    t = study.targeting
    keep = ["declaration_id", "line_no", "date", "port", "hs_code", "score"]
    made = t[keep].assign(expected_recovery=float("nan"), selected=t["selected"], stream=t["stream"], reasons=texts(t))
    return {"targeting": made}


def _heads(study: RuleStudy) -> pd.DataFrame:
    t = study.targeting
    return t.drop_duplicates("declaration_id") if study.question.unit == "declaration" else t
