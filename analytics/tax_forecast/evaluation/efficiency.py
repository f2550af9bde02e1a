"""Bias and efficiency of forecasts, and whether they beat a rival: small samples, exact distributions where there are.

Sources: Mincer and Zarnowitz (1969), The Evaluation of Economic Forecasts; Nordhaus (1987), Forecasting Efficiency;
Diebold and Mariano (1995), Comparing Predictive Accuracy, with the small-sample form of Harvey, Leybourne and Newbold
(1997), Testing the Equality of Prediction Mean Squared Errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

FEWEST = 5  # forecasts below which no test is made


@dataclass(frozen=True)
class Bias:
    """Mincer and Zarnowitz's regression of the outturn's growth on the forecast's.

    Attributes
    ----------
    mean, low, high : float
        Mean of log(forecast / outturn) with its 95 % interval.
    constant, slope : float
        0 and 1 where forecasts are unbiased and use what they knew.
    p : float
        Of both together; NaN where it cannot be tested.
    years : int
    """

    mean: float
    low: float
    high: float
    constant: float
    slope: float
    p: float
    years: int


@dataclass(frozen=True)
class Comparison:
    """Diebold and Mariano's test against a rival.

    Attributes
    ----------
    ratio : float
        Mean absolute error over the rival's.
    statistic, p : float
        Negative where the rival is worse; two-sided.
    years : int
    """

    ratio: float
    statistic: float
    p: float
    years: int


@dataclass(frozen=True)
class Revisions:
    """Regression of each revision on the one before it: 0 where revisions are news.

    Attributes
    ----------
    slope, low, high : float
        Positive: too little is revised at once; negative: too much. 95 % interval, clustered by year.
    p : float
    pairs, years : int
    """

    slope: float
    low: float
    high: float
    p: float
    pairs: int
    years: int


def mincer_zarnowitz(forecast: np.ndarray, actual: np.ndarray, before: np.ndarray) -> Bias:
    """Test bias and efficiency of forecasts made at one time of the year.

    Parameters
    ----------
    forecast, actual, before : ndarray of shape (years,)
        Annual totals: forecast, outturn, and the year before.

    Returns
    -------
    Bias

    Notes
    -----
    log(actual / before) = a + b log(forecast / before) + u; F test of a = 0 and b = 1 with 2 and n - 2 degrees of
    freedom. In growth, for levels of a growing series would fit whatever the forecast said.
    """
    error = np.log(forecast / actual)
    seen = np.isfinite(error)
    n = int(seen.sum())
    nan = float("nan")
    if n < 2:
        return Bias(float(error[seen].mean()) if n else nan, nan, nan, nan, nan, nan, n)
    mean, half = float(error[seen].mean()), float(error[seen].std(ddof=1) / np.sqrt(n) * stats.t.ppf(0.975, n - 1))
    said, came = np.log(forecast / before), np.log(actual / before)
    seen &= np.isfinite(said) & np.isfinite(came)
    x, y, n = said[seen], came[seen], int(seen.sum())
    if n < FEWEST or x.std() == 0:
        return Bias(mean, mean - half, mean + half, nan, nan, nan, n)
    X = np.column_stack([np.ones(n), x])
    found, *_ = np.linalg.lstsq(X, y, rcond=None)
    free, bound = y - X @ found, y - x
    squares = float(free @ free)
    f = ((float(bound @ bound) - squares) / 2) / (squares / (n - 2)) if squares > 0 else np.inf
    return Bias(mean, mean - half, mean + half, float(found[0]), float(found[1]), float(stats.f.sf(f, 2, n - 2)), n)


def diebold_mariano(own: np.ndarray, rival: np.ndarray, horizon: int = 1) -> Comparison:
    """Compare absolute errors with a rival's.

    Parameters
    ----------
    own, rival : ndarray of shape (years,)
        Errors of the same years, in time order.
    horizon : int
        Years ahead: errors of forecasts `horizon` ahead may be correlated up to `horizon` - 1 years.

    Returns
    -------
    Comparison; statistic and p are NaN with fewer than five years or where the errors are the same.

    Notes
    -----
    d = |own| - |rival|; mean(d) / sqrt((g0 + 2 sum g_k) / n), times
    sqrt((n + 1 - 2h + h (h - 1) / n) / n), against Student's t with n - 1 degrees of freedom.
    """
    seen = np.isfinite(own) & np.isfinite(rival)
    a, b = np.abs(own[seen]), np.abs(rival[seen])
    n, d, h = len(a), a - b, horizon
    ratio = float(a.mean() / b.mean()) if n and b.mean() > 0 else float("nan")
    centred = d - d.mean() if n else d
    covariances = [float(centred[k:] @ centred[: n - k]) / n for k in range(min(h, n))]
    variance = (covariances[0] + 2 * sum(covariances[1:])) / n if n else 0.0
    if n < FEWEST or variance <= 0:
        return Comparison(ratio, float("nan"), float("nan"), n)
    small = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic = float(d.mean() / np.sqrt(variance) * small)
    return Comparison(ratio, statistic, float(2 * stats.t.sf(abs(statistic), n - 1)), n)


def revision_efficiency(log_forecasts: np.ndarray, log_actual: np.ndarray) -> Revisions:
    """Test whether revisions within the year can be told from the revision before them.

    Parameters
    ----------
    log_forecasts : ndarray of shape (years, origins)
        Log forecasts, the earliest origin first.
    log_actual : ndarray of shape (years,)
        Log outturn: the last revision leads to it.

    Returns
    -------
    Revisions

    Notes
    -----
    Least squares through the origin, pooled over origins; standard error clustered by year with G / (G - 1), Student's
    t with G - 1 degrees of freedom for G years.
    """
    steps = np.diff(np.column_stack([log_forecasts, log_actual]), axis=1)
    x, y = steps[:, :-1], steps[:, 1:]
    seen = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(seen, x, 0.0), np.where(seen, y, 0.0)
    years, pairs = int(seen.any(axis=1).sum()), int(seen.sum())
    squares = float((x**2).sum())
    if years < FEWEST or squares == 0:
        return Revisions(*(float("nan"),) * 4, pairs, years)
    slope = float((x * y).sum() / squares)
    by_year = (x * (y - slope * x)).sum(axis=1)
    error = float(np.sqrt((by_year**2).sum() * years / (years - 1))) / squares
    half = error * float(stats.t.ppf(0.975, years - 1))
    p = float(2 * stats.t.sf(abs(slope) / error, years - 1)) if error > 0 else float("nan")
    return Revisions(slope, slope - half, slope + half, p, pairs, years)
