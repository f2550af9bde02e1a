"""The members of a blend as look-ups and arrays: a category is a position in a table, whatever a member makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from analytics.smuggling.fast.trees import Trees, of_boosting, of_forest
from analytics.smuggling.models.blend import log_odds
from analytics.smuggling.models.blocks import in_parts
from analytics.smuggling.models.members import MEMBERS
from analytics.smuggling.models.risk_model import RiskModel

PART = 2048  # lines treated at once: what their trees read stays in the cache of a core
FEW = 200  # lines up to which arrays of all trees at once are quicker than tree by tree
Tables = dict[str, np.ndarray]  # by category: one row a position, and a last one for codes that were not seen


@dataclass(frozen=True)
class Fast:
    """A fitted model's log-odds and amounts, from numbers and positions of categories.

    Attributes
    ----------
    model : RiskModel that was compiled
    encoded : tables of target encodings, float32
    boosted : tables of codes that boosting reads
    linear : tables of what a category adds to the logistic regression
    boosting, forest, recovery : Trees, None where there is none
    """

    model: RiskModel
    encoded: Tables
    boosted: Tables
    linear: Tables
    boosting: Trees | None
    forest: Trees | None
    recovery: Trees | None

    @classmethod
    def of(cls, model: RiskModel) -> Fast | None:
        """Compile; None where a member is of another library, or where trees cannot be read or read otherwise.

        Trees are read where scikit-learn keeps them, which another version may change: what was compiled is held
        against the members' own predictions before it is used, and the public way scores where they differ.
        """
        if set(model.blend.fitted_) - set(MEMBERS):
            return None
        try:
            made = cls._compiled(model)
            return made if agrees(made) else None
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return None

    @classmethod
    def _compiled(cls, model: RiskModel) -> Fast:
        """Arrays and tables of a model's members."""
        fitted = model.blend.fitted_
        categories = model.features.categories_
        size = {c: len(model.features.levels_[c]) for c in categories}
        rows = _every_position(size)
        encoded = model.encoder.transform(rows) if categories else pd.DataFrame(index=rows.index)
        tables = {c: _kept(encoded[f"{c}_rate"].to_numpy(), size[c]) for c in categories}
        boosting, forest, own = fitted.get("boosting"), fitted.get("trees"), model.recovery.regressor_
        return cls(
            model,
            tables,
            {} if boosting is None else _boosted(boosting, model, rows, size),
            {} if "logistic" not in fitted else _linear(fitted["logistic"], rows, size),
            None if boosting is None else of_boosting(boosting[-1]._predictors),
            None if forest is None else of_forest(forest[-1].estimators_),
            None if own is None else of_boosting(own._predictors),
        )

    def members(self, numbers: dict[str, np.ndarray], at: dict[str, np.ndarray]) -> pd.DataFrame:
        """Log-odds of every member.

        Parameters
        ----------
        numbers : features of lines by name, float32
        at : positions of categories in the features' `levels_`, -1 where a code was not seen
        """
        inputs, names = self.model.blend.inputs, list(self.model.blend.fitted_)
        plain, places = [numbers[c] for c in inputs.numeric], [at[c] for c in inputs.categories]
        lines = len((plain or places)[0])

        def part(first: int, last: int) -> np.ndarray:
            X = np.column_stack([x[first:last] for x in plain]).astype(np.float32, copy=False)
            own = {c: x[first:last] for c, x in zip(inputs.categories, places, strict=True)}
            return np.column_stack([self._member(name, X, own, lines <= FEW) for name in names])

        return pd.DataFrame(in_parts(part, lines, PART), columns=names)

    def _member(self, name: str, plain: np.ndarray, at: dict[str, np.ndarray], few: bool) -> np.ndarray:
        """Log-odds of one member: few lines by arrays of all trees at once, many by the trees themselves."""
        fitted = self.model.blend.fitted_[name]
        if name == "boosting":
            assert self.boosting is not None
            X = _beside([t[at[c]] for c, t in self.boosted.items()], plain, first=True)
            return log_odds(expit(self.boosting.sums(X) + _base(fitted[-1]) if few else _rounds(fitted[-1], X)))
        if name == "trees":
            assert self.forest is not None
            X = _beside([t[at[c]] for c, t in self.encoded.items()], plain, first=False)
            total = self.forest.sums(X) if few else _votes(fitted[-1], X.astype(np.float32))
            return log_odds(total / len(self.forest.roots))
        return log_odds(expit(self._logistic(fitted, plain, at)))

    def _logistic(self, fitted: Any, plain: np.ndarray, at: dict[str, np.ndarray]) -> np.ndarray:
        """Log-odds of the logistic regression: numbers as its own steps prepare them, categories looked up."""
        parts, last = fitted[0], fitted[-1]
        impute, scale = parts.named_transformers_["numbers"]
        filled = np.where(np.isnan(plain), impute.statistics_.astype(np.float32), plain)
        gaps = np.isnan(plain[:, impute.indicator_.features_]) if impute.indicator_ is not None else plain[:, :0]
        X = np.column_stack([filled, gaps]).astype(np.float32)  # as scikit-learn scales them, to the last digit
        X -= scale.mean_.astype(np.float32)
        X /= scale.scale_.astype(np.float32)
        z = X @ last.coef_[0, parts.output_indices_["numbers"]] + float(last.intercept_[0])
        for category, table in self.linear.items():
            z = z + table[at[category]]
        return np.asarray(z)

    def amounts(self, numbers: dict[str, np.ndarray], tax: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Amount that a finding would bring; see `recovery.Recovery.predict`."""
        own = self.model.recovery
        if self.recovery is None:
            return own.by_size(tax, value)
        X, base = np.column_stack([numbers[c] for c in own.inputs_]).astype(float), _base(own.regressor_)
        if len(X) > FEW:
            boosted = in_parts(lambda first, last: _rounds(own.regressor_, X[first:last]), len(X), PART)
        else:
            boosted = self.recovery.sums(X) + base
        return own.amounts(boosted, X, tax, value)


def agrees(fast: Fast, seed: int = 0) -> bool:
    """Whether compiled members give what the members themselves give, of few lines and of many.

    The lines are made up around the model's typical one: figures moved or missing, any position of every category.
    """
    model, rng = fast.model, np.random.default_rng(seed)
    count, inputs = FEW + 1, model.blend.inputs
    numbers = {}
    for name in inputs.numeric:
        typical = np.nan_to_num(model.reference[name])
        values = typical + rng.normal(0, 1 + abs(typical), count)
        numbers[name] = np.where(rng.random(count) < 0.1, np.nan, values).astype(np.float32)
    levels = model.features.levels_
    at = {c: rng.integers(-1, len(levels[c]), count).astype("int32") for c in inputs.categories}
    X = pd.DataFrame(numbers | at)
    X = pd.concat([X, model.encoder.transform(X[inputs.categories])], axis=1) if inputs.categories else X
    wanted = model.blend.members(X).to_numpy()
    for n in (count, 20):
        found = fast.members({c: x[:n] for c, x in numbers.items()}, {c: x[:n] for c, x in at.items()})
        if not np.allclose(found.to_numpy(), wanted[:n], rtol=0, atol=1e-9):
            return False
    return True


def _base(booster: Any) -> float:
    """What a booster starts from."""
    return float(np.ravel(booster._baseline_prediction)[0])


def _beside(tables: list[np.ndarray], plain: np.ndarray, first: bool) -> np.ndarray:
    """Numbers and what categories stand for side by side, float64; the latter first or last."""
    n, k = len(plain), len(tables)
    X = np.empty((n, k + plain.shape[1]))
    start = 0 if first else plain.shape[1]
    for j, column in enumerate(tables):
        X[:, start + j] = column
    X[:, k if first else 0 :][:, : plain.shape[1]] = plain
    return X


def _rounds(booster: Any, X: np.ndarray) -> np.ndarray:
    """Raw prediction of many lines (float64) by the booster's own trees, without preparing them again."""
    known, places = booster._bin_mapper.make_known_categories_bitsets()
    raw = np.full(len(X), _base(booster))
    for (predictor,) in booster._predictors:
        raw += predictor.predict(X, known, places, 1)
    return raw


def _votes(forest: Any, X: np.ndarray) -> np.ndarray:
    """Sum over trees of the chance of a finding; the forest's own call costs more than its trees on few lines."""
    total = np.zeros(len(X))
    for tree in forest.estimators_:
        total += tree.tree_.predict(X)[:, 1]
    return total


def _every_position(size: dict[str, int]) -> pd.DataFrame:
    """Rows that show every category all its positions, and -1."""
    i = np.arange(max(size.values(), default=0) + 1)
    return pd.DataFrame({c: np.where(i < n, i, -1).astype("int32") for c, n in size.items()}, index=i)


def _kept(column: np.ndarray, positions: int) -> np.ndarray:
    """The rows of a category's positions, and the one of -1 behind them."""
    return np.asarray(column[: positions + 1])


def _boosted(fitted: Any, model: RiskModel, rows: pd.DataFrame, size: dict[str, int]) -> Tables:
    """Codes as the booster's own preparation gives them: categories stand before numbers there."""
    booster = fitted[-1]
    numbers = pd.DataFrame(0.0, index=rows.index, columns=model.blend.inputs.numeric)
    seen = np.asarray(fitted[:-1].transform(pd.concat([numbers, rows], axis=1)))
    low = list(fitted[0].transformers_[1][2])
    if not low:
        return {}
    ready, known = (
        np.asarray(booster._preprocess_X(seen, reset=False)),
        booster._bin_mapper.make_known_categories_bitsets(),
    )
    tables = {}
    for j, category in enumerate(low):
        codes = ready[:, j].astype(float)
        inside = np.array(
            [np.isfinite(c) and bool(known[0][known[1][j], int(c) // 32] >> (int(c) % 32) & 1) for c in codes]
        )
        tables[category] = _kept(np.where(inside, codes, np.nan).astype(np.float32), size[category])
    return tables


def _linear(fitted: Any, rows: pd.DataFrame, size: dict[str, int]) -> Tables:
    """What each position of a category adds to the log-odds."""
    parts, coefficients = fitted[0], fitted[-1].coef_[0]
    onehot, single = parts.named_transformers_["codes"], list(parts.transformers_[1][2])
    if not single:
        return {}
    coded = onehot.transform(rows[single])
    width = np.array([len(names) for names in _columns_of(onehot)])
    end = np.cumsum(width)
    own = coefficients[parts.output_indices_["codes"]]
    return {
        c: _kept(np.asarray(coded[:, e - w : e] @ own[e - w : e]), size[c])
        for c, w, e in zip(single, width, end, strict=True)
    }


def _columns_of(onehot: Any) -> list[np.ndarray]:
    """Columns that each category has after coding, rare codes joined."""
    return [np.arange(n) for n in onehot._n_features_outs]
