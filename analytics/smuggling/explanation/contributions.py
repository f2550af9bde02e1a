"""Why a line stands where it stands: contributions by theme that add up to its score on the log-odds scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.language import Text, number
from analytics.smuggling.explanation.evidence import declared_above, evidence, fits_dearer_code, priced_apart
from analytics.smuggling.features.build import THEMES, theme_of

if TYPE_CHECKING:
    from analytics.smuggling.models.risk_model import RiskModel


def contributions(model: RiskModel, X: pd.DataFrame) -> pd.DataFrame:
    """Shapley contributions of the themes to each line's log-odds, from a typical line to the line itself.

    Parameters
    ----------
    model : RiskModel
    X : DataFrame from `RiskModel.matrix`, the lines to be explained

    Returns
    -------
    DataFrame: one column a theme, and `typical`; rows sum to the line's calibrated log-odds exactly.

    Notes
    -----
    Themes are moved one after the other from the typical line's values to the line's own, in one order and its
    reverse; the mean over the two antithetic orders is the contribution. Source: Castro, Gomez and Tejada (2009),
    with antithetic sampling after Mitchell et al. (2022).
    """
    themes = [t for t in THEMES if any(theme_of(c) == t for c in X.columns)]
    columns = {t: [c for c in X.columns if theme_of(c) == t] for t in themes}
    typical = pd.DataFrame({c: pd.Series(model.reference[c], index=X.index, dtype=X[c].dtype) for c in X.columns})
    total = pd.DataFrame(0.0, index=X.index, columns=[*themes, "typical"])
    start = model.log_odds(typical.iloc[:1])[0]
    end = model.log_odds(X)
    for order in (themes, themes[::-1]):
        steps: list[pd.DataFrame] = []
        current = typical.copy()
        for theme in order[:-1]:
            current[columns[theme]] = X[columns[theme]]
            steps.append(current.copy())
        levels = model.log_odds(pd.concat(steps, ignore_index=True)).reshape(len(steps), len(X)) if steps else None
        before = np.full(len(X), start)
        for i, theme in enumerate(order):
            after = end if i == len(order) - 1 or levels is None else levels[i]
            total[theme] += (after - before) / 2
            before = after
    total["typical"] = start
    return total


def reasons(model: RiskModel, X: pd.DataFrame, most: int = 3) -> list[Text]:
    """Up to `most` reasons per line, strongest first, with what is left, so that they add up to the score.

    Returns
    -------
    list of Text, such as "unit value against peers +2.7 (unit value 41 % of the peers'); ... ; others +0.3; typical
    line −8.1". A price well above the peers', and a price and weight that fit a dearer code of the heading, stand last
    among them even where they lower the score: both are cases of their own, seldom found, so that the score knows
    little of them. Figures are points: the log-odds to base
    2, so that one point doubles the odds of a finding.
    """
    parts = contributions(model, X)
    themes = [c for c in parts.columns if c != "typical"]
    values = parts[themes].to_numpy() / np.log(2.0)
    plain = {"unit_value": declared_above(X), "classification": fits_dearer_code(X)}
    base = parts["typical"].to_numpy() / np.log(2.0)
    told = []
    shown = evidence(X)
    # a price like the peers' is no reason to ask for it, whatever moved the score
    silent = np.zeros_like(values, dtype=bool)
    if "unit_value" in themes:
        silent[:, themes.index("unit_value")] = ~priced_apart(X)
    for i, row in enumerate(values):
        chosen = [
            j for j in np.argsort(-np.where(silent[i], -np.inf, row))[:most] if row[j] > 0.05 and not silent[i, j]
        ]
        # told as facts whatever they do to the score: their points say that
        seen = [themes.index(t) for t, met in plain.items() if t in themes and met[i]]
        kept = [j for j in chosen if j not in seen][: most - len(seen)]
        chosen = chosen if set(seen) <= set(chosen) else [*kept, *seen]
        rest = float(row.sum() - row[chosen].sum())
        facts = [shown(themes[j], i) for j in chosen]
        points = [number(row[j], 1, sign=True) for j in chosen]
        en = [f"{THEMES[themes[j]].en} {p}{f.en}" for j, p, f in zip(chosen, points, facts, strict=True)]
        zh = [f"{THEMES[themes[j]].zh}{p}{f.zh}" for j, p, f in zip(chosen, points, facts, strict=True)]
        en.append(f"others {number(rest, 1, sign=True)}; typical line {number(base[i], 1, sign=True)}")
        zh.append(f"其他{number(rest, 1, sign=True)}；一般记录{number(base[i], 1, sign=True)}")
        told.append(Text("; ".join(en), "；".join(zh)))
    return told


def with_reasons(model: RiskModel, X: pd.DataFrame, selected: pd.DataFrame) -> pd.DataFrame:
    """Selected lines with the reasons for each, in both languages, and all prices well above the peers'.

    The latter stand in `price_to_peers`, unit value over that of the peers, and `beyond_peers`, by how much the value
    is higher for it; both missing where the price is not well above.

    Parameters
    ----------
    X : features of the same lines
    selected : result of `select`
    """
    targeted, drawn = (np.flatnonzero((selected["stream"] == stream).to_numpy()) for stream in ("targeted", "random"))
    told = reasons(model, X.iloc[targeted].reset_index(drop=True)) if len(targeted) else []
    for name, position in (("reasons", 0), ("reasons_zh", 1)):
        text = np.full(len(selected), "", dtype=object)
        text[targeted] = [t[position] for t in told]
        text[drawn] = ("random draw", "随机抽取")[position]
        selected[name] = pd.Series(text, index=selected.index, dtype="str")
    gap = X["unit_value_gap"].to_numpy(dtype=float) if "unit_value_gap" in X else np.zeros(len(X))
    value = np.expm1(X["log_value"].to_numpy(dtype=float)) if "log_value" in X else np.zeros(len(X))
    dear = declared_above(X)
    selected["price_to_peers"] = np.where(dear, np.exp(gap), np.nan)
    selected["beyond_peers"] = np.where(dear, (value * (1 - np.exp(-gap))).round(), np.nan)
    return selected
