"""Structural time-series models in logs: level, trend and seasonal as unobserved components.

Source: Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter. Estimation by maximum
likelihood in statsmodels (`UnobservedComponents`).
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analytics.tax_forecast.drivers import regressors
from analytics.tax_forecast.models.base import from_first_figure, log_levels
from analytics.tax_forecast.origin import Origin

ITERATIONS = 40


@lru_cache(maxsize=4096)
def _parameters(series: bytes, exog: bytes | None, columns: int, spec: str, periods: int) -> tuple[float, ...]:
    """Maximum-likelihood parameters; kept, because a year's origins share one estimate."""
    y = np.frombuffer(series)
    x = np.frombuffer(exog).reshape(-1, columns) if exog is not None else None
    model = UnobservedComponents(y, spec, seasonal=periods, exog=x)
    with warnings.catch_warnings():
        # The optimiser stops early on flat likelihoods; the backtest judges the forecasts, not the optimum.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = model.fit(disp=0, maxiter=ITERATIONS)
    return tuple(float(p) for p in fitted.params)


def fitted(y: np.ndarray, y_start: np.ndarray, spec: str, periods: int, x: np.ndarray | None = None) -> Any:
    """Filter `y` with parameters estimated on `y_start`, the part known when the year began.

    Parameters
    ----------
    y, y_start : ndarray
        Log receipts to the origin, and to the end of the year before.
    spec : str
        Trend specification of UnobservedComponents.
    periods : int
        Periods of a year.
    x : ndarray of shape (len(y), drivers), optional

    Returns
    -------
    UnobservedComponentsResults
    """
    x_start = None if x is None else np.ascontiguousarray(x[: len(y_start)])
    parameters = _parameters(
        y_start.tobytes(),
        None if x_start is None else x_start.tobytes(),
        0 if x is None else x.shape[1],
        spec,
        periods,
    )
    return UnobservedComponents(y, spec, seasonal=periods, exog=x).filter(np.array(parameters))


def structural(origin: Origin, spec: str, *, drivers: bool = False) -> np.ndarray:
    """Median forecast of the remaining periods.

    Parameters
    ----------
    origin : Origin
    spec : str
        "local level", "local linear trend", ... as UnobservedComponents names them.
    drivers : bool
        Take the origin's drivers as regressors; in the future they stay at their last known level.
    """
    periods = len(origin.history.ends)
    flat = log_levels(origin.on_one_law).ravel()
    remaining = periods - origin.known
    y = from_first_figure(flat, remaining)
    if origin.known == 0 and len(y) == 0:
        return np.full(remaining, np.nan)
    start = y[: len(y) - origin.known]
    x = x_ahead = None
    if drivers:
        table = regressors(origin)
        if table is None:
            return np.full(remaining, np.nan)
        table = table[len(flat) - remaining - len(y) :]
        x, x_ahead = table[: len(y)], table[len(y) :]
    result = fitted(y, start, spec, periods, x)
    ahead = result.forecast(remaining, exog=x_ahead)
    return origin.under_law(np.exp(np.asarray(ahead)))


def deviations(origin: Origin, paths: int, rng: np.random.Generator, spec: str = "local level") -> np.ndarray:
    """Simulated log deviations of the remaining periods from their median, shape (paths, remaining).

    The structural model gives the shape of the uncertainty (how far errors of one month go on into the next);
    its size is set by the record (see `calibration`).
    """
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    y = from_first_figure(log_levels(origin.on_one_law).ravel(), remaining)
    result = fitted(y, y[: len(y) - origin.known], spec, periods)
    drawn = result.simulate(remaining, anchor="end", repetitions=paths, rng=rng)
    logs = np.asarray(drawn).reshape(remaining, paths).T
    return logs - np.asarray(result.forecast(remaining))
