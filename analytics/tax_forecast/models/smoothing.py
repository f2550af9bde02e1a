"""Exponential smoothing, Theta and the airline model, in logs.

Sources: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing; Assimakopoulos and
Nikolopoulos (2000) for Theta; Box and Jenkins (1976) for the airline model. Estimation in statsmodels.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analytics.tax_forecast.models.base import from_first_figure, log_levels
from analytics.tax_forecast.origin import Origin


def _filled(y: np.ndarray, periods: int) -> np.ndarray:
    """Log receipts without holes: a missing period takes the one of the year before or after."""
    y = y.copy()
    for i in np.flatnonzero(~np.isfinite(y)):
        near = [y[j] for j in (i - periods, i + periods) if 0 <= j < len(y) and np.isfinite(y[j])]
        y[i] = near[0] if near else np.nanmean(y)
    return y


def _ahead(origin: Origin, forecast: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> np.ndarray:
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    y = _filled(from_first_figure(log_levels(origin.on_one_law).ravel(), remaining), periods)
    start = y[: len(y) - origin.known]
    if len(start) < 2 * periods:
        return np.full(remaining, np.nan)
    return origin.under_law(np.exp(forecast(y, start, remaining)))


def _ets(y: np.ndarray, periods: int) -> ETSModel:
    return ETSModel(pd.Series(y), trend="add", damped_trend=True, seasonal="add", seasonal_periods=periods)


@lru_cache(maxsize=4096)
def _ets_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return tuple(float(p) for p in _ets(np.frombuffer(series), periods).fit(disp=0, maxiter=200).params)


def ets(origin: Origin) -> np.ndarray:
    """Additive error, damped trend, additive seasonal in logs: ETS(A,Ad,A)."""
    periods = len(origin.history.ends)

    def forecast(y: np.ndarray, start: np.ndarray, remaining: int) -> np.ndarray:
        parameters = _ets_parameters(start.tobytes(), periods)
        return np.asarray(_ets(y, periods).smooth(np.array(parameters)).forecast(remaining))

    return _ahead(origin, forecast)


def theta(origin: Origin) -> np.ndarray:
    """Theta method on logs, additively deseasonalised."""
    periods = len(origin.history.ends)

    def forecast(y: np.ndarray, start: np.ndarray, remaining: int) -> np.ndarray:
        model = ThetaModel(pd.Series(y), period=periods, deseasonalize=True, use_test=False, method="additive")
        return np.asarray(model.fit().forecast(remaining))

    return _ahead(origin, forecast)


@lru_cache(maxsize=4096)
def _airline_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    model = _airline(np.frombuffer(series), periods)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # start values and convergence: the backtest judges the forecasts
        return tuple(float(p) for p in model.fit(disp=0, maxiter=30).params)


def _airline(y: np.ndarray, periods: int, *, differenced: bool = True) -> SARIMAX:
    return SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, periods), simple_differencing=differenced)


def sarimax(origin: Origin) -> np.ndarray:
    """Airline model in logs: SARIMA(0,1,1)(0,1,1)."""
    periods = len(origin.history.ends)

    def forecast(y: np.ndarray, start: np.ndarray, remaining: int) -> np.ndarray:
        parameters = np.array(_airline_parameters(start.tobytes(), periods))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(_airline(y, periods, differenced=False).filter(parameters).forecast(remaining))

    return _ahead(origin, forecast)
