"""From log-odds to probabilities of all lines, though only selected lines have outcomes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.proportion import proportion_confint

from analytics.smuggling.models.blend import probability


def inspection_weights(frame: pd.DataFrame) -> np.ndarray:
    """Number of lines that each inspected line stands for (inverse propensity), 0 where there is no outcome.

    Where a random stream exists, a targeted line stands for itself and the random ones share all other lines equally:
    the random stream is a simple random sample of what targeting left. Otherwise the weights are one over
    selection_probability, and 1 where that is missing too (every line inspected).

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, all lines of a period, inspected or not
    """
    known = frame["label"].notna().to_numpy()
    stream = frame["selection_stream"].to_numpy(dtype=object)
    random = known & (stream == "random")
    weight = np.zeros(len(frame))
    if random.sum() >= 20:
        targeted = frame["inspected"].to_numpy(dtype=bool) & (stream != "random")
        weight[known & ~random] = 1.0
        weight[random] = (len(frame) - targeted.sum()) / random.sum()
        return weight
    chance = frame["selection_probability"].to_numpy(dtype=float)
    weight[known] = 1.0 / np.clip(np.where(np.isnan(chance), 1.0, chance), 1e-3, 1.0)[known]
    return weight


class Platt(BaseEstimator):
    """Platt scaling: probability = logistic(slope x log-odds + shift), fitted with weights.

    Attributes
    ----------
    slope_, shift_ : float
        The slope is kept positive: calibration never changes the order of lines.
    """

    def fit(self, z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Platt:
        """Fit on out-of-fold log-odds `z` of lines with outcome `y`, each standing for `weight` lines.

        Source: Platt (1999), Probabilistic outputs for support vector machines.
        """
        scaled = weight * len(weight) / weight.sum()
        fitted = LogisticRegression(C=1e3).fit(z.reshape(-1, 1), y, sample_weight=scaled)
        self.slope_ = max(float(fitted.coef_[0, 0]), 1e-3)
        self.shift_ = float(fitted.intercept_[0])
        return self

    def transform(self, z: np.ndarray) -> np.ndarray:
        """Probability of a finding, were the line inspected."""
        return probability(self.calibrated(z))

    def calibrated(self, z: np.ndarray) -> np.ndarray:
        """The same on the scale of log-odds."""
        return self.slope_ * z + self.shift_


def calibration_error(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None, bins: int = 10) -> float:
    """Expected calibration error: mean gap between predicted and observed rate over bins of equal weight."""
    w = np.ones(len(p)) if weight is None else weight
    order = np.argsort(p, kind="stable")
    edges = np.minimum((np.cumsum(w[order]) / w.sum() * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        inside = order[edges == b]
        if w[inside].sum() > 0:
            gap = np.average(p[inside], weights=w[inside]) - np.average(y[inside], weights=w[inside])
            total += w[inside].sum() / w.sum() * abs(gap)
    return float(total)


def reliability(p: np.ndarray, y: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Predicted and observed rates by bins of equal size: predicted, observed, low95, high95 (Wilson), lines."""
    order = np.argsort(p, kind="stable")
    rows = []
    for part in np.array_split(order, bins):
        n, rate = len(part), y[part].mean()
        low, high = proportion_confint(y[part].sum(), n, method="wilson")
        rows.append((p[part].mean(), rate, low, high, n))
    return pd.DataFrame(rows, columns=["predicted", "observed", "low95", "high95", "lines"])
