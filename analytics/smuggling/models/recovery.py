"""Expected recovery: what a finding would bring in, given that there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.smuggling.models.blocks import BLOCK, by_blocks

LEAST_FINDINGS = 40
INPUTS = (
    "log_value", "log_tax", "log_net_mass", "duty_rate", "unit_value_gap", "value_per_kg_gap", "unit_weight_gap",
    "duty_change", "price_change",
)  # fmt: skip


VALUE_SHARE = 0.03  # of the value, beside the tax, in what an amount is measured by: exempt lines have tax 0
PENALTIES = np.logspace(0, 3, 10)


class Recovery(BaseEstimator):
    """Amount recovered on a line with a finding.

    With at least 40 findings of known amount: the mean of two logs, brought back by the mean ratio of actual to
    predicted (Duan's smearing in ratio form). Boosting of the log amount knows bends, and gives no line more than it
    has seen; a ridge regression of the log of amount over tax and value knows that twice the tax is twice the amount,
    on the few large lines that hold most of it too. With fewer, or none known, the declared tax stands in (`proxy`).

    Parameters
    ----------
    seed : int

    Attributes
    ----------
    proxy_ : bool
        True when amounts are the declared tax (or the value, where no tax is known), not learned recoveries.
    factor_ : float
        Ratio applied to the prediction.
    inputs_ : features used
    regressor_ : boosting of log amounts, None where it is a proxy
    line_ : list; median, mean, standard deviation and slope of all inputs, then intercept, least and greatest
        log ratio seen; None where it is a proxy
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(
        self, X: pd.DataFrame, label: np.ndarray, recovered: np.ndarray, tax: np.ndarray, value: np.ndarray
    ) -> Recovery:
        """Learn from findings with a known positive amount.

        Parameters
        ----------
        X : features of labelled lines
        label : 1 finding, 0 none
        recovered, tax, value : amounts in the declarations' currency, missing where unknown
        """
        use = (label == 1) & (recovered > 0)
        self.proxy_, self.factor_, self.regressor_, self.line_ = True, 1.0, None, None
        self.inputs_ = [c for c in INPUTS if c in X.columns]
        if use.sum() >= LEAST_FINDINGS and self.inputs_:
            given, size, target = self._given(X.loc[use]), _size(tax[use], value[use]), np.log(recovered[use])
            with threadpool_limits(1):
                self.regressor_ = HistGradientBoostingRegressor(
                    max_iter=60, learning_rate=0.12, max_leaf_nodes=7, min_samples_leaf=15, random_state=self.seed
                ).fit(given, target)
                self.line_ = _line(given, target - size)
                fitted = self.joined(self.regressor_.predict(given), given, size)
            found = label == 1
            # findings without an amount count as nothing recovered
            self.factor_ = float(recovered[use].sum() / fitted.sum() * use.sum() / found.sum())
            self.proxy_ = False
        elif use.sum() > 0 and np.nansum(tax[use]) > 0:
            self.factor_ = float(np.nansum(recovered[use]) / np.nansum(tax[use]))
        return self

    def predict(self, X: pd.DataFrame, tax: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Amount expected if there is a finding, in the declarations' currency."""
        if self.regressor_ is None:
            return self.by_size(tax, value)
        given = self._given(X)
        boosted = by_blocks(self.regressor_.predict, given, 4 * BLOCK)
        return self.amounts(boosted, given, tax, value)

    def by_size(self, tax: np.ndarray, value: np.ndarray) -> np.ndarray:
        """The proxy: the declared tax, or the value where no tax is known."""
        return self.factor_ * np.nan_to_num(np.where(np.isnan(tax), value, tax))

    def amounts(self, boosted: np.ndarray, given: np.ndarray, tax: np.ndarray, value: np.ndarray) -> np.ndarray:
        """As `predict`, of the boosted log amount and the inputs (lines, inputs) themselves."""
        return self.factor_ * self.joined(boosted, given, _size(tax, value))

    def joined(self, boosted: np.ndarray, given: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Mean of both logs, brought back; `size` is the log of tax and value."""
        assert self.line_ is not None
        n = len(self.inputs_)
        (middle, mean, spread, slope), (shift, low, high) = np.reshape(self.line_[: 4 * n], (4, n)), self.line_[4 * n :]
        filled = np.where(np.isnan(given), middle, given)
        ratio = np.clip(((filled - mean) / spread) @ slope + shift, low, high)
        return np.asarray(np.exp((boosted + size + ratio) / 2))

    def _given(self, X: pd.DataFrame) -> np.ndarray:
        return X[self.inputs_].to_numpy(dtype="float64")


def _size(tax: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Log of what an amount is measured by."""
    return np.asarray(np.log1p(np.maximum(np.nan_to_num(tax) + VALUE_SHARE * np.nan_to_num(value), 0.0)))


def _line(given: np.ndarray, ratio: np.ndarray) -> list[float]:
    """Ridge regression of log ratios, its penalty by leave-one-out error; see `Recovery.line_`."""
    known = ~np.isnan(given)
    middle = np.array([np.median(x[k]) if k.any() else 0.0 for x, k in zip(given.T, known.T, strict=True)])
    filled = np.where(known, given, middle)
    mean, spread = filled.mean(axis=0), filled.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    fit = RidgeCV(PENALTIES).fit((filled - mean) / spread, ratio)
    return [*middle, *mean, *spread, *fit.coef_, float(fit.intercept_), float(ratio.min()), float(ratio.max())]
