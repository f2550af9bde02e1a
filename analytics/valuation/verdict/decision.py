"""Which cells to act on: empirical Bayes over all cells, with the false discovery rate held.

The log levels of the cells are taken as draws from a mixture of normals around zero with unknown shares; each estimate
adds its own error. What is known of all cells sharpens what is said of one. Sources: Efron (2010), Large-Scale
Inference; Stephens (2017), False discovery rates: a new deal; Muller, Parmigiani and Rice (2007) for the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analytics.statistics import mixture_quantile
from analytics.valuation.comparison.lines import BAND

SUSPECT = 0.5
FALSE_DISCOVERY = 0.01
LIKELY_INSIDE = 0.1  # probability of lying outside above which nothing is called in order
NEAR = 0.05  # how far beyond the band the interval of what is seen to be in order may reach
MOST_ORDINARY = 0.025  # spread (log) of honest differences between cells that is believed at most
_CELLS = 30
_ORDINARY = np.linspace(0.0, MOST_ORDINARY, 26)
_BIASED = 0.09
_SCALES = np.array([0.0025, 0.005, 0.01, 0.02, 0.03, 0.045, 0.065, 0.09, 0.13, 0.2, 0.4, 0.8, 1.6])


@dataclass(frozen=True)
class Decision:
    """What the estimates of all cells together say of each.

    Attributes
    ----------
    mean, low, high : posterior log level with its central 95 % interval
    outside : probability that the level lies outside the band, on the likelier side: who is suspect has a direction
    status : "met" (inside), "watch" (suspect), "not_met" (confirmed breach), "insufficient"
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    outside: np.ndarray
    status: np.ndarray


def _density(x: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Normal density around zero; scipy.stats would cost a second to import."""
    return np.exp(-(x**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def ordinary_difference(log: np.ndarray, error: np.ndarray) -> float:
    """Spread (log) of honest differences between cells that no line can tell from a bias.

    Cells differ in grade and terms of trade that the HS code does not see. The centre of all cells shows by how much
    they scatter beyond their standard errors: a share of cells N(0, error^2 + t^2), the others wider, t by maximum
    likelihood. At most 0.025, so that it cannot explain a breach away; 0 with fewer than 30 cells.

    Source: Efron (2004), Large-scale simultaneous hypothesis testing: the choice of a null hypothesis.
    """
    known = np.isfinite(log) & np.isfinite(error) & (error > 0)
    y, s = log[known], error[known]
    if len(y) < _CELLS:
        return 0.0
    best, found = -np.inf, 0.0
    for t in _ORDINARY:
        near = _density(y, s**2 + t**2)
        far = _density(y, s**2 + t**2 + _BIASED**2)
        share = 0.85
        for _ in range(30):
            share = float((share * near / (share * near + (1 - share) * far)).mean())
        likelihood = float(np.log(share * near + (1 - share) * far).sum())
        if likelihood > best:
            best, found = likelihood, float(t)
    return found


def mixture(log: np.ndarray, error: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Shares of the normal components (standard deviations `_SCALES`) by expectation-maximisation.

    The smallest component gets a prior count of ten cells: most cells are taken to be near one until shown otherwise.
    """
    density = _density(log[:, None], _SCALES**2 + error[:, None] ** 2)
    share = np.full(len(_SCALES), 1 / len(_SCALES))
    prior = np.zeros(len(_SCALES))
    prior[0] = 10.0
    for _ in range(rounds):
        joint = density * share
        total = joint.sum(1, keepdims=True)
        responsibility = joint / np.where(total > 0, total, 1.0)
        share = responsibility.sum(0) + prior
        share /= share.sum()
    return share


def decide(log: np.ndarray, error: np.ndarray, band: tuple[float, float] = BAND) -> Decision:
    """Judge cells by their log levels and standard errors.

    Parameters
    ----------
    log, error : (G,) arrays; missing means that nothing compares ("insufficient")
    band : lowest and highest level that is in order

    Notes
    -----
    Suspect: the level lies outside, on one side, with probability 0.5 or more. Confirmed: the largest set of suspects
    whose mean probability of not doing so is at most 0.01: one in a hundred confirmed cells may be a false alarm.
    """
    known = np.isfinite(log) & np.isfinite(error) & (error > 0)
    size = len(log)
    mean, low, high, outside = (np.full(size, np.nan) for _ in range(4))
    status = np.full(size, "insufficient", dtype=object)
    if not known.any():
        return Decision(mean, low, high, outside, status)
    y, s = log[known], error[known]
    share = mixture(y, s)
    variance = _SCALES**2 + s[:, None] ** 2
    logs = -(y[:, None] ** 2 / variance + np.log(variance)) / 2 + np.log(np.maximum(share, 1e-300))
    weight = np.exp(logs - logs.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    shrunk = y[:, None] * _SCALES**2 / variance
    spread = np.sqrt(_SCALES**2 * s[:, None] ** 2 / variance)
    edge_low, edge_high = np.log(band[0]), np.log(band[1])
    below = (weight * ndtr((edge_low - shrunk) / spread)).sum(1)
    p = np.maximum(below, (weight * ndtr((shrunk - edge_high) / spread)).sum(1))
    mean[known], outside[known] = (weight * shrunk).sum(1), p
    low[known], high[known] = (mixture_quantile(weight, shrunk, spread, level) for level in (0.025, 0.975))
    status[known] = _status(p)
    return Decision(mean, low, high, outside, status)


def decided(mean: pd.Series, low: pd.Series, high: pd.Series, outside: pd.Series) -> Decision:
    """Decision from posteriors at hand; a missing probability means "insufficient"."""
    known = outside.notna().to_numpy()
    status = np.full(len(outside), "insufficient", dtype=object)
    status[known] = _status(outside.to_numpy()[known])
    return Decision(mean.to_numpy(), low.to_numpy(), high.to_numpy(), outside.to_numpy(), status)


def _status(outside: np.ndarray) -> np.ndarray:
    status = np.where(outside >= SUSPECT, "watch", "met").astype(object)
    order = np.argsort(-outside, kind="stable")
    running = np.cumsum(1 - outside[order]) / np.arange(1, len(order) + 1)
    confirmed = order[: int((running <= FALSE_DISCOVERY).sum())]
    status[confirmed[outside[confirmed] >= SUSPECT]] = "not_met"
    return status
