"""Combination of forecasts: weights from past annual errors at the same number of known months, and a guard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

EARLY = 2  # known months up to which models still differ in kind; later their differences are mostly noise
SHORT_HISTORY = 7  # complete years under which parameters are poorly known, and the two Theta forecasts get half
THETAS = ("theta", "theta_level")
GUARD = 1.5  # from two known months on, a candidate beyond this factor of the candidates' median does not speak


def weights(errors: np.ndarray, months: int = 0) -> np.ndarray:
    """Weights from past log errors of the annual total.

    Parameters
    ----------
    errors : ndarray of shape (years, models)
        log(forecast / outturn) of earlier years only; NaN where a model had no answer.
    months : int
        Known months of the year.

    Returns
    -------
    ndarray of shape (models,), adding to one.

    Notes
    -----
    Mean squared errors, shrunk towards their median over models, enter inversely (Bates and Granger, 1969): squared
    and shrunk by one pseudo-year up to two known months, plain and shrunk by three later, when the candidates' records
    differ by little more than luck.
    """
    sharpness, pseudo_years = (2.0, 1.0) if months <= EARLY else (1.0, 3.0)
    models = errors.shape[1]
    if len(errors) == 0:
        return np.full(models, 1 / models)
    seen = np.isfinite(errors)
    count = seen.sum(axis=0)
    squares = np.where(seen, errors, 0.0) ** 2
    typical = float(np.median(squares.sum(axis=0)[count > 0] / count[count > 0])) if count.any() else 1.0
    shrunk = (squares.sum(axis=0) + pseudo_years * typical) / (count + pseudo_years)
    raw = np.maximum(shrunk, 1e-12) ** -sharpness
    return raw / raw.sum()


def speaking(totals: np.ndarray, months: int) -> np.ndarray:
    """Which candidates speak: those with an answer that, from two known months on, lies near the others' median.

    Parameters
    ----------
    totals : ndarray of shape (models,)
        Annual totals; NaN where a model has no answer.
    months : int
        Known months of the year. At the year's start candidates may rightly differ (under high inflation they do).

    Returns
    -------
    ndarray of bool
    """
    given = np.isfinite(totals) & (totals > 0)
    if months < EARLY or not given.any():
        return given
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(np.log(totals / np.median(totals[given]))) > np.log(GUARD)
    near = given & ~far
    return near if near.any() else given


def short_history(weight: np.ndarray, names: Sequence[str], behind: int) -> np.ndarray:
    """Weights where fewer than seven complete years lie behind: half goes to the Theta forecasts that speak.

    Theta estimates one parameter; likelihoods of the other engines say little on so few years. Where the year-end block
    is on, candidates are others and nothing changes.
    """
    light = np.array([name in THETAS for name in names]) & (weight > 0)
    if behind >= SHORT_HISTORY or not light.any():
        return weight
    result: np.ndarray = (weight + light / light.sum()) / 2
    return result


def _log_errors(table: pd.DataFrame) -> np.ndarray:
    """log(forecast / outturn), years x candidates."""
    forecasts = table.drop(columns="actual").to_numpy(dtype=float)
    return np.log(forecasts / table[["actual"]].to_numpy(dtype=float))


def combined(table: pd.DataFrame, said: dict[str, float], months: int, behind: int) -> tuple[float, pd.Series]:
    """Weighted forecast of one origin from the record of earlier years.

    Parameters
    ----------
    table : DataFrame as from `past_errors.record`, earlier years only
    said : dict of candidate to its forecast now; NaN where it has none
    months : int
        Known months of the year.
    behind : int
        Complete years that the forecast has behind it.

    Returns
    -------
    (forecast, weights)
    """
    names = list(said)
    now = np.array([said[n] for n in names])
    w = np.where(speaking(now, months), weights(_log_errors(table[[*names, "actual"]]), months), 0.0)
    if w.sum() == 0:
        return float("nan"), pd.Series(0.0, index=names)
    w = short_history(w / w.sum(), names, behind)
    return float(np.nansum(w * np.nan_to_num(now))), pd.Series(w, index=names)
