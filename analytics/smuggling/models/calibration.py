"""From log-odds to probabilities of all units, though only selected ones have outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.base import BaseEstimator

from analytics.smuggling.features.units import Unit, Units
from analytics.smuggling.models.blend import probability
from analytics.statistics import share_of

LEAST_RANDOM = 20  # outcomes of the random stream below which it speaks for nobody
TEMPER = 0.7  # power of the weights: full weights let a handful of random findings decide
LEAST_OPEN = 200  # lines without outcome by which the scales of two models are compared
SURE = 1.0  # weight of an equal slope in that comparison, as of a line one log-odd off at full risk
SLOPE_SD, SHIFT_SD = 0.15, 0.5  # how far the weighted fit may stray from that of all outcomes, all else equal


@dataclass(frozen=True)
class Design:
    """What the units with an outcome stand for.

    Attributes
    ----------
    weight : units that each stands for (inverse propensity), 0 where there is no outcome
    by : "probability" (recorded chances that add up), "random stream", "census" (all have an outcome), or "none"
    random, random_found : units of the random stream with an outcome, and those with a finding
    chance : with which each unit was looked at, as recorded or as the two streams tell it
    """

    weight: np.ndarray
    by: str
    random: int
    random_found: int
    chance: np.ndarray

    @property
    def speaks_for_all(self) -> bool:
        """Whether the outcomes say anything of units that nobody looked at."""
        return self.by in ("probability", "random stream")


def design(lines: pd.DataFrame, units: Units) -> Design:
    """Weights of units from how their outcomes came about.

    Recorded selection probabilities are believed where they are there for every outcome and their inverses add up to
    the number of units, within four standard errors and a tenth. Otherwise the random stream speaks for all that
    targeting left, and a targeted unit for its like only.

    Parameters
    ----------
    lines : DataFrame from `frames.prepare`, all lines of a period, inspected or not
    units : of these lines
    """
    n = len(units)
    label = units.most(lines["label"].to_numpy())
    known = ~np.isnan(label)
    drawn = units.some((lines["selection_stream"] == "random").fillna(False).to_numpy(dtype=bool))
    looked = units.some(lines["inspected"].to_numpy(dtype=bool))
    random, targeted = known & drawn, looked & ~drawn
    counts = int(random.sum()), int(np.nansum(label[random]))
    if known.mean() >= 0.95:
        return Design(known.astype(float), "census", *counts, np.ones(n))
    chance = lines["selection_probability"].to_numpy(dtype=float)[units.first]
    drawing = max(counts[0], 1) / max(n - targeted.sum(), 1)
    by_stream = np.where(targeted, 1.0, min(drawing, 1.0))
    if known.any() and np.all(chance[known] > 0):
        stands = np.where(known, 1.0 / np.clip(chance, 1e-4, 1.0), 0.0)
        every = np.where(looked & (chance > 0), 1.0 / np.clip(chance, 1e-4, 1.0), 0.0)
        error = np.sqrt(np.sum(every * np.maximum(every - 1, 0)))
        if abs(every.sum() - n) <= 4 * error + 0.1 * n and error < 0.5 * n:
            recorded = np.where(chance > 0, np.clip(chance, 1e-4, 1.0), by_stream)
            return Design(stands, "probability", *counts, recorded)
    weight = np.where(known & targeted, targeted.sum() / max((known & targeted).sum(), 1), 0.0)
    if counts[0] < LEAST_RANDOM:
        return Design(np.where(known, 1.0, 0.0), "none", *counts, by_stream)
    weight[random] = (n - targeted.sum()) / counts[0]
    return Design(weight, "random stream", *counts, by_stream)


class Platt(BaseEstimator):
    """Platt scaling: probability = logistic(slope x log-odds + shift), fitted with tempered weights.

    Attributes
    ----------
    slope_, shift_ : float
        The slope is kept positive: calibration never changes the order of lines.
    """

    def fit(self, z: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Platt:
        """Fit on out-of-fold log-odds `z` with outcome `y`, each standing for `weight` units.

        Notes
        -----
        Two sources speak: many outcomes of targeted units, which tell the slope and the top, and few of random ones,
        which tell the level. First all outcomes count alike; then each by a power of what it stands for, drawn to the
        first fit by a normal prior, so that a thin random stream moves the level a little and never flattens the
        slope. Source: Platt (1999); tempered inverse propensity after Korba and Portier (2022).
        """
        alike = _logistic(z, y, np.ones(len(z)), (1.0, 0.0, 10.0, 10.0))
        tempered = weight**TEMPER
        tempered *= tempered.sum() / np.sum(tempered**2)  # as many as they are worth
        self.slope_, self.shift_ = _logistic(z, y, tempered, (*alike, SLOPE_SD, SHIFT_SD))
        return self

    def transform(self, z: np.ndarray) -> np.ndarray:
        """Probability of a finding, were the line inspected."""
        return probability(self.calibrated(z))

    def calibrated(self, z: np.ndarray) -> np.ndarray:
        """The same on the scale of log-odds."""
        return self.slope_ * z + self.shift_

    def uncalibrated(self, z: np.ndarray) -> np.ndarray:
        """Inverse of `calibrated`."""
        return (z - self.shift_) / self.slope_

    def of_whole(self, folds: np.ndarray, whole: np.ndarray) -> Platt:
        """The same scaling for log-odds of the model fitted on all outcomes.

        Parameters
        ----------
        folds, whole : log-odds that the folds' models (their mean) and the whole one give lines which none of them
            learnt from

        Notes
        -----
        A model that has seen more is surer of itself: by its own log-odds the scaling of those out of fold would
        promise too much at the top. A line through both, weighted by risk, since the top is where promises count,
        leads from the one scale to the other; few lines leave the scaling as it is.
        """
        if len(whole) < LEAST_OPEN or np.ptp(whole) == 0:
            return self
        w = self.transform(folds)
        x, y = whole - np.average(whole, weights=w), folds - np.average(folds, weights=w)
        # as much as the prior of the slope: one leads to one
        slope = float((w @ (x * y) + SURE) / (w @ x**2 + SURE))
        shift = float(np.average(folds, weights=w) - slope * np.average(whole, weights=w))
        made = Platt()
        made.slope_, made.shift_ = self.slope_ * max(slope, 0.05), self.shift_ + self.slope_ * shift
        return made


def _logistic(
    z: np.ndarray, y: np.ndarray, weight: np.ndarray, prior: tuple[float, float, float, float]
) -> tuple[float, float]:
    """Slope and shift of a weighted logistic regression under a normal prior (means, standard deviations)."""
    slope, shift, slope_sd, shift_sd = prior

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        eta = theta[0] * z + theta[1]
        gap = weight * (probability(eta) - y)
        off = (theta - (slope, shift)) / np.array([slope_sd, shift_sd])
        value = float(np.sum(weight * (np.logaddexp(0, eta) - y * eta)) + off @ off / 2)
        return value, np.array([gap @ z, gap.sum()]) + off / np.array([slope_sd, shift_sd])

    best = minimize(loss, [slope, shift], jac=True, method="L-BFGS-B", bounds=[(0.05, None), (None, None)]).x
    return float(best[0]), float(best[1])


def calibration_error(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None, bins: int = 10) -> float:
    """Expected calibration error: mean gap between predicted and observed rate over bins of equal weight."""
    w = np.where(np.isnan(y), 0.0, 1.0 if weight is None else weight)
    p, y, w = p[w > 0], y[w > 0], w[w > 0]
    if not len(p):
        return float("nan")
    order = np.argsort(p, kind="stable")
    edges = np.minimum((np.cumsum(w[order]) / w.sum() * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        inside = order[edges == b]
        if w[inside].sum() > 0:
            gap = np.average(p[inside], weights=w[inside]) - np.average(y[inside], weights=w[inside])
            total += w[inside].sum() / w.sum() * abs(gap)
    return float(total)


def reliability(p: np.ndarray, y: np.ndarray, weight: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Predicted and observed rates by bins of equal size: predicted, observed, low95, high95, units.

    Parameters
    ----------
    p : predicted probability of n units
    y : outcome, missing where unknown
    weight : units that each outcome stands for
    """
    rows = []
    for part in np.array_split(np.argsort(p, kind="stable"), min(bins, len(p))):
        seen = share_of(y[part], weight[part])
        rows.append((p[part].mean(), seen.value, seen.low, seen.high, seen.counted))
    return pd.DataFrame(rows, columns=["predicted", "observed", "low95", "high95", "units"])


def calibrations(lines: pd.DataFrame, rows: np.ndarray, z: np.ndarray) -> tuple[Platt, Platt, Design]:
    """Calibration of lines, of declarations by their riskiest line, and what the lines with an outcome stand for.

    Parameters
    ----------
    lines : DataFrame from `frames.prepare`, all lines of a period
    rows : positions of those with an outcome
    z : their out-of-fold log-odds
    """
    known = np.full(len(lines), np.nan)
    known[rows] = z
    fitted, designs = [], []
    for unit in get_args(Unit)[::-1]:
        units = Units.of(lines, unit)
        designs.append(design(lines, units))
        weight = designs[-1].weight
        top, y = units.most(known), units.most(lines["label"].to_numpy())
        seen = ~np.isnan(top)
        fitted.append(Platt().fit(top[seen], y[seen], weight[seen]))
    return fitted[0], fitted[1], designs[0]
