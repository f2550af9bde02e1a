"""Risks of lines brought together by enterprise: what its other lines and its findings say of a line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.selection.enterprises import dispersion

PRIOR_LINES = 3.0  # lines at the base rate that an enterprise starts with


def pooled(lines: pd.DataFrame, model: RiskModel) -> np.ndarray:
    """Chance of a finding of every line, pooled over its enterprise.

    Parameters
    ----------
    lines : DataFrame (enterprise_id, probability, label), all lines of the training period in their order: the
        probability that the model gives them as declared, and the outcome where somebody looked
    model : RiskModel fitted on these lines

    Notes
    -----
    Logistic regression of the outcomes on the line's own log-odds (out of fold where it was learnt from), the mean
    risk of the enterprise's other lines, and its findings against expectation, each without the line itself: the
    between-cluster covariate that turns a random effect into a fixed one. Source: Mundlak (1978), Econometrica 46;
    Neuhaus and Kalbfleisch (1998), Biometrics 54.
    """
    told = model.outcomes
    seen = np.flatnonzero(lines["label"].notna().to_numpy())
    own = lines["probability"].to_numpy(dtype=float).copy()
    own[seen] = told["probability"].to_numpy()
    own = np.clip(own, 1e-5, 1 - 1e-5)
    firm, names = pd.factorize(lines["enterprise_id"].fillna(pd.Series(lines.index.astype("str"), lines.index)))
    n = len(names)
    count, total = np.bincount(firm, minlength=n), np.bincount(firm, own, n)
    others = (total[firm] - own + PRIOR_LINES * model.base_rate) / (count[firm] - 1 + PRIOR_LINES)
    finding = told["finding"].to_numpy(dtype=float)
    found, expected = np.bincount(firm[seen], finding, n), np.bincount(firm[seen], own[seen], n)
    a = dispersion(found, expected)
    k, e = found[firm], expected[firm]
    k[seen] -= finding
    e[seen] -= own[seen]
    terms = np.column_stack([logit(own), np.log(others), np.log((a + k) / (a + e))])
    fit = LogisticRegression(C=1.0).fit(terms[seen], finding)
    z = fit.decision_function(terms)
    # the level of the calibrated risks, which stand for all lines, is kept: outcomes here are of those chosen
    shift = _shift(z, float(own.sum()))
    return np.asarray(expit(z + shift))


def _shift(z: np.ndarray, wanted: float) -> float:
    """What brings the sum of chances to the one wanted."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if expit(z + middle).sum() > wanted else (middle, high)
    return (low + high) / 2
