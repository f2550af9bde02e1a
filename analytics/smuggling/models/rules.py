"""Expert rules: a score that needs no outcome, as selectivity profiles have always worked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.language import Text

POINTS = {  # what a rule of thumb gives; the sum ranks lines where no model can be fitted
    "low_price": 3.0,
    "very_low_price": 2.0,
    "price_gap": 3.0,
    "deep_price_gap": 2.0,
    "odd_weight": 2.0,
    "lower_duty": 1.0,
    "new_code": 1.0,
    "new_origin": 1.0,
    "young_enterprise": 1.0,
    "past_finding": 3.0,
    "high_duty": 1.0,
    "other_goods": 3.0,
    "odd_scan": 3.0,
}


WORDS = {
    "low_price": Text("unit value far below the peers'", "单价远低于同类"),
    "very_low_price": Text("unit value extremely low", "单价极低"),
    "price_gap": Text("unit value far below like goods (price-level page)", "单价明显低于同类货物（价格水平分析）"),
    "deep_price_gap": Text("unit value under 45 % of like goods", "单价不足同类货物的45%"),
    "odd_weight": Text("weight out of proportion to the quantity", "重量与数量不相称"),
    "lower_duty": Text("duty rate below its own past", "税率低于本企业以往水平"),
    "new_code": Text("first time under this heading", "首次申报该品目"),
    "new_origin": Text("first time from this origin", "首次申报该原产地"),
    "young_enterprise": Text("few declarations before", "以往申报很少"),
    "past_finding": Text("findings before", "以往有查获"),
    "high_duty": Text("high duty rate", "关税税率较高"),
    "other_goods": Text("description fits another code with a higher duty", "品名更符合税率更高的其他税号"),
    "odd_scan": Text("weighed otherwise than declared", "过磅重量与申报不符"),
}


def expert_rules(X: pd.DataFrame) -> np.ndarray:
    """Points of every line under fixed rules, with the log of its tax to break ties.

    Parameters
    ----------
    X : DataFrame from `Features.transform`; a feature that the source cannot give counts as not met.

    Returns
    -------
    array of points, higher is riskier
    """
    rules = rules_met(X)
    size = X["log_tax"] if "log_tax" in X else X["log_value"] if "log_value" in X else pd.Series(0.0, index=X.index)
    points = np.sum([POINTS[name] * value for name, value in rules.items()], axis=0)
    return points + 1e-3 * np.nan_to_num(size.to_numpy(dtype=float))


def rules_met(X: pd.DataFrame) -> dict[str, np.ndarray]:
    """By rule 1 where a line meets it, else 0."""

    def met(name: str, above: float | None = None, below: float | None = None) -> np.ndarray:
        if name not in X:
            return np.zeros(len(X))
        values = X[name].to_numpy(dtype=float)
        return np.where(values > above if above is not None else values < below, 1.0, 0.0)  # NaN compares false

    listed = met("price_gap", below=np.log(0.7))  # compared with more care there: one price counts once
    return {
        "low_price": (1 - listed) * np.maximum(met("unit_value_z", below=-1.5), met("value_per_kg_z", below=-1.5)),
        "very_low_price": (1 - listed) * np.maximum(met("unit_value_z", below=-3.0), met("value_per_kg_z", below=-3.0)),
        "price_gap": listed,
        "deep_price_gap": met("price_gap", below=np.log(0.45)),
        "odd_weight": np.maximum(met("unit_weight_z", above=3.0), met("unit_weight_z", below=-3.0)),
        "lower_duty": met("duty_change", below=-0.03),
        "new_code": met("new_code", above=0.5) * met("enterprise_past_lines", above=np.log1p(10)),
        "new_origin": met("new_origin", above=0.5) * met("enterprise_past_lines", above=np.log1p(10)),
        "young_enterprise": met("enterprise_past_lines", below=np.log1p(5)),
        "past_finding": met("enterprise_past_rate", above=0.25),
        "high_duty": met("duty_rate", above=0.12),
        "other_goods": met("text_gap", above=3.0) * met("text_duty", above=0.005),
        "odd_scan": np.maximum(met("scanned_to_gross", above=0.08), met("scanned_to_gross", below=-0.08)),
    }
