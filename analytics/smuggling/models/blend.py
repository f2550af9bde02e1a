"""The blend: a weighted mean of its members' log-odds, so that what moves a member moves the blend additively."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.smuggling.models.blocks import BLOCK, by_blocks
from analytics.smuggling.models.members import MANY_LINES, TREES, Inputs, Size, member

SMALLEST = 2e-3


def log_odds(p: np.ndarray) -> np.ndarray:
    """Natural log of p / (1 - p), p kept inside [0.002, 0.998]."""
    inside = np.clip(p, SMALLEST, 1 - SMALLEST)
    return np.log(inside / (1 - inside))


def probability(z: np.ndarray) -> np.ndarray:
    """Inverse of `log_odds`."""
    return 1.0 / (1.0 + np.exp(-np.asarray(z, dtype=float)))


class Blend(BaseEstimator):
    """Weighted mean of the members' log-odds.

    Parameters
    ----------
    names : members to fit
    inputs : Inputs, columns of the features
    seed : int
    trees : int, of the extra trees
    copies : bool, see `members.Size`

    Attributes
    ----------
    fitted_ : dict of name to Pipeline
    weights_ : dict of name to weight; equal ones before `weigh`
    """

    def __init__(
        self, names: tuple[str, ...], inputs: Inputs, seed: int = 0, trees: int = TREES, copies: bool = False
    ) -> None:
        self.names = names
        self.inputs = inputs
        self.seed = seed
        self.trees = trees
        self.copies = copies

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None = None) -> Blend:
        """Fit every member on the same lines.

        Parameters
        ----------
        X : DataFrame holding at least the columns named
        y : array of 0 and 1
        weight : array, optional
            Weight of a line (copies of the same goods share one).
        """
        self.fitted_: dict[str, Pipeline] = {}
        size = Size(len(X), self.trees, self.copies)
        with _threads(len(X)):
            for name in self.names:
                made = member(name, self.inputs, size, self.seed)
                weighted = weight is not None and name != "logistic"  # a linear fit needs the copies' full count
                weights = {f"{made.steps[-1][0]}__sample_weight": weight} if weighted else {}
                self.fitted_[name] = made.fit(X, y, **weights)
        return self

    def members(self, X: pd.DataFrame) -> pd.DataFrame:
        """Log-odds of every member, one column each."""
        z = {name: log_odds(_chance(name, model, X)) for name, model in self.fitted_.items()}
        return pd.DataFrame(z, index=X.index)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Log-odds of the blend."""
        return self.combine(self.members(X))

    def weigh(self, z: pd.DataFrame, y: np.ndarray) -> Blend:
        """Learn the members' weights from their out-of-fold log-odds.

        Weights are not negative and sum to one; a ridge pulls them to equal shares, strongly while findings are few.
        Source: Breiman (1996), Stacked regressions.
        """
        k = z.shape[1]
        if k == 1:
            self.weights_ = {str(z.columns[0]): 1.0}
            return self
        Z, ridge = z.to_numpy(dtype=float), 10.0

        def loss(theta: np.ndarray) -> float:
            eta = Z @ theta[:k] + theta[k]
            return float(np.sum(np.logaddexp(0, eta) - y * eta) + ridge * np.sum((theta[:k] - 1 / k) ** 2))

        start = np.append(np.full(k, 1 / k), 0.0)
        best = minimize(loss, start, method="L-BFGS-B", bounds=[(0, None)] * k + [(None, None)]).x[:k]
        share = best / best.sum() if best.sum() > 0 else np.full(k, 1 / k)
        self.weights_ = {str(name): float(w) for name, w in zip(z.columns, share, strict=True)}
        return self

    def combine(self, z: pd.DataFrame) -> np.ndarray:
        """Weighted mean of members' log-odds; equal weights before `weigh`."""
        weights = getattr(self, "weights_", {})
        w = np.array([weights.get(str(c), 1 / z.shape[1]) for c in z.columns])
        return np.asarray(z.to_numpy(dtype=float) @ w)


def _threads(lines: int) -> Any:
    """One thread for small work: on shared cores, threads that wait for each other cost more than they bring."""
    return threadpool_limits(1 if lines < MANY_LINES else None)


def _chance(name: str, model: Pipeline, X: pd.DataFrame) -> np.ndarray:
    """Probability of a finding by one member."""
    last = model[-1]
    if isinstance(last, LogisticRegression):
        return probability(_linear(model[0], last, X))
    ready = np.asarray(model[:-1].transform(X), dtype=np.float32)
    # a call of the forest asks every tree in turn
    return by_blocks(lambda lines: last.predict_proba(lines)[:, 1], ready, 4 * BLOCK if name == "trees" else BLOCK)


def _linear(parts: ColumnTransformer, fitted: LogisticRegression, X: pd.DataFrame) -> np.ndarray:
    """Log-odds of the logistic regression, part by part: joining dense numbers to sparse codes costs ten times more."""
    z = np.full(len(X), float(fitted.intercept_[0]))
    for name, transformer, columns in parts.transformers_:
        if transformer != "drop" and len(columns):
            z += transformer.transform(X[columns]) @ fitted.coef_[0, parts.output_indices_[name]]
    return z
