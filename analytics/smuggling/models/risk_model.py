"""Fit a risk model on declarations with outcomes, and score declarations with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.folds import grouped_folds
from analytics.smuggling.features.frames import InputError, enough_labels, fingerprint, goods_key, prepare
from analytics.smuggling.features.leaks import duplicated
from analytics.smuggling.models.calibration import Platt, inspection_weights
from analytics.smuggling.models.classifiers import TREES, TREES_FOR_COPIES, Blend, members_of, probability
from analytics.smuggling.models.recovery import Recovery

Objective = Literal["hit_rate", "expected_tax", "mixture"]
FOLDS = 3


@dataclass
class RiskModel:
    """A fitted model with all that scoring needs.

    Attributes
    ----------
    features, encoder, blend, platt, recovery : fitted parts, in the order in which a line passes them
    columns : columns present in the training source; scoring asks for them again
    trained_from, trained_to : first and last date of the training lines
    lines, labelled, findings : training lines, those with an outcome, those with a finding
    base_rate : estimated share of findings among all training lines
    copies : the training lines are copies of each other (history is off, copies share one weight in trees, members
        weigh the same)
    reference : features of a typical line without a finding; reasons are measured from it
    label_delay : int, days
    outcomes : DataFrame (enterprise_id, date, finding, probability), inspected training lines with the probability
        that a model which saw neither them nor their copies gives them
    fingerprint : sha256 of the training lines
    training : (features, label) of the inspected training lines, for the weekly loop; not kept in a saved model
    """

    features: Features
    encoder: GroupedTargetEncoder
    blend: Blend
    platt: Platt
    recovery: Recovery
    columns: list[str]
    trained_from: pd.Timestamp
    trained_to: pd.Timestamp
    lines: int
    labelled: int
    findings: int
    base_rate: float
    copies: bool
    reference: dict[str, float]
    label_delay: int
    model: str
    outcomes: pd.DataFrame
    fingerprint: str
    training: tuple[pd.DataFrame, np.ndarray] | None = None

    def matrix(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> pd.DataFrame:
        """Features with encodings of lines from `frames.prepare`."""
        X = self.features.transform(frame, rows)
        return pd.concat([X, self.encoder.transform(X[self.features.categories_])], axis=1)

    def log_odds(self, X: pd.DataFrame) -> np.ndarray:
        """Calibrated log-odds of a finding."""
        return self.calibrated(self.blend.members(X))

    def calibrated(self, members: pd.DataFrame) -> np.ndarray:
        """The same from the members' log-odds."""
        return self.platt.slope * self.blend.combine(members) + self.platt.shift


def fit(
    declarations: Any,
    *,
    model: str = "blend",
    label_delay: int = 28,
    half_life: float = 180.0,
    strength: float = 10.0,
    seed: int = 0,
) -> RiskModel:
    """Fit a risk model.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
        Canonical declarations of the training period, inspected or not; `finding` where inspected. Lines without an
        outcome serve history and peers.
    model : "blend", one of its members ("boosting", "trees", "logistic"), or "lightgbm" (optional extra)
    label_delay : int, days
        Used where an outcome has no date.
    half_life : float, days; strength : float, outcomes
        Forgetting and shrinkage of the past-only rates.
    seed : int

    Returns
    -------
    RiskModel

    Raises
    ------
    InputError
        No outcome, only one kind of outcome, a missing column.

    Notes
    -----
    Probabilities are calibrated by Platt scaling of grouped out-of-fold log-odds, each inspected line weighted by
    the number of lines it stands for (inverse propensity, from the random stream).
    """
    frame = prepare(declarations, label_delay=label_delay, use="training declarations")
    columns = [c for c in _columns(declarations) if c in frame.columns]
    return fit_prepared(
        frame, columns, model=model, label_delay=label_delay, half_life=half_life, strength=strength, seed=seed
    )


