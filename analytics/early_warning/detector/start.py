"""Where a series starts: its level and the size of its noise, from its own first two years and from the others."""

from __future__ import annotations

import numpy as np

from analytics.early_warning.detector.pace import MONTH, Pace
from analytics.statistics import MAD_TO_SD

_LEAST_DIFFERENCES = 4
_PANEL_WEIGHT = 4


def first_seen(values: np.ndarray) -> np.ndarray:
    """Position of the first month observed of each series; the number of months where there is none."""
    seen = np.isfinite(values)
    return np.where(seen.any(axis=0), seen.argmax(axis=0), len(values))


def own_first_years(values: np.ndarray, warm_up: int) -> np.ndarray:
    """First two years of each series from its own first step, shape (warm_up, series); missing beyond the data."""
    months, series = values.shape
    rows = first_seen(values) + np.arange(warm_up)[:, None]
    padded = np.vstack([values, np.full((1, series), np.nan, values.dtype)])
    taken: np.ndarray = np.take_along_axis(padded, np.minimum(rows, months), axis=0)
    return taken


def levels_and_scales(values: np.ndarray, pace: Pace = MONTH) -> tuple[np.ndarray, np.ndarray]:
    """Level and noise of each series to start from.

    Parameters
    ----------
    values : (months, series) logarithms, NaN where nothing was observed
    pace : what a step is

    Returns
    -------
    (level, scale), each (series,): the median of the first two years, and the smaller of the robust spreads of yearly
    changes and of those from step to step, drawn to the panel's median where few changes were seen. Factors 1.1 and 1.3
    undo the season and the small sample, as measured on simulated panels.
    """
    first = own_first_years(values, pace.warm_up)
    yearly = first[pace.steps :] - first[: pace.steps]
    monthly = np.diff(first, axis=0)
    with np.errstate(invalid="ignore"):
        long = 1.1 * MAD_TO_SD * _spread(yearly, _LEAST_DIFFERENCES) / np.sqrt(2)
        short = 1.3 * MAD_TO_SD * _spread(monthly, _LEAST_DIFFERENCES)
    own = np.fmin(long, short)
    own = np.where(own > 1e-6, own, np.nan)
    panel = np.nanmedian(own) if np.isfinite(own).any() else 0.2
    count = np.isfinite(first).sum(axis=0)
    weight = np.where(np.isfinite(own), count / (count + _PANEL_WEIGHT), 0)
    log_scale = weight * np.log(np.where(np.isfinite(own), own, panel)) + (1 - weight) * np.log(panel)
    return _median(first), np.exp(log_scale)


def _median(values: np.ndarray) -> np.ndarray:
    """Median over the rows, NaN where a column holds nothing."""
    ordered = np.sort(values, axis=0)  # NaN last
    count = np.isfinite(values).sum(axis=0)
    columns = np.arange(values.shape[1])
    middle = 0.5 * (ordered[np.maximum(count - 1, 0) // 2, columns] + ordered[count // 2 % len(values), columns])
    return np.where(count > 0, middle, np.nan)


def _spread(changes: np.ndarray, least: int) -> np.ndarray:
    away = np.abs(changes - _median(changes))
    return np.where(np.isfinite(changes).sum(axis=0) >= least, _median(away), np.nan)
