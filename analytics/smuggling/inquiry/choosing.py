"""What a study selects: once, and week by week, with a random share that may learn."""

from __future__ import annotations

import pandas as pd

from analytics.smuggling.exploration.learnt import Learnt
from analytics.smuggling.features.units import Units
from analytics.smuggling.inquiry.answers import Answers
from analytics.smuggling.inquiry.comparison import Judged
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.weekly import loop


def choose(
    q: Question, model: RiskModel, fitted_on: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, Learnt | None]:
    """Select from scored lines.

    Parameters
    ----------
    model, fitted_on : what scored them, and the prepared lines that it was fitted on
    lines : result of `score`

    Returns
    -------
    (lines with stream and chance of selection, what the random share learnt by; None where it is fixed)
    """
    learnt = _learnt(q, model, fitted_on, lines)
    chosen = select(
        lines, q.rate, q.explore, unit=q.unit, most_per_enterprise=q.most_per_enterprise, capacity=q.capacity,
        learnt=learnt, seed=q.seed,
    )  # fmt: skip
    return chosen, learnt


def _learnt(q: Question, model: RiskModel, fitted_on: pd.DataFrame, lines: pd.DataFrame) -> Learnt | None:
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


def weekly(q: Question, judged: Judged, evaluation: pd.DataFrame, found: Answers) -> pd.DataFrame | None:
    """The weekly loop (see `loop`), where the outcome of every line is known."""
    if not q.refit_weeks or found.basis != "truth" or judged.model.copies:
        return None
    return loop(
        judged.model, judged.X, evaluation, found.by_line, found.lost,
        rate=q.rate, refit_weeks=q.refit_weeks, delay=q.label_delay, unit=q.unit, seed=q.seed,
    )  # fmt: skip
