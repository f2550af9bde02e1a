"""What every model offers: the central forecast of the year's remaining periods.

An engine forecasts a regular series of logarithms and knows nothing of years. Two devices put an engine to work on
a year: `on_periods` on the periods as they are, `year_end.on_blocks` on blocks that join December and the following
January-February.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from analytics.language import Text
from analytics.tax_forecast.inputs.drivers import regressors
from analytics.tax_forecast.inputs.origin import Origin

FEWEST_PERIODS = 4  # periods of a year below which there is no season to model
Forecaster = Callable[[Origin], np.ndarray]
# What a candidate of "auto" waits for: nothing, a driver, a calendar, a tax base; "rule" is the office's rule of thumb.
Device = Literal["always", "drivers", "calendar", "base", "rule"]


class Engine(Protocol):
    """Forecast of a log series.

    Called with the series to the origin, the part of it known when the year began (parameters are estimated on that
    and kept through the year), steps ahead, periods of a year, and regressors for the series and the steps ahead.
    Returns the `steps` log forecasts; NaN where the series is too short.
    """

    def __call__(
        self,
        y: np.ndarray,
        start: np.ndarray,
        steps: int,
        periods: int,
        x: np.ndarray | None = None,
        x_ahead: np.ndarray | None = None,
    ) -> np.ndarray:
        """Forecast `steps` values ahead."""


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
    joins : str or None
        With which device "auto" weighs it; None for a model that is only taken when it is named.
    """

    name: str
    label: Text
    years_needed: int
    forecast: Forecaster
    joins: Device | None = None


def log_levels(values: np.ndarray) -> np.ndarray:
    """Logarithm of receipts; refunds and empty months (not positive) become missing."""
    return np.log(np.where(values > 0, values, np.nan))


def from_first_figure(flat: np.ndarray, remaining: int) -> np.ndarray:
    """Trim what lies before the first figure and the `remaining` periods to forecast."""
    flat = flat[: len(flat) - remaining]
    have = np.flatnonzero(np.isfinite(flat))
    return flat[have[0] :] if len(have) else flat[:0]


def run(
    engine: Engine, flat: np.ndarray, steps: int, in_year: int, periods: int, x: np.ndarray | None = None
) -> np.ndarray:
    """Forecast the last `steps` places of a log series.

    Parameters
    ----------
    flat : ndarray
        Log series; its last `steps` places are to be forecast.
    in_year : int
        Figures at its end that came after the year began: parameters are estimated without them.
    x : ndarray of shape (len(flat), drivers), optional
    """
    y = from_first_figure(flat, steps)
    if len(y) - in_year < 2 * periods:
        return np.full(steps, np.nan)
    start = y[: len(y) - in_year]
    if x is None:
        return engine(y, start, steps, periods)
    own = x[len(flat) - steps - len(y) :]
    return engine(y, start, steps, periods, own[: len(y)], own[len(y) :])


def on_periods(origin: Origin, engine: Engine, *, drivers: bool = False, calendar: bool = False) -> np.ndarray:
    """Forecast the year's remaining periods as they are.

    Parameters
    ----------
    origin : Origin
    engine : Engine
    drivers : bool
        Take the origin's drivers as regressors; ahead they stay at their last known level.
    calendar : bool
        Take working days as a regressor.
    """
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    table = regressors_of(origin, drivers, calendar)
    if (drivers or calendar) and table is None:
        return np.full(remaining, np.nan)
    in_year = origin.known + origin.since
    ahead = run(engine, log_levels(origin.on_one_law).ravel(), remaining, in_year, periods, table)
    return origin.under_law(np.exp(ahead))


def regressors_of(origin: Origin, drivers: bool, calendar: bool) -> np.ndarray | None:
    """Regressors asked for on the grid of periods, (years x periods, columns); None where they are not given."""
    if drivers:
        return regressors(origin)
    if calendar and origin.working_days is not None:
        return origin.working_days.reshape(-1, 1)
    return None