def fit_prepared(
    frame: pd.DataFrame,
    columns: list[str],
    *,
    model: str = "blend",
    label_delay: int = 28,
    half_life: float = 180.0,
    strength: float = 10.0,
    seed: int = 0,
) -> RiskModel:
    """Fit on lines from `frames.prepare`; `columns` are those that the source held. See `fit`."""
    names = members_of(model)
    enough_labels(frame["label"], "training declarations")
    weights = inspection_weights(frame)
    rows = np.flatnonzero(frame["label"].notna().to_numpy())
    label = frame["label"].to_numpy()[rows]
    base_rate = float(np.average(label, weights=weights[rows]))
    copies = duplicated(frame)
    features = Features(half_life, strength, record=not copies)
    X = features.fit_transform(frame, rows, float(label.mean()))
    groups, count = _groups(frame.iloc[rows])
    encoder = GroupedTargetEncoder(seed=seed)
    X = pd.concat([X, encoder.fit_transform(X[features.categories_], label.astype(int), groups)], axis=1)
    sample_weight = 1.0 / count if copies else None
    trees = TREES_FOR_COPIES if copies else TREES
    encoded = encoder.get_feature_names_out()
    blend = Blend(names, features.numeric_, encoded, features.categories_, seed, trees=trees, copies=copies)
    parts = _out_of_fold(blend, X, label, groups, sample_weight)
    z = (blend if copies else blend.weigh(parts, label)).combine(parts)
    platt = Platt().fit(z, label, weights[rows])
    blend.fit(X, label, sample_weight)
    recovered, tax = frame["recovered"].to_numpy()[rows], frame["tax"].to_numpy()[rows]
    return RiskModel(
        features=features,
        encoder=encoder,
        blend=blend,
        platt=platt,
        recovery=Recovery().fit(X, label, recovered, tax, seed),
        columns=columns,
        trained_from=frame["date"].min(),
        trained_to=frame["date"].max(),
        lines=len(frame),
        labelled=len(rows),
        findings=int(label.sum()),
        base_rate=base_rate,
        copies=copies,
        reference=_typical(X[label == 0], features.categories_),
        label_delay=label_delay,
        model=model,
        outcomes=frame.loc[rows, ["enterprise_id", "date"]].assign(finding=label, probability=platt.transform(z)),
        fingerprint=fingerprint(frame),
        training=(X, label),
    )


def score(model: RiskModel, declarations: Any, *, objective: Objective = "hit_rate") -> pd.DataFrame:
    """Score declarations.

    Parameters
    ----------
    model : RiskModel
    declarations : Table, Ibis table or DataFrame
        Lines to be scored. Outcomes among them count as history from the day they became known, for later lines only.
    objective : {"hit_rate", "expected_tax", "mixture"}
        What the score ranks by: the probability of a finding p, p times the amount a finding would bring, or
        p times the square root of that amount.

    Returns
    -------
    DataFrame, one row a line in the given order: declaration_id, line_no, date, enterprise_id, district, port, tax,
    probability, expected_recovery, score.

    Raises
    ------
    InputError
        A column of the training source is missing.
    """
    frame = to_score(model, declarations)
    return scored(model, frame, model.matrix(frame), objective)


def to_score(model: RiskModel, declarations: Any) -> pd.DataFrame:
    """Prepare lines to be scored; raise InputError where they lack a column the model was trained with."""
    given = set(_columns(declarations))
    outcomes = {"inspected", "label", "recovered", "selection_stream", "selection_probability"}
    for column in model.columns:
        if column not in given and column not in outcomes:
            raise InputError(
                f'declarations to be scored: column "{column}" is missing; the model was trained with it. '
                "Add it by the column map, or train a model without it."
            )
    return prepare(declarations, label_delay=model.label_delay, use="declarations to be scored")


def scored(
    model: RiskModel, frame: pd.DataFrame, X: pd.DataFrame, objective: Objective, z: np.ndarray | None = None
) -> pd.DataFrame:
    """Probability, expected recovery and score of prepared lines whose features (and log-odds `z`) are at hand."""
    if objective not in get_args(Objective):
        raise ValueError(f'objective must be one of {", ".join(get_args(Objective))}, got "{objective}".')
    p = probability(model.log_odds(X) if z is None else z)
    amount = model.recovery.predict(X, frame["tax"].to_numpy(), frame["value"].to_numpy())
    keep = ["declaration_id", "line_no", "date", "enterprise_id", "district", "port", "tax"]
    table = frame[keep].copy()
    table["probability"] = p
    table["expected_recovery"] = p * amount
    table["score"] = {"hit_rate": p, "expected_tax": p * amount, "mixture": p * np.sqrt(amount)}[objective]
    return table


def _groups(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Code of the goods of every line, and how many labelled lines share it."""
    codes, _ = pd.factorize(goods_key(frame))
    return codes, np.bincount(codes)[codes].astype(float)


def _out_of_fold(
    blend: Blend, X: pd.DataFrame, label: np.ndarray, groups: np.ndarray, weight: np.ndarray | None
) -> pd.DataFrame:
    """Log-odds by member of training lines, from members that saw neither them nor their copies."""
    z = pd.DataFrame(0.0, index=range(len(X)), columns=list(blend.names))
    fold = grouped_folds(label, groups, FOLDS, blend.seed)
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        part = replace(blend, fitted_={}, weights_={}, trees=blend.trees // 2)
        part.fit(X.iloc[inside], label[inside], None if weight is None else weight[inside])
        z.iloc[outside] = part.members(X.iloc[outside]).to_numpy()
    return z


def _typical(X: pd.DataFrame, categories: list[str]) -> dict[str, float]:
    """Median of every number, commonest code of every category."""
    typical = X.drop(columns=categories).median()
    return {**{str(c): float(v) for c, v in typical.items()}, **{c: float(X[c].mode().iloc[0]) for c in categories}}


def _columns(declarations: Any) -> list[str]:
    columns = getattr(declarations, "columns", None)
    return [str(c) for c in (declarations.ibis.columns if columns is None else columns)]
