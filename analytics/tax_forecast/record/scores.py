"""Scores of forecasts with their distributions: narrow is good, but only where it holds.

Sources: Gneiting and Raftery (2007), Strictly Proper Scoring Rules, Prediction, and Estimation, for the interval score
and the continuous ranked probability score; Brier (1950) for chances; Dawid (1984) for the probability integral
transform.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.tax_forecast.record.calibration import TOLERANCE

LEVELS = (np.arange(200) + 0.5) / 200  # quantiles that the ranked probability score is integrated over


def interval_score(actual: np.ndarray, low: np.ndarray, high: np.ndarray, level: float = 0.8) -> np.ndarray:
    """Width of an interval plus a fine for each outturn outside it, in the unit of `actual`; smaller is better.

    Parameters
    ----------
    actual, low, high : ndarray of one shape
    level : float
        Nominal coverage; an outturn outside costs 2 / (1 - level) times its distance.
    """
    fine = 2 / (1 - level)
    below, above = np.maximum(low - actual, 0), np.maximum(actual - high, 0)
    result: np.ndarray = high - low + fine * (below + above)
    return result


def ranked_probability_score(actual: float, forecast: float, scale: float, freedom: float) -> float:
    """Continuous ranked probability score of forecast x exp(scale x Student's t), in the unit of `actual`.

    Notes
    -----
    Twice the mean of the quantile losses over evenly spaced levels.
    """
    quantiles = forecast * np.exp(scale * stats.t.ppf(LEVELS, freedom))
    return float(2 * ((LEVELS - (actual < quantiles)) * (actual - quantiles)).mean())


def transform(actual: np.ndarray, forecast: np.ndarray, scale: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Probability integral transform: evenly spread over 0 to 1 where the distributions are right."""
    result: np.ndarray = stats.t.cdf(np.log(actual / forecast) / scale, freedom)
    return result


def brier(chance: np.ndarray, happened: np.ndarray) -> float:
    """Mean squared difference of chances and what happened (0 or 1); .25 is what ignorance scores."""
    return float(np.mean((np.asarray(chance, dtype=float) - np.asarray(happened, dtype=float)) ** 2))


def scored(record: pd.DataFrame) -> dict[str, float]:
    """Score a record.

    Parameters
    ----------
    record : DataFrame as from `judging.record_with_intervals`

    Returns
    -------
    dict with mean_error, bias, within, chance, covered80, covered95, width80, interval_score80, crps (shares of the
    outturn, means over years), brier, transform (mean of the integral transform; .5 where unbiased), years.
    """
    actual, forecast = (record[c].to_numpy(dtype=float) for c in ("actual", "forecast"))
    low80, high80, low95, high95 = (record[c].to_numpy(dtype=float) for c in ("low80", "high80", "low95", "high95"))
    scale, freedom = (record[c].to_numpy(dtype=float) for c in ("scale", "freedom"))
    error = forecast / actual - 1
    hits = np.abs(error) <= TOLERANCE
    chance = record["p_within_5pct"].to_numpy(dtype=float)
    ranked = [ranked_probability_score(*row) for row in zip(actual, forecast, scale, freedom, strict=True)]
    return {
        "years": float(len(record)),
        "mean_error": float(np.abs(error).mean()),
        "bias": float(error.mean()),
        "within": float(hits.mean()),
        "chance": float(chance.mean()),
        "covered80": float(((actual >= low80) & (actual <= high80)).mean()),
        "covered95": float(((actual >= low95) & (actual <= high95)).mean()),
        "width80": float(((high80 - low80) / actual).mean()),
        "interval_score80": float((interval_score(actual, low80, high80) / actual).mean()),
        "crps": float((np.array(ranked) / actual).mean()),
        "brier": brier(chance, hits),
        "transform": float(transform(actual, forecast, scale, freedom).mean()),
    }
