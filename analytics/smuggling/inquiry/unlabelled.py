"""Where too few outcomes are known to learn from: rules and prices rank, and nothing is said of hit rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.features.build import Features
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.features.units import Units
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.models.rules import WORDS, expert_rules, rules_met
from analytics.smuggling.selection.choice import select


@dataclass(repr=False)
class RuleStudy:
    """A selection by rules alone.

    Attributes
    ----------
    question : Question
    targeting : scored and selected lines: points of the rules, and which of them each line meets
    outcomes, findings : inspected lines with an outcome, and with a finding
    inspected : lines that were inspected
    cause : what kept a model from being fitted
    lines : what was selected from, as prepared
    """

    question: Question
    targeting: pd.DataFrame
    outcomes: int
    findings: int
    inspected: int
    cause: str
    lines: pd.DataFrame

    def __repr__(self) -> str:
        return f"RuleStudy({int(self.targeting['selected'].sum()):,} lines by rules; {self.outcomes:,} outcomes known)"

    def _repr_html_(self) -> str:
        """What JupyterLab shows: a line, and the first of the lines selected."""
        first = self.targeting[self.targeting["selected"]].nlargest(5, "score")
        shown = first[["declaration_id", "line_no", "date", "score", "reasons"]]
        return f"<p>{self!r}</p>{shown.to_html(index=False)}"


def by_rules(declarations: Any, question: Question, cause: str, new: Any = None) -> RuleStudy:
    """Rank lines by expert rules on what was declared, and select.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame; the peers and the past that lines are compared with
    question : Question
    cause : why no model could be fitted
    new : Table, Ibis table or DataFrame, optional
        Lines to be selected from; by default all declarations.
    """
    frame = prepare(declarations, label_delay=question.label_delay)
    features = Features(question.half_life)
    known = frame["label"].notna()
    X = features.fit_transform(frame, np.arange(len(frame)), float(frame["label"].mean()) if known.any() else 0.0)
    lines = frame
    if new is not None:
        lines = prepare(new, label_delay=question.label_delay, use="declarations to be scored")
        X = features.transform(lines)
    keep = ["declaration_id", "line_no", "date", "enterprise_id", "district", "port", "hs_code", "tax"]
    scores = lines[keep].assign(score=expert_rules(X), probability=np.nan)
    scores["declaration_score"] = (units := Units.of(lines)).most(scores["score"].to_numpy())[units.code]
    chosen = select(
        scores, question.rate, question.explore, unit=question.unit, capacity=question.capacity,
        most_per_enterprise=question.most_per_enterprise, seed=question.seed,
    )  # fmt: skip
    met = {WORDS[name]: flags > 0 for name, flags in rules_met(X).items()}
    for column, language in (("reasons", 0), ("reasons_zh", 1)):
        chosen[column] = [("; ", "；")[language].join(words) for words in _words(met, language, len(lines))]
    found = int((frame["label"] == 1).sum())
    return RuleStudy(question, chosen, int(known.sum()), found, int(frame["inspected"].sum()), cause, lines)


def _words(met: dict[Any, np.ndarray], language: int, lines: int) -> list[list[str]]:
    """Rules that each line meets, in words."""
    return [[text[language] for text, flags in met.items() if flags[i]] for i in range(lines)]
