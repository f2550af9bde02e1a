"""Score with a saved, approved model: a few lines by arrays, many by the model itself, with the same scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.fast.blend import Fast
from analytics.smuggling.fast.lines import features, plain
from analytics.smuggling.models.persistence import load
from analytics.smuggling.models.risk_model import (
    TOLD,
    Objective,
    RiskModel,
    in_order,
    score,
    scores_of,
    to_score,
    to_score_columns,
)
from analytics.smuggling.models.scorer import approved


def scorer(
    path: str | Path, *, objective: Objective = "hit_rate", unapproved: bool = False
) -> Callable[[Any], pd.DataFrame]:
    """Read a saved, approved model once; return a function that scores declarations with it.

    Parameters
    ----------
    path : file written by `save` and approved by `approve`
    objective : see `score`
    unapproved : score all the same, for a trial

    Returns
    -------
    function (declarations) -> DataFrame, see `score`; lines of one day, up to fifty and without outcomes, take
    milliseconds, since trees are arrays and records look-ups there.
    """
    if not unapproved:
        approved(path)
    model = load(path)
    fast = Fast.of(model)

    def scoring(declarations: Any) -> pd.DataFrame:
        if fast is None:
            return score(model, declarations, objective=objective)
        quick = few(fast, declarations, objective)
        return many(fast, declarations, objective) if quick is None else quick

    return scoring


def few(fast: Fast, declarations: Any, objective: Objective) -> pd.DataFrame | None:
    """Scores of a few lines of one day; None where it takes the whole way."""
    model = fast.model
    if not isinstance(declarations, pd.DataFrame):
        return None
    to_score_columns(model, declarations)
    lines = plain(declarations, model.features.attributes_)
    if lines is None:
        return None
    numbers, at = features(model.features, lines)
    z = model.calibrated(fast.members(numbers, at))
    kept = _told(model, lines)
    return scores_of(model, kept, z, fast.amounts(numbers, lines["tax"], lines["value"]), objective)


def many(fast: Fast, declarations: Any, objective: Objective) -> pd.DataFrame:
    """Scores of any lines: features as in `score`, members by look-ups."""
    model = fast.model
    ordered, back = in_order(to_score(model, declarations))
    X = model.features.transform(ordered)
    columns = {str(c): X[c].to_numpy() for c in X}
    z = model.calibrated(fast.members(columns, columns))
    amount = fast.amounts(columns, ordered["tax"].to_numpy(), ordered["value"].to_numpy())
    return scores_of(model, ordered[list(TOLD)], z, amount, objective).iloc[back].reset_index(drop=True)


def _told(model: RiskModel, lines: dict[str, Any]) -> pd.DataFrame:
    """The columns that scores stand beside."""
    text = ("declaration_id", "enterprise_id", "district", "port", "hs_code")
    made = {c: pd.array(lines[c], dtype="str") for c in text}
    found = {**made, "line_no": lines["line_no"], "date": lines["date"], "tax": np.asarray(lines["tax"])}
    return pd.DataFrame({c: found[c] for c in TOLD})
