"""Exponential smoothing, Theta and the airline model, in logs.

Sources: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing; Assimakopoulos and
Nikolopoulos (2000) for Theta; Box and Jenkins (1976) for the airline model. Parameters of ETS and the airline
model are estimated in statsmodels.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analytics.tax_forecast.theta import moving_average, theta_ahead, theta_line, without_holes


class _Estimated(ETSModel):
    """ETS of which nothing but the parameters is wanted: no tables around them, and no covariance of theirs."""

    def smooth(self, params: np.ndarray, return_raw: bool = False) -> SimpleNamespace:
        """Parameters alone, where `fit` asks for results."""
        return SimpleNamespace(params=params)


def _ets(y: np.ndarray, periods: int, model: type[ETSModel] = ETSModel) -> ETSModel:
    return model(pd.Series(y), trend="add", damped_trend=True, seasonal="add", seasonal_periods=periods)


@lru_cache(maxsize=4096)
def _ets_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return tuple(float(p) for p in _ets(np.frombuffer(series), periods, _Estimated).fit(disp=0, maxiter=200).params)


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
    return _ets_ahead(y, _ets_parameters(start.tobytes(), periods), steps, periods)


def _ets_ahead(y: np.ndarray, parameters: tuple[float, ...], steps: int, periods: int) -> np.ndarray:
    """Run the recursion with given parameters; statsmodels' own costs ten times as much in tables around it."""
    alpha, beta, gamma, phi, level, trend, *first = parameters
    seasonal = list(first[:periods])[::-1]  # statsmodels counts the initial seasonal backwards in time
    for t, value in enumerate(y):
        place = t % periods
        base = level + phi * trend
        error = value - base - seasonal[place]
        level, trend = base + alpha * error, phi * trend + beta * error
        seasonal[place] += gamma * error
    damped = np.cumsum(phi ** np.arange(1, steps + 1))
    return level + damped * trend + np.array([seasonal[(len(y) + h) % periods] for h in range(steps)])


def theta(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Theta method on logs, additively deseasonalised. Takes no regressors."""
    return theta_ahead(without_holes(y, periods), steps, periods)


def theta_level(
    y: np.ndarray,
    start: np.ndarray,
    steps: int,
    periods: int,
    x: np.ndarray | None = None,
    x_ahead: np.ndarray | None = None,
) -> np.ndarray:
    """Theta method on levels, multiplicatively deseasonalised: growth in amounts, not in rates."""
    levels = np.exp(without_holes(y, periods))
    smooth, half = moving_average(levels, periods)
    ratio = np.full(len(levels), np.nan)
    ratio[half : half + len(smooth)] = levels[half : half + len(smooth)] / smooth
    pattern = np.array([np.nanmean(ratio[place::periods]) for place in range(periods)])
    pattern /= pattern.mean()
    ahead = theta_line(levels / np.resize(pattern, len(levels)), steps)
    ahead = ahead * pattern[(len(levels) + np.arange(steps)) % periods]
    return np.log(np.where(ahead > 0, ahead, np.nan))


def _airline(y: np.ndarray, periods: int) -> SARIMAX:
    """Airline model on differences: a smaller state, the same forecast."""
    return SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, periods), simple_differencing=True)


@lru_cache(maxsize=4096)
def _airline_parameters(series: bytes, periods: int) -> tuple[float, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # start values and convergence: the backtest judges the forecasts
        model = _airline(np.frombuffer(series), periods)
        return tuple(float(p) for p in model.fit(disp=0, maxiter=30, cov_type="none").params)


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
        changes = np.asarray(_airline(y, periods).filter(parameters, cov_type="none").forecast(steps))
    longer = np.concatenate([y, np.empty(steps)])
    for t in range(len(y), len(longer)):
        # (1 - L)(1 - L^s) y = change
        longer[t] = changes[t - len(y)] + longer[t - 1] + longer[t - periods] - longer[t - periods - 1]
    return longer[len(y) :]
