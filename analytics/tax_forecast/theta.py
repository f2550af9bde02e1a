"""The Theta method, in figures alone: what a model forecasts with, and what stands for a month that is late.

Sources: Assimakopoulos and Nikolopoulos (2000); Hyndman and Billah (2003).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter


def without_holes(y: np.ndarray, periods: int) -> np.ndarray:
    """Log series without holes: a missing period takes the one of the year before or after."""
    y = y.copy()
    for i in np.flatnonzero(~np.isfinite(y)):
        near = [y[j] for j in (i - periods, i + periods) if 0 <= j < len(y) and np.isfinite(y[j])]
        y[i] = near[0] if near else np.nanmean(y)
    return y


def moving_average(y: np.ndarray, periods: int) -> tuple[np.ndarray, int]:
    """Centred moving average over a year, and how many values it lacks at each end."""
    kernel = np.ones(periods) if periods % 2 else np.concatenate([[0.5], np.ones(periods - 1), [0.5]])
    return np.convolve(y, kernel / periods, mode="valid"), len(kernel) // 2


def _seasonal(y: np.ndarray, periods: int) -> np.ndarray:
    """Seasonal pattern: mean deviation from a centred moving average (classical decomposition)."""
    smooth, half = moving_average(y, periods)
    deviation = np.full(len(y), np.nan)
    deviation[half : half + len(smooth)] = y[half : half + len(smooth)] - smooth
    pattern = np.array([np.nanmean(deviation[place::periods]) for place in range(periods)])
    result: np.ndarray = pattern - pattern.mean()
    return result


def theta_ahead(y: np.ndarray, steps: int, periods: int) -> np.ndarray:
    """Forecast by the Theta method, additively deseasonalised: `steps` values after `y` (without holes)."""
    seasonal = _seasonal(y, periods)
    line = theta_line(y - np.resize(seasonal, len(y)), steps)
    result: np.ndarray = line + seasonal[(len(y) + np.arange(steps)) % periods]
    return result


def theta_line(adjusted: np.ndarray, steps: int) -> np.ndarray:
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
