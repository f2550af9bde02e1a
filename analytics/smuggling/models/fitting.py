"""Fit a risk model on declarations with outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from analytics.smuggling.audit.copies import duplicated
from analytics.smuggling.features.build import Features
from analytics.smuggling.features.encoding import GroupedTargetEncoder
from analytics.smuggling.features.folds import grouped_folds
from analytics.smuggling.features.frames import columns_of, enough_labels, fingerprint, goods_key, prepare
from analytics.smuggling.models.blend import Blend
from analytics.smuggling.models.calibration import calibrations
from analytics.smuggling.models.members import TREES, TREES_FOR_COPIES, Inputs, members_of
from analytics.smuggling.models.recovery import Recovery
from analytics.smuggling.models.risk_model import RiskModel

FOLDS = 3
OPEN = 4000  # lines without outcome on which models out of fold and the whole one are compared


@dataclass(frozen=True)
class Fitting:
    """How a model is fitted.

    Attributes
    ----------
    model : "blend", one of its members ("boosting", "trees", "logistic"), or "lightgbm" (optional extra)
    label_delay : days until an outcome is known, where it has no date
    half_life, strength : days and outcomes; forgetting and shrinkage of the past-only rates
    seed : of every random number
    """

    model: str = "blend"
    label_delay: int = 28
    half_life: float = 180.0
    strength: float = 10.0
    seed: int = 0


def fit(declarations: Any, **settings: Any) -> RiskModel:
    """Fit a risk model.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
        Canonical declarations of the training period, inspected or not; `finding` where inspected. Lines without an
        outcome serve history and peers.
    **settings : model, label_delay, half_life, strength, seed
        See `Fitting`.

    Returns
    -------
    RiskModel

    Raises
    ------
    InputError
        No outcome, only one kind of outcome, a missing column.

    Notes
    -----
    Probabilities are calibrated by Platt scaling of grouped out-of-fold log-odds, of lines and of declarations; each
    outcome counts by a power of the number of units it stands for (see `calibration.Platt`).
    """
    how = Fitting(**settings)
    frame = prepare(declarations, label_delay=how.label_delay, use="training declarations")
    return fit_prepared(frame, [c for c in columns_of(declarations) if c in frame.columns], how)


def fit_prepared(frame: pd.DataFrame, columns: list[str], how: Fitting | None = None) -> RiskModel:
    """Fit on lines from `frames.prepare`; `columns` are those that the source held. See `fit`."""
    how = how or Fitting()
    names = members_of(how.model)
    enough_labels(frame["label"], "training declarations")
    rows = np.flatnonzero(frame["label"].notna().to_numpy())
    groups, _ = pd.factorize(goods_key(frame.iloc[rows]))
    known = fingerprint(frame)
    label = frame["label"].to_numpy()[rows]
    copies = duplicated(frame)
    features, encoder = Features(how.half_life, how.strength, record=not copies), GroupedTargetEncoder(seed=how.seed)
    X = features.fit_transform(frame, rows, float(label.mean()), _without_outcome(frame, how.seed))
    X, others = X.iloc[: len(rows)], X.iloc[len(rows) :]
    X = pd.concat([X, encoder.fit_transform(X[features.categories_], label.astype(int), groups)], axis=1)
    if len(others):
        others = pd.concat([others, encoder.transform(others[features.categories_])], axis=1)
    inputs = Inputs(features.numeric_, encoder.get_feature_names_out(), features.categories_)
    blend = Blend(names, inputs, how.seed, TREES_FOR_COPIES if copies else TREES, copies)
    sample_weight = 1.0 / np.bincount(groups)[groups].astype(float) if copies else None  # copies share one
    reference = _typical(X[label == 0], features.categories_)
    parts, of_others = _out_of_fold(blend, X, label, groups, sample_weight, others)
    z = (blend if copies else blend.weigh(parts, label)).combine(parts)
    by_line, by_declaration, lines = calibrations(frame, rows, z)
    blend.fit(X, label, sample_weight)
    scales = blend.combine(of_others), blend.predict(others) if len(others) else np.empty(0)
    recovered, tax, value = (frame[c].to_numpy()[rows] for c in ("recovered", "tax", "value"))
    return RiskModel(
        features=features,
        encoder=encoder,
        blend=blend,
        platt=by_line.of_whole(*scales),
        platt_declaration=by_declaration.of_whole(*scales),
        recovery=Recovery(how.seed).fit(X, label, recovered, tax, value),
        columns=columns,
        trained_from=frame["date"].min(),
        trained_to=frame["date"].max(),
        lines=len(frame),
        labelled=len(rows),
        findings=int(label.sum()),
        base_rate=float(np.average(label, weights=lines.weight[rows])),
        design=lines,
        copies=copies,
        reference=reference,
        label_delay=how.label_delay,
        model=how.model,
        outcomes=frame.loc[rows, ["enterprise_id", "date"]].assign(finding=label, probability=by_line.transform(z)),
        fingerprint=known,
        training=(X, label),
    )


def _without_outcome(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Positions of some lines without an outcome, drawn at random."""
    unseen = np.flatnonzero(frame["label"].isna().to_numpy())
    return np.sort(np.random.default_rng(seed).choice(unseen, min(OPEN, len(unseen)), replace=False))


def _out_of_fold(
    blend: Blend,
    X: pd.DataFrame,
    label: np.ndarray,
    groups: np.ndarray,
    weight: np.ndarray | None,
    others: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Log-odds by member of training lines, from members that saw neither them nor their copies, and of `others`.

    The latter are the mean of all folds' members.
    """
    z = pd.DataFrame(0.0, index=range(len(X)), columns=list(blend.names))
    mean = pd.DataFrame(0.0, index=others.index, columns=z.columns)
    fold = grouped_folds(label, groups, FOLDS, blend.seed)
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        part = clone(blend).set_params(trees=blend.trees // 2)
        part.fit(X.iloc[inside], label[inside], None if weight is None else weight[inside])
        z.iloc[outside] = part.members(X.iloc[outside]).to_numpy()
        mean += part.members(others) / FOLDS if len(others) else 0.0
    return z, mean


def _typical(X: pd.DataFrame, categories: list[str]) -> dict[str, float]:
    """Median of every number, commonest code of every category."""
    typical = X.drop(columns=categories).median()
    return {**{str(c): float(v) for c, v in typical.items()}, **{c: float(X[c].mode().iloc[0]) for c in categories}}
