"""What a selection would find, by all outcomes of the period: the calibrated risk carries them from unit to unit.

Outcomes of the units selected alone are few, and weights of those drawn at random are large: the interval of their
weighted share is half the scale wide. Here the risks are first brought to the outcomes of the period, and the selection
is then worth what its units are worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit

from analytics.statistics import NORMAL95, Share

PRIOR_SD = np.array([1.0, 0.25, 0.25])
"""Of the shift in log-odds (nearly free), of the slope around 1, and of what the log chance of being looked at adds."""


@dataclass(frozen=True)
class Assisted:
    """Risks brought to the outcomes of the period.

    Attributes
    ----------
    expected : chance of a finding of every unit, its own outcome aside
    outcome : 1.0 finding, 0.0 none, missing where nobody looked
    terms : (units, 3), what the correction is made of
    spread : (3, 3), covariance of its coefficients
    """

    expected: np.ndarray
    outcome: np.ndarray
    terms: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, risk: np.ndarray, outcome: np.ndarray, looked_at: np.ndarray, cluster: np.ndarray) -> Assisted:
        """Bring risks to outcomes.

        Parameters
        ----------
        risk : calibrated probability of a finding of every unit, told before its outcome
        outcome : 1.0, 0.0, or missing where nobody looked
        looked_at : chance with which every unit was inspected, over 0
        cluster : units of one cluster (enterprise) are not independent

        Notes
        -----
        log-odds = z + a + b (z - mean) + c (log chance - mean) with z the log-odds of the risk, by penalised logistic
        regression. The chance of being looked at stands among the terms because the rules that chose know something
        that the risk does not: with it the outcomes of chosen units speak for the others (Little and An 2004, Robust
        likelihood-based analysis, Statistica Sinica 14; Firth and Bennett 1998, JRSS B 60). The covariance is the
        larger of that of the penalised likelihood and the one clustered by enterprise.
        """
        z = logit(np.clip(risk, 1e-5, 1 - 1e-5))
        known = ~np.isnan(outcome)
        terms = np.column_stack([np.ones(len(z)), z, np.log(looked_at)])
        terms[:, 1:] -= terms[known, 1:].mean(axis=0)
        X, y, precision = terms[known], outcome[known], 1 / PRIOR_SD**2

        def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
            eta = z[known] + X @ theta
            value = float(np.sum(np.logaddexp(0, eta) - y * eta) + precision @ theta**2 / 2)
            return value, X.T @ (expit(eta) - y) + precision * theta

        theta = minimize(loss, np.zeros(3), jac=True, method="L-BFGS-B").x
        expected = expit(z + terms @ theta)
        p = expected[known]
        bread = np.linalg.inv((X * (p * (1 - p))[:, None]).T @ X + np.diag(precision))
        codes, names = pd.factorize(cluster[known])
        scores = np.zeros((len(names), 3))
        np.add.at(scores, codes, X * (y - p)[:, None])
        clustered = bread @ (scores.T @ scores + np.diag(precision)) @ bread
        spread = bread if np.trace(bread) >= np.trace(clustered) else clustered
        return cls(expected, outcome, terms, spread)

    def share(self, chance: np.ndarray) -> Share:
        """Share of findings in a selection that takes every unit with the chance given (0 to 1).

        The interval, taken on the log-odds, holds the error of the correction and the luck of units not yet seen.
        """
        known, weight = ~np.isnan(self.outcome), chance / chance.sum()
        each = self.expected * (1 - self.expected)
        p = float(weight @ self.expected)
        slope = (weight * each) @ self.terms
        variance = float(slope @ self.spread @ slope + np.sum(weight**2 * each * ~known))
        width = NORMAL95 * np.sqrt(variance) / (p * (1 - p))
        low, high = expit(logit(p) - width), expit(logit(p) + width)
        return Share(p, float(low), float(high), int((known & (chance >= 1)).sum()), p * (1 - p) / variance)

    def selected(self, chance: np.ndarray, amount: np.ndarray | None) -> dict[str, float]:
        """What a selection reaches, in the columns of `strategies.COLUMNS`.

        Parameters
        ----------
        chance : with which every unit is selected
        amount : expected recovery of every unit with a finding; None where amounts are not known
        """
        hit, reached = self.share(chance), float(chance @ self.expected) / float(self.expected.sum())
        tax = float("nan")
        if amount is not None and (whole := float(self.expected @ amount)) > 0:
            tax = float(chance @ (self.expected * amount)) / whole
        return {
            "precision": hit.value, "recall": reached, "recovered_share": tax, "low95": hit.low, "high95": hit.high,
            "judged": hit.counted, "effective": hit.effective,
        }  # fmt: skip
