"""One honest run on a set of declarations: split in time, audit for leaks, fit, compare, choose, grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics import tables
from analytics.smuggling.evaluation.splits import time_split, without_outcomes
from analytics.smuggling.evaluation.strategies import SHARES, ceiling, evaluate, gains, precision_at
from analytics.smuggling.features import leaks
from analytics.smuggling.features.frames import as_pandas, goods_key, prepare
from analytics.smuggling.models.calibration import calibration_error
from analytics.smuggling.models.reasons import reasons
from analytics.smuggling.models.risk_model import Objective, RiskModel, fit_prepared, scored
from analytics.smuggling.models.risk_model import to_score as to_score_lines
from analytics.smuggling.models.rules import expert_rules
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.enterprises import grade
from analytics.smuggling.selection.estimation import Rate, finding_rate
from analytics.smuggling.selection.weekly import loop

BASIS = ("truth", "all_inspected", "inspected_only")


@dataclass
class Study:
    """All that the page shows.

    Attributes
    ----------
    model : RiskModel
    train, evaluation : prepared lines of the two periods
    start : first day of the evaluation period
    audit : LeakAudit
    purged : training copies of evaluation lines were taken out
    basis : what the hit rate is judged against: "truth" (simulated), "all_inspected" (every line has an outcome) or
        "inspected_only" (the outcomes of the lines that were inspected, which targeting chose)
    judged : positions of the evaluation lines that have an answer
    answer : 1.0 finding, 0.0 none, of the judged lines
    table : evaluation.csv
    curve : gains of the chosen strategy
    targeting : scored and selected lines, aligned to `evaluation`
    enterprises : result of `grade`
    rate : estimated finding rate of the training period
    scored_lines : evaluation lines with their scores, whatever `targeting` selects from
    weeks : the weekly loop (see `loop.loop`), None where outcomes of lines that nobody chose are not known
    firms : enterprises as given, for the comparison by age
    """

    model: RiskModel
    train: pd.DataFrame
    evaluation: pd.DataFrame
    start: pd.Timestamp
    audit: leaks.LeakAudit
    purged: bool
    basis: str
    judged: np.ndarray
    answer: np.ndarray
    table: pd.DataFrame
    curve: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    targeting: pd.DataFrame
    enterprises: pd.DataFrame
    rate: Rate
    objective: Objective
    selected_rate: float
    ece: float
    reliability: pd.DataFrame
    scored_lines: pd.DataFrame
    weeks: pd.DataFrame | None = None
    firms: pd.DataFrame | None = None

    @property
    def prevalence(self) -> float:
        """Share of findings among the judged evaluation lines."""
        return float(self.answer.mean())

    @property
    def ceiling(self) -> float:
        """Best hit rate that any ranking can reach at the selected rate."""
        return ceiling(self.prevalence, self.selected_rate)

    def at(self, strategy: str, share: float, split: str | None = None) -> pd.Series:
        """One row of the evaluation table."""
        t = self.table
        rows = t[(t["strategy"] == strategy) & np.isclose(t["selected_share"], share)]
        return rows[rows["split"] == (split or self.split)].iloc[0]

    @property
    def split(self) -> str:
        """Name of the split that the verdict rests on."""
        return "purged" if self.purged else "time"


def study(
    declarations: Any,
    *,
    enterprises: Any = None,
    to_score: Any = None,
    truth: pd.DataFrame | None = None,
    model: str = "blend",
    objective: Objective = "hit_rate",
    rate: float = 0.04,
    explore: float = 0.1,
    most_per_enterprise: int | None = None,
    capacity: int | None = None,
    label_delay: int = 28,
    half_life: float = 180.0,
    evaluate_from: str | None = None,
    evaluation_share: float = 0.25,
    purge: bool = True,
    cards: tuple[int, int] = (2, 4),
    refit_weeks: int = 4,
    seed: int = 0,
) -> Study:
    """Fit on the earlier lines, judge on the later ones, choose among these, grade the enterprises.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
    enterprises : Table or DataFrame, optional
        For the legal category.
    to_score : Table, Ibis table or DataFrame, optional
        New lines to be scored and selected from, by a model fitted on all lines; by default the evaluation period.
    truth : DataFrame (declaration_id, line_no, tax_lost), optional
        Non-compliant lines of a simulated customs. Used to judge only; no feature reads it.
    model, label_delay, half_life, seed : see `fit`
    objective : see `score`
    rate, explore, most_per_enterprise, capacity : see `select`
    evaluate_from, evaluation_share : see `splits.time_split`
    purge : bool
        Take training copies of evaluation lines out when the audit flags them.
    cards : (yellow, red)
        See `grade`.
    refit_weeks : int
        Weeks after which the weekly loop fits its model anew; 0 leaves the loop out.
    """
    frame = prepare(declarations, label_delay=label_delay)
    train, evaluation, start = time_split(frame, evaluate_from=evaluate_from, share=evaluation_share)
    audit = leaks.audit(train, evaluation)
    settings = {"model": model, "label_delay": label_delay, "half_life": half_life, "seed": seed}
    columns = [c for c in declarations.columns if c in frame.columns]
    official = None
    if audit.flagged and purge:
        # one member is enough to show what copies are worth
        leaking = fit_prepared(train, columns, **(settings | {"model": "boosting"}))  # type: ignore[arg-type]
        official = leaking.log_odds(leaking.matrix(without_outcomes(evaluation)))
        train = leaks.purge(train, evaluation).reset_index(drop=True)
    fitted = fit_prepared(train, columns, **settings)  # type: ignore[arg-type]
    blind = without_outcomes(evaluation)
    X = fitted.matrix(blind)
    basis, judged, answer, amount = _answers(evaluation, truth)
    members = fitted.blend.members(X)
    table, ranked = _compare(
        fitted, blind, X, members, judged, answer, amount, seed, "purged" if audit.flagged and purge else "time"
    )
    if official is not None:
        known = {
            "boosting": official[judged],
            "look-up of copies": _lookup(frame, evaluation, start, label_delay)[judged],
        }
        cluster = goods_key(evaluation).to_numpy()[judged]
        table = pd.concat(
            [table, evaluate(known, answer, cluster=cluster, split="official (leaks)")], ignore_index=True
        )
    lines = scored(fitted, blind, X, objective, fitted.calibrated(members))
    p = lines["probability"].to_numpy()[judged]
    judged_lines, weeks = lines, None
    if refit_weeks and basis == "truth" and not fitted.copies:
        weeks = loop(
            fitted, X, evaluation, answer, amount, rate=rate, refit_weeks=refit_weeks, delay=label_delay, seed=seed
        )  # fmt: skip
    used = fitted
    if to_score is not None:
        used = fit_prepared(frame, columns, **settings)  # type: ignore[arg-type]
        new = to_score_lines(used, to_score)
        X = used.matrix(new)
        lines = scored(used, new, X, objective)
    targeting = select(lines, rate, explore, most_per_enterprise=most_per_enterprise, capacity=capacity, seed=seed)
    _give_reasons(targeting, used, X)
    return Study(
        model=fitted,
        train=train,
        evaluation=evaluation,
        start=start,
        audit=audit,
        purged=bool(audit.flagged and purge),
        basis=basis,
        judged=judged,
        answer=answer,
        table=table,
        curve=gains(ranked["blend"], answer, amount),
        curves={name: gains(values, answer, amount) for name, values in ranked.items()},
        targeting=targeting,
        enterprises=grade(targeting, used.outcomes, enterprises, yellow_findings=cards[0], red_findings=cards[1]),
        rate=finding_rate(train),
        objective=objective,
        selected_rate=rate,
        ece=calibration_error(p, answer),
        reliability=reliability(p, answer),
        scored_lines=judged_lines,
        weeks=weeks,
        firms=None if enterprises is None else as_pandas(enterprises),
    )


def truth_of(source: str) -> pd.DataFrame | None:
    """Non-compliant lines of a simulated source, drawn again from its seed; None for any other source.

    Parameters
    ----------
    source : such as "simulated:lines=60000,seed=7"
    """
    if not source.startswith("simulated:") or " + " in source:
        return None
    given: dict[str, Any] = dict(part.split("=", 1) for part in source.removeprefix("simulated:").split(","))
    made = tables.simulate(**{k: v if k == "setting" else int(v) for k, v in given.items()})  # type: ignore[arg-type]
    return made.truth["lines"]


def reliability(p: np.ndarray, y: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Predicted and observed rates by bins of equal size: predicted, observed, low95, high95 (Wilson), lines."""
    order = np.argsort(p, kind="stable")
    rows = []
    for part in np.array_split(order, bins):
        n, rate = len(part), y[part].mean()
        z = 1.96
        centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        rows.append((p[part].mean(), rate, centre - half, centre + half, n))
    return pd.DataFrame(rows, columns=["predicted", "observed", "low95", "high95", "lines"])


