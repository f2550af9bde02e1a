"""What the random share of a study learns from: outcomes of its training period, by stratum."""

from __future__ import annotations

import pandas as pd

from analytics.smuggling.exploration.learnt import Learnt
from analytics.smuggling.features.units import Units
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.models.risk_model import RiskModel


def learnt_of(q: Question, model: RiskModel, fitted_on: pd.DataFrame, lines: pd.DataFrame) -> Learnt | None:
    """What the outcomes that a model was fitted on teach of the strata of scored lines; None where nothing adapts."""
    if q.exploration != "adaptive":
        return None
    known = fitted_on.loc[model.outcomes.index]
    stream = (known["selection_stream"] == "random").fillna(False).to_numpy(dtype=bool)
    ids = known["declaration_id"] if q.unit == "declaration" else pd.Series(known.index, known.index)
    outcomes = model.outcomes.assign(declaration_id=ids, chapter=known["hs2"], targeted=~stream)
    units = Units.of(lines, q.unit)
    column = "probability" if q.unit == "line" else "declaration_risk"
    risk, chapter = lines[column].to_numpy()[units.first], lines["hs_code"].str[:2].to_numpy()[units.first]
    return Learnt.of(outcomes, risk, chapter, q.half_life)
