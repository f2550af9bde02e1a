"""Expected recovery: what a finding would bring in, given that there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.smuggling.models.blocks import BLOCK, by_blocks

LEAST_FINDINGS = 40
INPUTS = (
    "log_value", "log_tax", "log_net_mass", "duty_rate", "unit_value_gap", "value_per_kg_gap", "unit_weight_gap",
    "duty_change", "price_change",
)  # fmt: skip


class Recovery(BaseEstimator):
    """Amount recovered on a line with a finding.

    With at least 40 findings of known amount: boosting on log amounts, brought back by the mean ratio of actual to
    predicted (Duan's smearing in ratio form). With fewer, or none known, the declared tax stands in (`proxy`).

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
    regressor_ : of log amounts, None where it is a proxy
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: pd.DataFrame, label: np.ndarray, recovered: np.ndarray, tax: np.ndarray) -> Recovery:
        """Learn from findings with a known positive amount.

        Parameters
        ----------
        X : features of labelled lines
        label : 1 finding, 0 none
        recovered, tax : amounts in the declarations' currency, missing where unknown
        """
        use = (label == 1) & (recovered > 0)
        self.proxy_, self.factor_, self.regressor_ = True, 1.0, None
        self.inputs_ = [c for c in INPUTS if c in X.columns]
        if use.sum() >= LEAST_FINDINGS and self.inputs_:
            target = np.log(recovered[use])
            with threadpool_limits(1):
                self.regressor_ = HistGradientBoostingRegressor(
                    max_iter=60, learning_rate=0.12, max_leaf_nodes=7, min_samples_leaf=15, random_state=self.seed
                ).fit(self._given(X.loc[use]), target)
                fitted = np.exp(self.regressor_.predict(self._given(X.loc[use])))
            found = label == 1
            # findings without an amount count as nothing recovered
            self.factor_ = float(recovered[use].sum() / fitted.sum() * use.sum() / found.sum())
            self.proxy_ = False
        elif use.sum() > 0 and np.nansum(tax[use]) > 0:
            self.factor_ = float(np.nansum(recovered[use]) / np.nansum(tax[use]))
        return self

    def predict(self, X: pd.DataFrame, tax: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Amount expected if there is a finding, in the declarations' currency."""
        if self.regressor_ is not None:
            return self.factor_ * np.exp(by_blocks(self.regressor_.predict, self._given(X), 4 * BLOCK))
        stake = np.where(np.isnan(tax), value, tax)
        return self.factor_ * np.nan_to_num(stake)

    def _given(self, X: pd.DataFrame) -> np.ndarray:
        return X[self.inputs_].to_numpy(dtype="float64")
