"""The models that give a line its risk: members and their blend.

Every member is a scikit-learn pipeline over the same named features and gives a probability; the blend is the mean of
their log-odds, so that what moves a member moves the blend additively.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

MEMBERS = ("boosting", "trees", "logistic")
MODELS = ("blend", *MEMBERS, "lightgbm")
SMALLEST = 1e-4


def log_odds(p: np.ndarray) -> np.ndarray:
    """Natural log of p / (1 - p), p kept inside [0.0001, 0.9999]."""
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
    name: str, numeric: Sequence[str], encoded: Sequence[str], categories: Sequence[str], seed: int
) -> Pipeline:
    """Make an unfitted member.

    Parameters
    ----------
    name : one of `MEMBERS`, or "lightgbm" (optional extra)
    numeric, encoded, categories : column names of the features
        Numbers, group-wise target encodings (for trees) and raw text codes (for the logistic regression).
    seed : int
    """
    chosen = ColumnTransformer([("keep", "passthrough", [*numeric, *encoded])], verbose_feature_names_out=False)
    if name == "boosting":
        booster = HistGradientBoostingClassifier(
            max_iter=150,
            learning_rate=0.06,
            max_leaf_nodes=15,
            min_samples_leaf=25,
            l2_regularization=5.0,
            max_features=0.5,
            early_stopping=False,
            random_state=seed,
        )
        return make_pipeline(chosen, booster)
    if name == "trees":
        forest = ExtraTreesClassifier(n_estimators=150, min_samples_leaf=4, max_features=0.3, random_state=seed)
        return make_pipeline(chosen, forest)
    if name == "lightgbm":
        return make_pipeline(chosen, _lightgbm(seed))
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    codes = OneHotEncoder(handle_unknown="ignore", min_frequency=20, dtype=np.float32)
    both = ColumnTransformer(
        [("numbers", numbers, list(numeric)), ("codes", codes, list(categories))], verbose_feature_names_out=False
    )
    return make_pipeline(both, LogisticRegression(C=0.1, max_iter=300))


def _lightgbm(seed: int) -> Any:
    try:
        from lightgbm import LGBMClassifier
    except ImportError as missing:
        raise ImportError(
            'model "lightgbm" needs the optional extra: pip install "customs-analytics[lightgbm]"'
        ) from missing
    return LGBMClassifier(
        n_estimators=200, learning_rate=0.05, num_leaves=15, min_child_samples=25, random_state=seed, verbose=-1
    )


def _threads(lines: int) -> Any:
    """One thread for small work: on shared cores, threads that wait for each other cost more than they bring."""
    return threadpool_limits(1 if lines < 200_000 else None)


@dataclass
class Blend:
    """Mean of the members' log-odds.

    Parameters
    ----------
    names : members to fit
    numeric, encoded, categories : column names, see `pipeline`
    seed : int
    """

    names: tuple[str, ...]
    numeric: list[str]
    encoded: list[str]
    categories: list[str]
    seed: int = 0
    fitted_: dict[str, Pipeline] = field(default_factory=dict)

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
                made = pipeline(name, self.numeric, self.encoded, self.categories, self.seed)
                weights = {} if weight is None else {f"{made.steps[-1][0]}__sample_weight": weight}
                self.fitted_[name] = made.fit(X, y, **weights)
        return self

    def members(self, X: pd.DataFrame) -> pd.DataFrame:
        """Log-odds of every member, one column each."""
        with _threads(len(X)):
            z = {name: log_odds(model.predict_proba(X)[:, 1]) for name, model in self.fitted_.items()}
        return pd.DataFrame(z, index=X.index)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Mean log-odds of the members."""
        return np.asarray(self.members(X).mean(axis=1), dtype=float)
