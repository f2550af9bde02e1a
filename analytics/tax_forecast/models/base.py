"""What every model offers: the central forecast of the year's remaining periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.language import Text
from analytics.tax_forecast.origin import Origin

Forecaster = Callable[[Origin], np.ndarray]


@dataclass(frozen=True)
class Model:
    """A named way to forecast the rest of a year.

    Attributes
    ----------
    name : str
        Identifier in tables.
    label : Text
        Name for readers.
    years_needed : int
        Complete years of history before the model may be used.
    forecast : callable(Origin) -> ndarray of shape (remaining periods,)
        Central (median) forecast of each remaining period, in the receipts' unit; NaN where it has no answer.
    """

    name: str
    label: Text
    years_needed: int
    forecast: Forecaster


def log_levels(values: np.ndarray) -> np.ndarray:
    """Logarithm of receipts; refunds and empty months (not positive) become missing."""
    return np.log(np.where(values > 0, values, np.nan))


def from_first_figure(flat: np.ndarray, remaining: int) -> np.ndarray:
    """Trim what lies before the first figure and the `remaining` periods to forecast."""
    flat = flat[: len(flat) - remaining]
    have = np.flatnonzero(np.isfinite(flat))
    return flat[have[0] :] if len(have) else flat[:0]