def _answers(
    evaluation: pd.DataFrame, truth: pd.DataFrame | None
) -> tuple[str, np.ndarray, np.ndarray, np.ndarray | None]:
    """Basis, judged positions, answers and amounts of the evaluation lines."""
    if truth is not None:
        lost = truth.assign(line_no=truth["line_no"].astype(int)).drop_duplicates(["declaration_id", "line_no"])
        keys = evaluation[["declaration_id"]].assign(line_no=evaluation["line_no"].astype(int))
        joined = keys.merge(
            lost[["declaration_id", "line_no", "tax_lost"]], how="left", on=["declaration_id", "line_no"]
        )
        answer = joined["tax_lost"].notna().to_numpy(dtype=float)
        return "truth", np.arange(len(evaluation)), answer, joined["tax_lost"].fillna(0).clip(lower=0).to_numpy()
    label = evaluation["label"].to_numpy()
    judged = np.flatnonzero(~np.isnan(label))
    amount = evaluation["recovered"].to_numpy()[judged]
    basis = "all_inspected" if len(judged) >= 0.95 * len(evaluation) else "inspected_only"
    return basis, judged, label[judged], amount if np.nansum(amount) > 0 else None


def _compare(
    model: RiskModel,
    blind: pd.DataFrame,
    X: pd.DataFrame,
    members: pd.DataFrame,
    judged: np.ndarray,
    answer: np.ndarray,
    amount: np.ndarray | None,
    seed: int,
    split: str,
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Evaluate the blend by objective, its members, expert rules and chance on the judged lines."""
    z = model.calibrated(members)
    ranked = {"blend": z}
    if amount is not None:
        ranked["blend, mixture"] = scored(model, blind, X, "mixture", z)["score"].to_numpy()
        ranked["blend, expected tax"] = scored(model, blind, X, "expected_tax", z)["score"].to_numpy()
    if len(model.blend.names) > 1:
        ranked |= {str(name): own.to_numpy() for name, own in members.items()}
    ranked["expert rules"] = expert_rules(X)
    ranked["random"] = np.random.default_rng(seed).random(len(blind))
    ranked = {name: values[judged] for name, values in ranked.items()}
    cluster = (goods_key(blind) if model.copies else blind["enterprise_id"]).to_numpy()[judged]
    table = evaluate(ranked, answer, recovered=amount, cluster=cluster, split=split, shares=SHARES, seed=seed)
    return table, ranked


def _lookup(frame: pd.DataFrame, evaluation: pd.DataFrame, start: pd.Timestamp, label_delay: int) -> np.ndarray:
    """Score of a mere look-up of the goods among earlier lines: what a leak is worth."""
    earlier = frame[(frame["date"] < start) & frame["label"].notna()]
    rate = earlier["label"].groupby(goods_key(earlier).to_numpy()).mean()
    return goods_key(evaluation).map(rate).fillna(float(earlier["label"].mean())).to_numpy()


def _give_reasons(targeting: pd.DataFrame, model: RiskModel, X: pd.DataFrame) -> None:
    chosen = np.flatnonzero((targeting["stream"] == "targeted").to_numpy())
    told = reasons(model, X.iloc[chosen].reset_index(drop=True)) if len(chosen) else []
    for name, position in (("reasons", 0), ("reasons_zh", 1)):
        text = np.full(len(targeting), "", dtype=object)
        text[chosen] = [t[position] for t in told]
        text[np.flatnonzero((targeting["stream"] == "random").to_numpy())] = ("random draw", "随机抽取")[position]
        targeting[name] = pd.Series(text, index=targeting.index, dtype="str")


__all__ = ["BASIS", "Study", "precision_at", "reliability", "study", "truth_of"]
