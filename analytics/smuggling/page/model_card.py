"""The model card: data, period, method, definition of the target and limits, in both languages."""

from __future__ import annotations

from analytics.language import Text, number
from analytics.smuggling.models.risk_model import RiskModel


def model_card(m: RiskModel) -> list[Text]:
    """Paragraphs of the model card of a fitted model."""
    return [
        Text(
            f"Model: {m.model}, fitted on {number(m.labelled)} inspected lines ({number(m.findings)} findings) of "
            f"{number(m.lines)}, {m.trained_from.date()} to {m.trained_to.date()}. Outcomes count "
            "from the day they "
            "became known. Rates of enterprise, declarant, seller, port, code and origin use "
            "earlier days only, fade "
            "with a half-life and are shrunk (empirical Bayes).",
            f"模型：{m.model}，"
            f"以{number(m.lines)}条中的{number(m.labelled)}条已查验记录（查获{number(m.findings)}条）"
            f"拟合，期间{m.trained_from.date()}至{m.trained_to.date()}。结果自知悉之日起计入；"
            "企业、报关单位、卖方、口岸、"
            "税号和原产地的历史比率只用此前数据，按半衰期衰减并作经验贝叶斯收缩。",
        ),
        Text(
            "Hit rate (布控有效率): selected lines with a finding divided by selected lines. "
            "Plan: at least 25 % at about "
            "4 % selected. No official formula was found; this is the definition used.",
            "布控有效率：所选记录中有查获的比例。规划：布控率4%左右时不低于25%。未见官方公式，此为本页所用口径。",
        ),
        Text(
            "Limits: outcomes exist only where somebody inspected; inspectors miss cases; a score "
            "is a risk lead, and a "
            "decision needs facts.",
            "局限：只有被查验的记录才有结果，且查验会有遗漏；得分仅为风险线索，处置须依据事实。",
        ),
    ]
