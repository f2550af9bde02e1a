"""Exponential smoothing, Theta and the airline model, in logs.

Sources: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing; Assimakopoulos and
Nikolopoulos (2000) for Theta; Box and Jenkins (1976) for the airline model. Estimation in statsmodels.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX


def without_holes(y: np.ndarray, periods: int) -> np.ndarray:
    """Log series without holes: a missing period takes the one of the year before or after."""
    y = y.copy()
    for i in np.flatnonzero(~np.isfinite(y)):
        near = [y[j] for j in (i - periods, i + periods) if 0 <= j < len(y) and np.isfinite(y[j])]
        y[i] = near[0] if near else np.nanmean(y)
    return y


def _ets(y: np.ndarray, periods: int) -> ETSModel:
    return ETSModel(pd.Series(y), trend="add", damped_trend=True, seasonal="add", seasonal_periods=periods)


@lru_cache(maxsize=4096)
def _ets_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return tuple(float(p) for p in _ets(np.frombuffer(series), periods).fit(disp=0, maxiter=200).params)


def ets(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Additive error, damped trend, additive seasonal: ETS(A,Ad,A). Takes no regressors."""
    y, start = without_holes(y, periods), without_holes(start, periods)
    parameters = _ets_parameters(start.tobytes(), periods)
    return np.asarray(_ets(y, periods).smooth(np.array(parameters)).forecast(steps))


def theta(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Theta method, additively deseasonalised. Takes no regressors."""
    series = pd.Series(without_holes(y, periods))
    model = ThetaModel(series, period=periods, deseasonalize=True, use_test=False, method="additive")
    return np.asarray(model.fit().forecast(steps))


def theta_level(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Theta method on levels, multiplicatively deseasonalised: growth in amounts, not in rates."""
    series = pd.Series(np.exp(without_holes(y, periods)))
    model = ThetaModel(series, period=periods, deseasonalize=True, use_test=False, method="multiplicative")
    ahead = np.asarray(model.fit().forecast(steps))
    return np.log(np.where(ahead > 0, ahead, np.nan))


def _airline(y: np.ndarray, periods: int, *, differenced: bool) -> SARIMAX:
    return SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, periods), simple_differencing=differenced)


@lru_cache(maxsize=4096)
def _airline_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # start values and convergence: the backtest judges the forecasts
        model = _airline(np.frombuffer(series), periods, differenced=True)
        return tuple(float(p) for p in model.fit(disp=0, maxiter=30).params)


def sarimax(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Airline model SARIMA(0,1,1)(0,1,1). Takes no regressors."""
    y, start = without_holes(y, periods), without_holes(start, periods)
    parameters = np.array(_airline_parameters(start.tobytes(), periods))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(_airline(y, periods, differenced=False).filter(parameters).forecast(steps))
