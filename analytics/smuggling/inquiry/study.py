"""One honest run on a set of declarations: split in time, audit for leaks, fit, compare, choose, grade."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.audit import copies
from analytics.smuggling.audit.outcomes import OutcomeAudit, left_out
from analytics.smuggling.audit.records import Records
from analytics.smuggling.evaluation.strategies import ceiling
from analytics.smuggling.explanation.contributions import with_reasons
from analytics.smuggling.exploration.learnt import Learnt
from analytics.smuggling.features.frames import FewOutcomesError, as_pandas
from analytics.smuggling.features.units import Units
from analytics.smuggling.inquiry.answers import Answers, answers
from analytics.smuggling.inquiry.believed import Calibration
from analytics.smuggling.inquiry.choosing import choose, weekly
from analytics.smuggling.inquiry.comparison import SELECTION, Comparison, Judged, assisted, leaking
from analytics.smuggling.inquiry.periods import Periods
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.inquiry.unlabelled import RuleStudy, by_rules
from analytics.smuggling.models.fitting import fit_prepared
from analytics.smuggling.models.risk_model import RiskModel, score_prepared, to_score
from analytics.smuggling.selection.enterprises import grade
from analytics.smuggling.selection.estimation import Rate


@dataclass(repr=False)
class Study:
    """All that the page shows.

    Attributes
    ----------
    question : Question
    model : RiskModel
    train, evaluation : prepared lines of the two periods
    start : first day of the evaluation period
    audit : copies of judged lines in training
    outcome_audit : columns that tell outcomes which nobody knew
    records : whether the records are what they seem
    purged : training copies of evaluation lines were taken out
    answers : what the evaluation lines are judged against
    comparison : every ranking judged by them
    scored_lines : evaluation lines with their scores, whatever `targeting` selects from
    targeting : scored and selected lines, aligned to `evaluation` or to the lines to be scored
    enterprises : result of `grade`
    rate : estimated finding rate of the training period
    calibration : predicted against observed rates, of all and within the selection
    weeks : the weekly loop (see `weekly`), None where outcomes of lines that nobody chose are not known
    firms : enterprises as given, for the comparison by age
    learnt : by what the random share of `targeting` adapted; None where it is fixed
    """

    question: Question
    model: RiskModel
    train: pd.DataFrame
    evaluation: pd.DataFrame
    start: pd.Timestamp
    audit: copies.LeakAudit
    outcome_audit: OutcomeAudit
    records: Records
    purged: bool
    answers: Answers
    comparison: Comparison
    scored_lines: pd.DataFrame
    targeting: pd.DataFrame
    enterprises: pd.DataFrame
    rate: Rate
    calibration: Calibration
    weeks: pd.DataFrame | None = None
    firms: pd.DataFrame | None = None
    learnt: Learnt | None = None

    @property
    def ceiling(self) -> float:
        """Best hit rate that any ranking can reach at the selected rate."""
        return ceiling(self.answers.prevalence, self.question.rate)

    def at(self, strategy: str, share: float, split: str | None = None) -> pd.Series:
        """One row of the evaluation table."""
        t = self.comparison.table
        rows = t[(t["strategy"] == strategy) & np.isclose(t["selected_share"], share)]
        return rows[rows["split"] == (split or self.split)].iloc[0]

    @property
    def split(self) -> str:
        """Name of the split that the verdict rests on."""
        return "purged" if self.purged else "time"

    @property
    def selection(self) -> pd.Series:
        """What the selection itself reaches on the judged units: headline and tiles take it from here."""
        return self.at(SELECTION, self.question.rate)

    def heads(self, lines: pd.DataFrame) -> pd.DataFrame:
        """One row a unit of scored or selected lines: its first line with the unit's risk and score."""
        if self.question.unit == "line":
            return lines.reset_index(drop=True)
        units = Units.of(lines)
        heads = lines.iloc[units.first].reset_index(drop=True)
        return heads.assign(probability=heads["declaration_risk"], score=heads["declaration_score"])

    def __repr__(self) -> str:
        row = self.selection
        return (
            f"Study(hit rate {row['precision']:.1%} ({row['low95']:.1%} to {row['high95']:.1%}) at "
            f"{self.question.rate:.0%}; {self.answers.known:,} {self.question.unit}s with an outcome "
            f"from {self.start.date()}, {self.answers.basis})"
        )

    def _repr_html_(self) -> str:
        """What JupyterLab shows: a line, and the first of the lines selected."""
        first = self.targeting[self.targeting["selected"]].nlargest(5, "score")
        shown = first[["declaration_id", "line_no", "date", "probability", "expected_recovery", "reasons"]]
        return f"<p>{self!r}</p>{shown.to_html(index=False)}"


