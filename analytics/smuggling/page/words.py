"""Words of the risk page: names of strategies, lanes, groups and readings in both languages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.briefing import cells
from analytics.language import Text
from analytics.language.both import percent

UNITS = {"declaration": Text("declarations", "报关单"), "line": Text("lines", "报关记录")}
OBJECTIVES = {
    "hit_rate": Text("ranked by risk", "按风险排序"),
    "expected_tax": Text("ranked by expected tax", "按期望税额排序"),
    "mixture": Text("ranked by risk and tax", "兼顾风险与税额排序"),
}
STRATEGIES = {
    "selection": Text("this selection, random draw included", "本次布控（含随机部分）"),
    "blend": Text("the model", "组合模型"),
    "blend, mixture": Text("the model, hits and tax", "组合模型（兼顾税额）"),
    "blend, expected tax": Text("the model, expected tax", "组合模型（期望税额）"),
    "boosting": Text("boosting", "梯度提升"),
    "trees": Text("extra trees", "极端随机树"),
    "logistic": Text("logistic regression", "逻辑回归"),
    "lightgbm": Text("LightGBM", "LightGBM"),
    "expert rules": Text("expert rules", "专家规则"),
    "random": Text("random", "随机"),
    "model only": Text("model only", "仅用模型"),
    "model, 10 % random": Text("model, 10 % random", "模型＋10%随机"),
    "model by tax, 10 % random": Text("model by tax, 10 % random", "模型兼顾税额＋10%随机"),
    "look-up of copies": Text("look-up of copies", "重复记录直接查表"),
}
GROUPS = {
    "1-5": Text("1–5 declarations", "1—5票"),
    "6-20": Text("6–20 declarations", "6—20票"),
    "21-100": Text("21–100 declarations", "21—100票"),
    "over 100": Text("over 100 declarations", "100票以上"),
    "under 1 year": Text("registered under 1 year", "注册不足1年"),
    "1-3": Text("registered 1–3 years", "注册1—3年"),
    "3-10": Text("registered 3–10 years", "注册3—10年"),
    "over 10": Text("registered over 10 years", "注册10年以上"),
    "others": Text("all other ports", "其他口岸"),
}
BY = {
    "size": Text("enterprise size", "企业规模"),
    "age": Text("enterprise age", "企业年限"),
    "place": Text("district and port", "关区与口岸"),
}
LANES = {
    "red": Text("red: inspection", "红通道：查验"),
    "yellow": Text("yellow: document check", "黄通道：单证审核"),
    "green": Text("green: release", "绿通道：放行"),
}
VARIABLES = {
    "score": Text("risk score", "风险得分"),
    "value": Text("declared value", "申报货值"),
    "quantity": Text("quantity", "数量"),
    "net_mass_kg": Text("net mass", "净重"),
    "duty_rate": Text("duty rate", "关税税率"),
    "unit_value_gap": Text("unit value against peers", "单价偏离"),
    "unit_weight_gap": Text("weight per unit against peers", "单位重量偏离"),
    "value_per_kg_gap": Text("value per kg against peers", "每千克价值偏离"),
    "gross_to_net_gap": Text("gross to net weight against peers", "毛净重比偏离"),
}
READING = {"stable": Text("stable", "稳定"), "watch": Text("watch", "关注"), "moved": Text("moved", "已变化")}
SPLITS = {
    "time": Text("time", "时间划分"),
    "purged": Text("time, purged", "时间划分（剔除重复）"),
    "official (leaks)": Text("time, leaking: do not quote", "时间划分（有泄漏，勿引用）"),
}
BASIS = {"recorded": Text("as recorded", "实际记录"), "proposed": Text("proposed here", "本页建议")}
both = percent  # a share, in both languages
STRATEGY, HIT_RATE = Text("Strategy", "策略"), Text("Hit rate", "布控有效率")
COLUMNS = {  # what a file may lack, and a reader should know of
    "enterprise_id": Text("enterprise", "企业"),
    "declarant_id": Text("declarant", "报关单位"),
    "seller_id": Text("seller", "境外卖方"),
    "origin": Text("origin", "原产地"),
    "quantity": Text("quantity", "数量"),
    "net_mass_kg": Text("net mass", "净重"),
    "duty_rate": Text("duty rate", "税率"),
    "tax": Text("tax", "税额"),
}


def texts(frame: pd.DataFrame, column: str = "reasons") -> np.ndarray:
    """The column in both languages, where the Chinese stands beside it."""
    return cells(Text(en, zh) for en, zh in zip(frame[column], frame[f"{column}_zh"], strict=True))


def listed(names: Iterable[Text], values: Iterable[Text]) -> Text:
    """Names with their values, one after the other."""
    pairs = list(zip(names, values, strict=True))
    return Text("; ".join(f"{n.en} {v.en}" for n, v in pairs), "；".join(f"{n.zh}{v.zh}" for n, v in pairs))
