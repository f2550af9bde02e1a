"""Exponential smoothing, Theta and the airline model, in logs.

Sources: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing; Assimakopoulos and
Nikolopoulos (2000) for Theta; Box and Jenkins (1976) for the airline model. Parameters of ETS and the airline
model are estimated in statsmodels.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
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
    return _theta_ahead(without_holes(y, periods), steps, periods)


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
    smooth, half = _moving_average(levels, periods)
    ratio = np.full(len(levels), np.nan)
    ratio[half : half + len(smooth)] = levels[half : half + len(smooth)] / smooth
    pattern = np.array([np.nanmean(ratio[place::periods]) for place in range(periods)])
    pattern /= pattern.mean()
    ahead = _theta_line(levels / np.resize(pattern, len(levels)), steps)
    ahead = ahead * pattern[(len(levels) + np.arange(steps)) % periods]
    return np.log(np.where(ahead > 0, ahead, np.nan))


def _moving_average(y: np.ndarray, periods: int) -> tuple[np.ndarray, int]:
    """Centred moving average over a year, and how many values it lacks at each end."""
    kernel = np.ones(periods) if periods % 2 else np.concatenate([[0.5], np.ones(periods - 1), [0.5]])
    return np.convolve(y, kernel / periods, mode="valid"), len(kernel) // 2


def _seasonal(y: np.ndarray, periods: int) -> np.ndarray:
    """Seasonal pattern: mean deviation from a centred moving average (classical decomposition)."""
    smooth, half = _moving_average(y, periods)
    deviation = np.full(len(y), np.nan)
    deviation[half : half + len(smooth)] = y[half : half + len(smooth)] - smooth
    pattern = np.array([np.nanmean(deviation[place::periods]) for place in range(periods)])
    result: np.ndarray = pattern - pattern.mean()
    return result


def _theta_ahead(y: np.ndarray, steps: int, periods: int) -> np.ndarray:
    seasonal = _seasonal(y, periods)
    line = _theta_line(y - np.resize(seasonal, len(y)), steps)
    result: np.ndarray = line + seasonal[(len(y) + np.arange(steps)) % periods]
    return result


def _theta_line(adjusted: np.ndarray, steps: int) -> np.ndarray:
    """Mean of the linear trend and of exponential smoothing of the line with twice the curvature.

    Equals simple exponential smoothing with half the trend's slope as drift (Hyndman and Billah, 2003).
    """
    n = len(adjusted)
    slope = float(np.polyfit(np.arange(n), adjusted, 1)[0])
    alpha = _smoothing_weight(adjusted)
    level = _level(adjusted, alpha)[-1]
    drift = slope / 2 * (np.arange(steps) + 1 / alpha - (1 - alpha) ** n / alpha)
    result: np.ndarray = level + drift
    return result


def _level(y: np.ndarray, alpha: float) -> np.ndarray:
    """Level of simple exponential smoothing after each value, started at the first."""
    filtered, _ = lfilter([alpha], [1, alpha - 1], y, zi=[(1 - alpha) * y[0]])
    return np.asarray(filtered)


def _smoothing_weight(y: np.ndarray) -> float:
    """Weight that minimises the squared one-step errors."""

    def loss(alpha: float) -> float:
        return float(((y[1:] - _level(y, alpha)[:-1]) ** 2).sum())

    return float(minimize_scalar(loss, bounds=(0.01, 0.999), method="bounded", options={"xatol": 1e-4}).x)


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
