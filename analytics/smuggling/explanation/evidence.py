"""The figure or fact behind a reason, in words that an analyst can check against the declaration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.language import Text, number, percent

NOTHING = Text("", "")


ABOVE = 1.25  # robust standard deviations above the peers from which on a price is told whatever the score
FITS, DUTY_SAVED = 1.0, 0.02  # log-likelihood, and duty rate, from which on another code of the heading is told
CLOSE = 0.15  # a price within so much of the peers' is no reason


def priced_apart(X: pd.DataFrame) -> np.ndarray:
    """Whether the price that a reason would cite lies more than 15 % from the peers', by line."""
    gap, past, by_mass = (
        X[c].to_numpy(dtype=float) if c in X else np.full(len(X), np.nan)
        for c in ("unit_value_gap", "enterprise_hs4_past_unit_gap", "value_per_kg_gap")
    )
    cited = np.where(np.isnan(gap), by_mass, np.where((np.abs(gap) < 0.05) & (np.abs(past) > 0.05), past, gap))
    listed = X["price_gap"].to_numpy(dtype=float) if "price_gap" in X else np.zeros(len(X))
    cited = np.where(listed < 0, listed, cited)
    return np.asarray(np.abs(np.exp(cited) - 1) > CLOSE)


def declared_above(X: pd.DataFrame) -> np.ndarray:
    """Whether the unit value lies above the peers' by over 15 % and by 1.25 robust standard deviations, by line."""
    gap, z = (
        np.nan_to_num(X[c].to_numpy(dtype=float)) if c in X else np.zeros(len(X))
        for c in ("unit_value_gap", "unit_value_z")
    )
    return np.asarray((np.exp(gap) - 1 > CLOSE) & (z > ABOVE))


def fits_dearer_code(X: pd.DataFrame) -> np.ndarray:
    """Whether price and weight fit a code of the heading with a duty two points higher far better, by line."""
    fit, duty = (
        np.nan_to_num(X[c].to_numpy(dtype=float)) if c in X else np.zeros(len(X))
        for c in ("sibling_fit", "sibling_duty")
    )
    return np.asarray((fit > FITS) & (duty >= DUTY_SAVED))


def evidence(X: pd.DataFrame) -> Callable[[str, int], Text]:
    """Return a function (theme, position of the line) -> what the declaration or the record shows, in brackets."""
    columns = {str(c): X[c].to_numpy(dtype=float) for c in X.select_dtypes("number").columns}

    def value(name: str, i: int) -> float:
        return float(columns[name][i]) if name in columns else float("nan")

    def say(theme: str, i: int) -> Text:
        told = _SAY.get(theme, lambda _value: NOTHING)(lambda name: value(name, i))
        return Text(f" ({told.en})", f"（{told.zh}）") if told.en else NOTHING

    return say


Value = Callable[[str], float]


def _against_peers(gap: float, en: str, zh: str) -> Text:
    """`gap` in log points, as a share of the peers' median."""
    if np.isnan(gap):
        return NOTHING
    times = float(np.exp(gap))
    if times > 10:
        return Text(f"{en} over 10 times the peers'", f"{zh}为同类的10倍以上")
    if times < 0.02:
        return Text(f"{en} under 2 % of the peers'", f"{zh}不足同类的2%")
    return Text(f"{en} {percent(times, 0)} of the peers'", f"{zh}为同类的{percent(times, 0, 'zh')}")


def _unit_value(v: Value) -> Text:
    if (listed := np.nan_to_num(v("price_gap"))) < 0:
        share = percent(float(np.exp(listed)), 0), percent(float(np.exp(listed)), 0, "zh")
        return Text(
            f"unit value {share[0]} of like goods', by the price-level page",
            f"单价为同类货物的{share[1]}，据价格水平分析",
        )
    gap = v("unit_value_gap")
    past = v("enterprise_hs4_past_unit_gap")
    if np.isnan(gap):
        return _against_peers(v("value_per_kg_gap"), "value per kg", "每千克价值")
    if abs(gap) < 0.05 < abs(past):
        return _against_peers(past, "earlier unit values", "以往单价")
    return _against_peers(gap, "unit value", "单价")


