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

from analytics.tax_forecast.models.base import Engine

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
        found = model.fit(disp=0, maxiter=ITERATIONS, cov_type="none")
    return tuple(float(p) for p in found.params)


def fitted(y: np.ndarray, start: np.ndarray, spec: str, periods: int, x: np.ndarray | None = None) -> Any:
    """Filter `y` with parameters estimated on `start`, the part known when the year began.

    Parameters
    ----------
    y, start : ndarray
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
    early = None if x is None else np.ascontiguousarray(x[: len(start)]).tobytes()
    parameters = _parameters(start.tobytes(), early, 0 if x is None else x.shape[1], spec, periods)
    return UnobservedComponents(y, spec, seasonal=periods, exog=x).filter(np.array(parameters), cov_type="none")


def engine(spec: str) -> Engine:
    """Structural engine of a trend specification ("local level", "local linear trend", ...)."""

    def forecast(
        y: np.ndarray,
        start: np.ndarray,
        steps: int,
        periods: int,
        x: np.ndarray | None = None,
        x_ahead: np.ndarray | None = None,
    ) -> np.ndarray:
        return np.asarray(fitted(y, start, spec, periods, x).forecast(steps, exog=x_ahead))

    return forecast


def deviations(result: Any, steps: int, paths: int, rng: np.random.Generator) -> np.ndarray:
    """Draw paths of a filtered state-space model around its forecast, all at once: log deviations, (paths, steps).

    They give the shape of the uncertainty (how far errors of one month go on into the next); its size is set by the
    record (see `calibration`). The state at the origin is drawn from its filtered distribution, then moved by the
    transition equation.
    """
    ssm = result.model.ssm
    design, transition = ssm["design"], ssm["transition"]
    selection, state_cov, noise = ssm["selection"], ssm["state_cov"], float(ssm["obs_cov"][0, 0])
    spread = result.predicted_state_cov[:, :, -1]
    state = rng.standard_normal((paths, len(spread))) @ _root(spread).T
    shock = (selection @ _root(state_cov)).T
    out = np.empty((paths, steps))
    for step in range(steps):
        out[:, step] = state @ design[0] + np.sqrt(noise) * rng.standard_normal(paths)
        state = state @ transition.T + rng.standard_normal((paths, shock.shape[0])) @ shock
    return out


def _root(covariance: np.ndarray) -> np.ndarray:
    """Matrix A with A A' = covariance, also where it is singular."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root: np.ndarray = vectors * np.sqrt(np.clip(values, 0, None))
    return root
