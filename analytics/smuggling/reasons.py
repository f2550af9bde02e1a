"""Why a line stands where it stands: contributions by theme that add up to its score on the log-odds scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.language import Text, number
from analytics.smuggling.features import THEMES, theme_of

if TYPE_CHECKING:
    from analytics.smuggling.model import RiskModel


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
        steps = []
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
    list of Text, such as "unit value against peers +1.9 (0.41 of peers); ... ; rest +0.2; typical line -3.9"
    """
    parts = contributions(model, X)
    themes = [c for c in parts.columns if c != "typical"]
    values = parts[themes].to_numpy()
    told = []
    evidence = _evidence(X)
    for i, row in enumerate(values):
        chosen = [j for j in np.argsort(-row)[:most] if row[j] > 0.05]
        rest = float(row.sum() - row[chosen].sum())
        base = float(parts["typical"].iloc[i])
        en = [f"{THEMES[themes[j]].en} {number(row[j], 1, sign=True)}{evidence(themes[j], i).en}" for j in chosen]
        zh = [f"{THEMES[themes[j]].zh}{number(row[j], 1, sign=True)}{evidence(themes[j], i).zh}" for j in chosen]
        en.append(f"rest {number(rest, 1, sign=True)}; typical line {number(base, 1, sign=True)}")
        zh.append(f"其余{number(rest, 1, sign=True)}；一般记录{number(base, 1, sign=True)}")
        told.append(Text("; ".join(en), "；".join(zh)))
    return told


def _evidence(X: pd.DataFrame):  # type: ignore[no-untyped-def]
    """Return a function that gives the figure behind a theme for a line, in brackets, or nothing."""
    shown = {
        "unit_value": (
            "unit_value_gap" if "unit_value_gap" in X else "value_per_kg_gap",
            "{:.2f} of peers",
            "为同类的{:.2f}",
        ),
        "weight": ("unit_weight_gap", "{:.2f} of peers", "为同类的{:.2f}"),
        "enterprise": ("enterprise_past_rate", "past rate {:.0%}", "既往查获率{:.0%}"),
        "intermediary": ("declarant_past_rate", "past rate {:.0%}", "既往查获率{:.0%}"),
        "goods": ("hs4_past_rate", "past rate {:.0%}", "既往查获率{:.0%}"),
    }
    values = {t: X[c].to_numpy(dtype=float) for t, (c, _, _) in shown.items() if c in X}

    def say(theme: str, i: int) -> Text:
        if theme not in values or np.isnan(values[theme][i]):
            return Text("", "")
        x = np.exp(values[theme][i]) if theme in ("unit_value", "weight") else values[theme][i]
        return Text(f" ({shown[theme][1].format(x)})", f"（{shown[theme][2].format(x)}）")

    return say