def _weight(v: Value) -> Text:
    gross, unit, scanned = v("gross_to_net_gap"), v("unit_weight_gap"), v("scanned_to_gross")
    if abs(np.nan_to_num(scanned)) > 0.05:
        share = percent(float(np.exp(scanned)), 0), percent(float(np.exp(scanned)), 0, "zh")
        return Text(f"weighed at {share[0]} of the gross mass declared", f"过磅重量为申报毛重的{share[1]}")
    if not np.isnan(gross) and (np.isnan(unit) or abs(gross) >= abs(unit)):
        return _against_peers(gross, "gross to net weight", "毛净重比")
    return _against_peers(unit, "weight per unit", "单位重量")


def _rate(*names: str) -> Callable[[Value], Text]:
    def say(v: Value) -> Text:
        rates = [x for x in map(v, names) if not np.isnan(x)]
        if not rates:
            return NOTHING
        top = max(rates)
        return Text(f"past finding rate {percent(top, 0)}", f"既往查获率{percent(top, 0, 'zh')}")

    return say


def _classification(v: Value) -> Text:
    below = 100 * max(v("duty_below_heading"), 0.0)
    other, sibling = 100 * np.nan_to_num(v("text_duty")), 100 * np.nan_to_num(v("sibling_duty"))
    facts = [
        (
            v("text_gap") > 3 and other > 1,
            Text(
                f"description fits another code, duty {number(other, 1)} points higher",
                f"品名更符合其他税号，其税率高{number(other, 1)}个百分点",
            ),
        ),
        (
            v("sibling_fit") > FITS and sibling >= 100 * DUTY_SAVED,
            Text(
                f"price and weight fit another code of the heading better, duty {number(sibling, 1)} points higher",
                f"单价和重量更符合同品目其他税号，其税率高{number(sibling, 1)}个百分点",
            ),
        ),
        (
            below > 1,
            Text(f"duty {number(below, 1)} points below the heading's", f"税率低于品目平均{number(below, 1)}个百分点"),
        ),
        (v("text_gap") > 3, Text("description fits another code", "品名更符合其他税号")),
        (v("code_in_heading") < 0.2, Text("code seldom used for these goods before", "以往该类货物很少使用此税号")),
        (v("new_code") > 0.5, Text("first time under this heading", "首次申报该品目")),
        (v("duty_change_heading") < -0.005, Text("duty rate below its own past", "税率低于本企业以往水平")),
    ]
    return next((text for met, text in facts if met), NOTHING)


def _change(v: Value) -> Text:
    facts = [
        (v("new_origin") > 0.5, Text("first time from this origin", "首次申报该原产地")),
        (v("origin_in_heading") < 0.2, Text("origin seldom declared for these goods", "以往该类货物很少申报此原产地")),
        (v("new_seller") > 0.5, Text("new seller", "新卖方")),
        (v("new_declarant") > 0.5, Text("new declarant", "新报关单位")),
    ]
    return next((text for met, text in facts if met), NOTHING)


def _size(v: Value) -> Text:
    rate = v("duty_rate")
    if np.isnan(rate):
        return NOTHING
    return Text(f"duty rate {number(100 * rate, 1)} %", f"关税税率{number(100 * rate, 1)}%")


_SAY: dict[str, Callable[[Value], Text]] = {
    "unit_value": _unit_value,
    "weight": _weight,
    "enterprise": _rate("enterprise_past_rate", "enterprise_hs4_past_rate", "enterprise_code_past_rate"),
    "intermediary": _rate("declarant_past_rate", "seller_past_rate", "enterprise_declarant_past_rate"),
    "goods": _rate("hs_code_past_rate", "hs4_origin_past_rate", "origin_past_rate"),
    "classification": _classification,
    "change": _change,
    "size": _size,
}