def answer(declarations: Any, question: Question | None = None, **given: Any) -> Study | RuleStudy:
    """A study, or a selection by rules where too few outcomes are known; see `study` for what may be given."""
    try:
        return study(declarations, question, **given)
    except FewOutcomesError as few:
        return by_rules(declarations, question or Question(), str(few), given.get("new"))


def study(
    declarations: Any,
    question: Question | None = None,
    *,
    enterprises: Any = None,
    new: Any = None,
    truth: pd.DataFrame | None = None,
) -> Study:
    """Fit on the earlier lines, judge on the later ones, choose among these, grade the enterprises.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
    question : Question, optional
        What is selected and how it is judged; its defaults where it is not given.
    enterprises : Table or DataFrame, optional
        For the legal category.
    new : Table, Ibis table or DataFrame, optional
        Lines to be scored and selected from, by a model fitted on all lines; by default the evaluation period.
    truth : DataFrame (declaration_id, line_no, tax_lost), optional
        Non-compliant lines of a simulated customs. Used to judge only; no feature reads it.
    """
    q, firms = question or Question(), None if enterprises is None else as_pandas(enterprises)
    data = Periods.of(declarations, q)
    model = fit_prepared(data.train, data.columns, q.fitting)
    used = model if new is None else fit_prepared(data.frame, data.columns, q.fitting)
    # one member is enough to show what copies are worth
    copied = fit_prepared(data.all_train, data.columns, replace(q.fitting, model="boosting")) if data.purged else None
    judged, found = Judged.by(model, data.evaluation, q.unit), answers(data.evaluation, truth, q.unit)
    lines = judged.scored(q.objective)
    chosen, learnt = choose(q, model, data.train, lines)
    weeks, assist = weekly(q, judged, data.evaluation, found), assisted(judged, found)
    comparison = Comparison.of(judged, found, "purged" if data.purged else "time", q.seed, q.rate)
    if copied is not None:
        own = copied.log_odds(copied.matrix(judged.lines))
        comparison = comparison.with_copies(leaking(own, data.frame, judged), judged, found, q.rate)
    comparison = comparison.with_selection(chosen, judged, found, q.rate, assist)
    X, targeting = judged.X, chosen
    if new is not None:
        prepared = left_out(to_score(used, new), data.leaks)
        X, fresh = score_prepared(used, prepared, q.objective)
        targeting, learnt = choose(q, used, data.frame, fresh)
    graded = grade(targeting, used.outcomes, firms, yellow_findings=q.yellow_findings, red_findings=q.red_findings)
    return Study(
        question=q,
        model=model,
        train=data.train,
        evaluation=data.evaluation,
        start=data.start,
        audit=data.audit,
        outcome_audit=data.told,
        records=data.records,
        purged=data.purged,
        answers=found,
        comparison=comparison,
        scored_lines=lines,
        targeting=with_reasons(used, X, targeting),
        enterprises=graded,
        rate=data.rate,
        calibration=Calibration.of(lines, chosen, found, q.unit, assist),
        weeks=weeks,
        firms=firms,
        learnt=learnt,
    )
