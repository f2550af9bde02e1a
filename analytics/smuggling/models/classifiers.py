"""The models that give a line its risk: members and their blend.

Every member is a scikit-learn pipeline over the same named features and gives a probability; the blend is a weighted
mean of their log-odds, so that what moves a member moves the blend additively.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.smuggling.models.blocks import BLOCK, by_blocks

MEMBERS = ("boosting", "trees", "logistic")
MODELS = ("blend", *MEMBERS, "lightgbm")
HIGH_CARDINALITY = ("hs4", "hs6", "hs2_origin", "hs4_origin")  # too many codes for native splits
SMALLEST = 2e-3
TREES, TREES_FOR_COPIES = 70, 100
MOST_PER_TREE = 50_000
MANY_LINES = 200_000  # from here on threads pay


def log_odds(p: np.ndarray) -> np.ndarray:
    """Natural log of p / (1 - p), p kept inside [0.002, 0.998]."""
    inside = np.clip(p, SMALLEST, 1 - SMALLEST)
    return np.log(inside / (1 - inside))


def probability(z: np.ndarray) -> np.ndarray:
    """Inverse of `log_odds`."""
    return 1.0 / (1.0 + np.exp(-np.asarray(z, dtype=float)))


def members_of(model: str) -> tuple[str, ...]:
    """Names of the members that a model averages.

    Raises
    ------
    ValueError
        When there is no such model.
    """
    if model not in MODELS:
        raise ValueError(f'model must be one of {", ".join(MODELS)}, got "{model}".')
    return MEMBERS if model == "blend" else (model,)


def pipeline(
    name: str, numeric: Sequence[str], encoded: Sequence[str], categories: Sequence[str], seed: int,
    trees: int = TREES, lines: int = 0, copies: bool = False,
) -> Pipeline:  # fmt: skip
    """Make an unfitted member.

    Parameters
    ----------
    name : one of `MEMBERS`, or "lightgbm" (optional extra)
    numeric, encoded, categories : column names of the features
        Numbers, group-wise target encodings (for trees) and raw text codes (for the logistic regression).
    seed : int
    trees : int, of the extra trees
    lines : int, that it will be fitted on; above `MOST_PER_TREE` every tree sees a sample of that size
    copies : bool, the lines are copies of each other: no record stands among the features, and each counts for less
    """
    trees_see = ColumnTransformer([("keep", "passthrough", [*numeric, *encoded])], verbose_feature_names_out=False)
    if name == "boosting":
        low = [c for c in categories if c not in HIGH_CARDINALITY]
        codes = OrdinalEncoder(
            handle_unknown="use_encoded_value",
            unknown_value=np.nan,
            min_frequency=20,
            max_categories=200,
            dtype=np.float32,
        )
        split = ColumnTransformer([("numbers", "passthrough", list(numeric)), ("codes", codes, low)])
        booster = HistGradientBoostingClassifier(
            max_iter=200 if copies else 120,
            learning_rate=0.04 if copies else 0.065,
            max_leaf_nodes=12,
            min_samples_leaf=30,
            l2_regularization=5.0,
            max_features=0.4 if copies else 0.2,
            early_stopping=False,
            categorical_features=list(range(len(numeric), len(numeric) + len(low))),
            random_state=seed,
        )
        return make_pipeline(split, booster)
    if name == "trees":
        sampled = {"bootstrap": True, "max_samples": MOST_PER_TREE} if lines > MOST_PER_TREE else {}
        share = 0.25 if copies else 0.6
        forest = ExtraTreesClassifier(trees, min_samples_leaf=2, max_features=share, random_state=seed, **sampled)
        return make_pipeline(trees_see, forest)
    if name == "lightgbm":
        return make_pipeline(trees_see, _lightgbm(seed, 1 if lines < MANY_LINES else None))
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    codes = OneHotEncoder(handle_unknown="ignore", min_frequency=20, dtype=np.float32)
    single = [c for c in categories if "_" not in c or c not in HIGH_CARDINALITY]
    both = ColumnTransformer([("numbers", numbers, list(numeric)), ("codes", codes, single)])
    return make_pipeline(both, LogisticRegression(C=0.1, solver="liblinear", random_state=seed))


def _lightgbm(seed: int, threads: int | None) -> Any:
    try:
        from lightgbm import LGBMClassifier
    except (ImportError, OSError) as missing:  # its wheel asks the system for libgomp
        raise ImportError(
            f'model "lightgbm" needs the optional extra: pip install "customs-analytics[lightgbm]" ({missing})'
        ) from missing
    return LGBMClassifier(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        min_child_samples=25,
        n_jobs=threads,
        random_state=seed,
        verbose=-1,
    )


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


@dataclass
class Blend:
    """Weighted mean of the members' log-odds.

    Parameters
    ----------
    names : members to fit
    numeric, encoded, categories : column names, see `pipeline`
    seed : int
    trees : int, of the extra trees
    copies : bool, see `pipeline`
    """

    names: tuple[str, ...]
    numeric: list[str]
    encoded: list[str]
    categories: list[str]
    seed: int = 0
    fitted_: dict[str, Pipeline] = field(default_factory=dict)
    weights_: dict[str, float] = field(default_factory=dict)
    trees: int = TREES
    copies: bool = False

    def fit(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None = None) -> Blend:
        """Fit every member on the same lines.

        Parameters
        ----------
        X : DataFrame holding at least the columns named
        y : array of 0 and 1
        weight : array, optional
            Weight of a line (copies of the same goods share one).
        """
        self.fitted_ = {}
        with _threads(len(X)):
            for name in self.names:
                made = pipeline(
                    name, self.numeric, self.encoded, self.categories, self.seed, self.trees, len(X), self.copies
                )
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
        w = np.array([self.weights_.get(str(c), 1 / z.shape[1]) for c in z.columns])
        return np.asarray(z.to_numpy(dtype=float) @ w)
