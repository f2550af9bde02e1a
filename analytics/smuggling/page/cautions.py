"""What to keep in mind, and the model card: data, period, method, definition of the target, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.briefing import Fold, Points
from analytics.language import Text, number
from analytics.smuggling.features.units import PARTIES
from analytics.smuggling.inquiry.study import Study
from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.page.words import COLUMNS, STRATEGIES, UNITS, both

FEW_RANDOM = 5  # findings of the random stream


def model_card(m: RiskModel) -> list[Text]:
    """Paragraphs of the model card of a fitted model."""
    kind = STRATEGIES.get(m.model, Text(m.model, m.model))
    return [
        Text(
            f"Model: {kind.en}, fitted on {number(m.labelled)} inspected lines ({number(m.findings)} findings) of "
            f"{number(m.lines)}, {m.trained_from.date()} to {m.trained_to.date()}. Outcomes count from the day they "
            "became known. Rates of enterprise, declarant, seller, port, code and origin use earlier days only, fade "
            "with a half-life and are shrunk (empirical Bayes).",
            f"模型：{kind.zh}，以{number(m.lines)}条中的{number(m.labelled)}条已查验记录（查获{number(m.findings)}条）"
            f"拟合，期间{m.trained_from.date()}至{m.trained_to.date()}。结果自知悉之日起计入；企业、报关单位、卖方、"
            "口岸、税号和原产地的历史比率只用此前数据，按半衰期衰减并作经验贝叶斯收缩。",
        ),
        Text(
            "Hit rate (布控有效率): selected lines with a finding divided by selected lines. Plan: at least 25 % at "
            "about 4 % selected. No official formula was found; this is the definition used.",
            "布控有效率：所选记录中有查获的比例。规划：布控率4%左右时不低于25%。未见官方公式，此为本页所用口径。",
        ),
        Text(
            "Limits: outcomes exist only where somebody inspected; inspectors miss cases; a score is a risk lead, and "
            "a decision needs facts.",
            "局限：只有被查验的记录才有结果，且查验会有遗漏；得分仅为风险线索，处置须依据事实。",
        ),
    ]


def lacking(lines: pd.DataFrame) -> list[Text]:
    """What the lines do not hold, and what cannot be said for that."""
    gone = [name for name in COLUMNS if lines[name].isna().all()]
    told = [COLUMNS[name] for name in gone]
    items = []
    if gone:
        items.append(Text(
            f"The data hold no {', '.join(t.en for t in told)}: no record and no comparison rests on it.",
            f"数据无以下字段：{'、'.join(t.zh for t in told)}。既往记录和比较均未使用。",
        ))  # fmt: skip
    if (listed := lines["price_gap"].dropna()).size:
        n = number(int((listed < 1).sum()))
        items.append(Text(
            f"Price gaps of a price-level page stand with {n} of {number(len(lines))} lines; the others were not far "
            "below like goods or could not be compared, which the table does not tell. Like goods of later months are "
            "among those compared.",
            f"价格水平分析的价差对应{number(len(lines))}条记录中的{n}条；其余或未明显偏低，或无可比货物，该表不作区分。可比货物含其后月份。",
        ))  # fmt: skip
    if (nameless := float(lines["enterprise_id"].isna().mean())) > 0:
        share = both(nameless, 0 if nameless > 0.01 else 2)
        items.append(Text(
            f"{share.en} of the lines name no enterprise: they stand in no level of attention, in no count by "
            "enterprise and under no limit by enterprise.",
            f"{share.zh}的记录未注明企业：不计入关注级别和按企业的统计，也不受企业布控数上限约束。",
        ))  # fmt: skip
    if (lost := float(lines[list(PARTIES)].isna().all(axis=1).mean())) > 0:
        share = both(lost, 0 if lost > 0.01 else 2)
        items.append(Text(
            f"{share.en} name no party at all: what hangs together among them cannot be seen, and intervals may be "
            "too narrow.",
            f"{share.zh}的记录未注明任何当事方：无法识别其间的关联，区间可能偏窄。",
        ))  # fmt: skip
    return items


def watch(study: Study) -> Points:
    """What a reader of the page must keep in mind."""
    prevalence, rate, unit = both(study.answers.prevalence), both(study.question.rate, 0), UNITS[study.question.unit]
    items = [_rate_of_all(study), *_outcomes(study), *lacking(pd.concat([study.train, study.evaluation]))]
    if study.ceiling < 0.25 and not study.records.level_unknown:
        items.append(Text(
            f"With {prevalence.en} of {unit.en} holding a case, no ranking reaches 25 % at "
            f"{rate.en}: select fewer or judge by tax reached.",
            f"可查获比例仅{prevalence.zh}，布控{rate.zh}时任何排序均达不到25%：宜减少布控或按税款覆盖评价。",
        ))  # fmt: skip
    if study.model.recovery.proxy_:
        items.append(Text(
            "No recovered amounts are known: expected recovery is the probability times the declared tax or value.",
            "无追补税额数据：期望追补按概率乘以申报税额或货值计。",
        ))  # fmt: skip
    return Points(Text("What to watch", "关注点"), tuple(items))


def _rate_of_all(study: Study) -> Text:
    """What is known of all lines of the training period."""
    r = study.rate
    naive, value, low, high = (both(x) for x in (r.naive, r.value, r.low, r.high))
    drawn = Text("taken as drawn evenly", "按等概率抽取计")
    if r.weighted:
        drawn = Text("each weighted by its recorded chance", "按各自入样概率加权")
    if study.answers.basis == "all_inspected":
        return Text(
            "The data hold inspected declarations only: rates describe what was inspected, not all trade.",
            "数据仅含已查验报关单：各比率描述被查验部分，而非全部贸易。",
        )
    if np.isnan(r.value):
        return Text(
            f"Inspections had a finding on {naive.en} of their lines. No line was drawn at random, so nobody can say "
            "how many of all lines hold one: draw a tenth of the selection at random.",
            f"已查验记录的有效率为{naive.zh}。因无随机抽查，无法推算全部记录的比例：建议从布控中留一成随机抽取。",
        )
    if study.records.level_unknown:
        return Text(
            f"Inspections had a finding on {naive.en} of their lines. No rate of all lines follows from these records.",
            f"已查验记录的有效率为{naive.zh}。依据现有记录无法推算全部记录的比例。",
        )
    return Text(
        f"Inspections had a finding on {naive.en} of their lines; the estimate for all lines is {value.en} "
        f"({low.en} to {high.en}), by {number(r.random_lines)} random lines, {drawn.en}, as far as inspectors see it.",
        f"已查验记录的有效率为{naive.zh}；推算全部记录为{value.zh}（{low.zh}至{high.zh}），"
        f"依据随机抽查{number(r.random_lines)}条（{drawn.zh}），以查验所能发现者为限。",
    )


def _outcomes(study: Study) -> list[Text]:
    """What had to be assumed of outcomes."""
    items, how, lines = [], study.model.design, pd.concat([study.train, study.evaluation])
    if how is not None and how.speaks_for_all and how.random_found < FEW_RANDOM:
        items.append(Text(
            f"The random stream of the training period holds {number(how.random_found)} findings in "
            f"{number(how.random)} lines: the order of risks does not rest on it, but their level can hardly be told.",
            f"训练期随机抽查{number(how.random)}条中仅{number(how.random_found)}条有查获：风险排序不受影响，但风险水平难以确定。",
        ))  # fmt: skip
    assumed = float(lines.loc[lines["label"].notna(), "assumed_delay"].mean())
    if assumed > 0.01:
        share, days = both(assumed, 0), number(study.question.label_delay)
        items.append(Text(
            f"{share.en} of the outcomes have no date: they are taken as known {days} days after the declaration.",
            f"{share.zh}的查验结果无日期：按申报后{days}天获知处理。",
        ))  # fmt: skip
    return items


def method(study: Study) -> Fold:
    """Model card and method, folded away."""
    return Fold(Text("Method and model card", "方法与模型卡"), tuple(model_card(study.model)))
