"""Combination of forecasts, weighted by each model's past annual error at the same number of known months."""

from __future__ import annotations

import numpy as np

PSEUDO_YEARS = 1.0  # years' weight of "all models alike" against a model's own record
SHARPNESS = 2.0  # weights fall with the square of the mean squared error: a poor record counts for little


def weights(errors: np.ndarray) -> np.ndarray:
    """Weights from past log errors of the annual total.

    Parameters
    ----------
    errors : ndarray of shape (years, models)
        log(forecast / outturn) of earlier years only; NaN where a model had no answer.

    Returns
    -------
    ndarray of shape (models,), adding to one.

    Notes
    -----
    Mean squared errors, shrunk towards their mean over models, enter inversely (Bates and Granger, 1969).
    """
    models = errors.shape[1]
    if len(errors) == 0:
        return np.full(models, 1 / models)
    seen = np.isfinite(errors)
    count = seen.sum(axis=0)
    squares = np.where(seen, errors, 0.0) ** 2
    typical = float(np.median(squares.sum(axis=0)[count > 0] / count[count > 0])) if count.any() else 1.0
    shrunk = (squares.sum(axis=0) + PSEUDO_YEARS * typical) / (count + PSEUDO_YEARS)
    raw = np.maximum(shrunk, 1e-12) ** -SHARPNESS
    return raw / raw.sum()
