"""The members of the blend: scikit-learn pipelines over the same named features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

MEMBERS = ("boosting", "trees", "logistic")
MODELS = ("blend", *MEMBERS, "lightgbm")
HIGH_CARDINALITY = ("hs4", "hs6", "hs2_origin", "hs4_origin")  # too many codes for native splits
TREES, TREES_FOR_COPIES = 70, 100
MOST_PER_TREE = 50_000
MANY_LINES = 200_000  # from here on threads pay


@dataclass(frozen=True)
class Inputs:
    """Columns of the features: numbers, group-wise target encodings (for trees), raw codes (for the regression)."""

    numeric: list[str]
    encoded: list[str]
    categories: list[str]

    @property
    def trees_see(self) -> ColumnTransformer:
        """Numbers and encodings as they are."""
        return ColumnTransformer(
            [("keep", "passthrough", [*self.numeric, *self.encoded])], verbose_feature_names_out=False
        )


@dataclass(frozen=True)
class Size:
    """What a member is fitted on.

    Attributes
    ----------
    lines : above `MOST_PER_TREE` every tree sees a sample of that size
    trees : of the extra trees
    copies : the lines are copies of each other: no record stands among the features, and each counts for less
    """

    lines: int = 0
    trees: int = TREES
    copies: bool = False


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


def member(name: str, inputs: Inputs, size: Size, seed: int) -> Pipeline:
    """Make an unfitted member: one of `MEMBERS`, or "lightgbm" (optional extra)."""
    return {"boosting": _boosting, "trees": _trees, "logistic": _logistic, "lightgbm": _lightgbm}[name](
        inputs, size, seed
    )


def _boosting(inputs: Inputs, size: Size, seed: int) -> Pipeline:
    low = [c for c in inputs.categories if c not in HIGH_CARDINALITY]
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, min_frequency=20, max_categories=200, dtype=np.float32
    )
    split = ColumnTransformer([("numbers", "passthrough", list(inputs.numeric)), ("codes", codes, low)])
    booster = HistGradientBoostingClassifier(
        max_iter=200 if size.copies else 120,
        learning_rate=0.04 if size.copies else 0.065,
        max_leaf_nodes=12,
        min_samples_leaf=30,
        l2_regularization=5.0,
        max_features=0.4 if size.copies else 0.2,
        early_stopping=False,
        categorical_features=list(range(len(inputs.numeric), len(inputs.numeric) + len(low))),
        random_state=seed,
    )
    return make_pipeline(split, booster)


def _trees(inputs: Inputs, size: Size, seed: int) -> Pipeline:
    sampled = {"bootstrap": True, "max_samples": MOST_PER_TREE} if size.lines > MOST_PER_TREE else {}
    share = 0.25 if size.copies else 0.6
    forest = ExtraTreesClassifier(size.trees, min_samples_leaf=2, max_features=share, random_state=seed, **sampled)
    return make_pipeline(inputs.trees_see, forest)


def _logistic(inputs: Inputs, size: Size, seed: int) -> Pipeline:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    codes = OneHotEncoder(handle_unknown="ignore", min_frequency=20, dtype=np.float32)
    single = [c for c in inputs.categories if "_" not in c or c not in HIGH_CARDINALITY]
    both = ColumnTransformer([("numbers", numbers, list(inputs.numeric)), ("codes", codes, single)])
    return make_pipeline(both, LogisticRegression(C=0.1, solver="liblinear", random_state=seed))


def _lightgbm(inputs: Inputs, size: Size, seed: int) -> Pipeline:
    made: Any
    try:
        from lightgbm import LGBMClassifier
    except (ImportError, OSError) as missing:  # its wheel asks the system for libgomp
        raise ImportError(
            f'model "lightgbm" needs the optional extra: pip install "customs-analytics[lightgbm]" ({missing})'
        ) from missing
    made = LGBMClassifier(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        min_child_samples=25,
        n_jobs=1 if size.lines < MANY_LINES else None,
        random_state=seed,
        verbose=-1,
    )
    return make_pipeline(inputs.trees_see, made)
