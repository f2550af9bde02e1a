"""One honest run on a set of declarations: split in time, audit for leaks, fit, compare, choose, grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.audit import copies
from analytics.smuggling.audit.outcomes import OutcomeAudit, left_out
from analytics.smuggling.audit.records import Records
from analytics.smuggling.evaluation.strategies import ceiling, evaluate, shares_with
from analytics.smuggling.explanation.contributions import reasons
from analytics.smuggling.exploration.learnt import Learnt
from analytics.smuggling.features.frames import FewOutcomesError, as_pandas, goods_key
from analytics.smuggling.features.units import Units
from analytics.smuggling.inquiry.answers import Answers, answers
from analytics.smuggling.inquiry.believed import Calibration
from analytics.smuggling.inquiry.comparison import SELECTION, Comparison, Judged, assisted, leaking
from analytics.smuggling.inquiry.learning import learnt_of
from analytics.smuggling.inquiry.periods import Periods
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.inquiry.unlabelled import RuleStudy, by_rules
from analytics.smuggling.models.fitting import fit_prepared
from analytics.smuggling.models.risk_model import RiskModel, scored, to_score
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.enterprises import grade
from analytics.smuggling.selection.estimation import Rate, finding_rate
from analytics.smuggling.selection.weekly import loop


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
    weeks : the weekly loop (see `loop`), None where outcomes of lines that nobody chose are not known
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
    q = question or Question()
    data = Periods.of(declarations, q)
    # one member is enough to show what copies are worth
    official = leaking(data.frame, data.all_train, data.evaluation, data.columns, q.fitting) if data.purged else None
    model, evaluation = fit_prepared(data.train, data.columns, q.fitting), data.evaluation
    judged, found = Judged.by(model, evaluation, q.unit), answers(evaluation, truth, q.unit)
    lines = judged.scored(q.objective)
    learnt = learnt_of(q, model, data.train, lines)
    chosen = _chosen(q, lines, learnt)
    comparison = Comparison.of(judged, found, "purged" if data.purged else "time", q.seed, q.rate)
    assist = assisted(judged, found)
    comparison = comparison.with_selection(chosen, judged, found, q.rate, assist)
    if official is not None:
        comparison = _beside(comparison, official, found, judged, q.rate)
    used, targeting = _with_reasons((model, judged.X, chosen)) if new is None else _of_new(q, data, new)
    if new is not None:
        learnt = learnt_of(q, used, data.frame, targeting)
    return Study(
        question=q,
        model=model,
        train=data.train,
        evaluation=evaluation,
        start=data.start,
        audit=data.audit,
        outcome_audit=data.told,
        records=data.records,
        purged=data.purged,
        answers=found,
        comparison=comparison,
        scored_lines=lines,
        targeting=targeting,
        enterprises=grade(
            targeting, used.outcomes, enterprises, yellow_findings=q.yellow_findings, red_findings=q.red_findings
        ),
        rate=finding_rate(data.train),
        calibration=Calibration.of(lines, chosen, found, q.unit, assist),
        weeks=_weeks(q, judged, evaluation, found),
        firms=None if enterprises is None else as_pandas(enterprises),
        learnt=learnt,
    )


def _beside(
    comparison: Comparison, official: dict[str, np.ndarray], found: Answers, judged: Judged, rate: float
) -> Comparison:
    """The comparison with what leaking copies would score."""
    known = {name: found.units.most(values) for name, values in official.items()}
    cluster = goods_key(judged.lines).to_numpy()[found.units.first]
    leaked = evaluate(
        known, found.finding, cluster=cluster, weight=found.weight, split="official (leaks)", shares=shares_with(rate)
    )
    return Comparison(pd.concat([comparison.table, leaked], ignore_index=True), comparison.curves)


def _weeks(q: Question, judged: Judged, evaluation: pd.DataFrame, found: Answers) -> pd.DataFrame | None:
    """The weekly loop, where the outcome of every line is known."""
    if not q.refit_weeks or found.basis != "truth" or judged.model.copies:
        return None
    return loop(
        judged.model, judged.X, evaluation, found.by_line, found.lost,
        rate=q.rate, refit_weeks=q.refit_weeks, delay=q.label_delay, unit=q.unit, seed=q.seed,
    )  # fmt: skip


def _chosen(q: Question, lines: pd.DataFrame, learnt: Learnt | None) -> pd.DataFrame:
    return select(
        lines, q.rate, q.explore, unit=q.unit, most_per_enterprise=q.most_per_enterprise, capacity=q.capacity,
        learnt=learnt, seed=q.seed,
    )  # fmt: skip


def _of_new(q: Question, data: Periods, new: Any) -> tuple[RiskModel, pd.DataFrame]:
    """The model fitted on all lines, and the new lines chosen with their reasons."""
    model = fit_prepared(data.frame, data.columns, q.fitting)
    prepared = left_out(to_score(model, new), data.leaks)
    X = model.matrix(prepared)
    lines = scored(model, prepared, X, q.objective)
    return _with_reasons((model, X, _chosen(q, lines, learnt_of(q, model, data.frame, lines))))


def _with_reasons(made: tuple[RiskModel, pd.DataFrame, pd.DataFrame]) -> tuple[RiskModel, pd.DataFrame]:
    """The model, and what it chose with the reasons for it."""
    model, X, targeting = made
    chosen = np.flatnonzero((targeting["stream"] == "targeted").to_numpy())
    told = reasons(model, X.iloc[chosen].reset_index(drop=True)) if len(chosen) else []
    for name, position in (("reasons", 0), ("reasons_zh", 1)):
        text = np.full(len(targeting), "", dtype=object)
        text[chosen] = [t[position] for t in told]
        text[np.flatnonzero((targeting["stream"] == "random").to_numpy())] = ("random draw", "随机抽取")[position]
        targeting[name] = pd.Series(text, index=targeting.index, dtype="str")
    return model, targeting
