"""A robust seasonal filter: level, slope, twelve seasonal effects and the Lunar New Year, many series at a time.

The state of a series has fifteen entries. Means are logarithms; covariances are in units of the series' own noise
variance, so that one recursion serves quiet series and loud ones. A surprise beyond 2.5 standard deviations is
followed the less the larger it is. Beside the state run the responses: what a step of one, begun k months ago, has
moved the state by since. They make the likelihood of a shift exact, whatever was missing or clipped.

Source: Harvey, Forecasting, structural time series models and the Kalman filter (1989), ch. 3-4; robust gain after
Masreliez and Martin, IEEE Transactions on Automatic Control 22 (1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.early_warning.detector.pace import MONTH, Pace, Place
from analytics.early_warning.detector.tails import tail_log_density

LEVEL, SLOPE, SEASON, LUNAR, STATES = 0, 1, 2, 14, 15
_CLIP = np.float32(2.5)
_CLIPPED_SQUARE = np.float32(0.978)  # mean of min(z^2, 6.25), z normal
LEAST_SCALE: Final = np.float32(0.01)
"""No series is taken for quieter than 1 %: a constant price would make any change infinitely surprising."""

_PRIOR_WEIGHT = np.float32(8)


@dataclass
class Month:
    """What a filter saw in a month, before it learnt from it: arrays (series,), responses (candidates, series).

    Attributes
    ----------
    surprise : standardised innovation; missing where nothing was observed
    spread : its standard deviation in units of the noise
    response : part of a step of one, begun k months ago, that would show in the innovation, in units of `spread`
    """

    surprise: np.ndarray
    spread: np.ndarray
    response: np.ndarray


@dataclass
class SeasonalFilter:
    """State of all series under one prior of how strong a season is.

    Attributes
    ----------
    mean : (15, series) logarithms
    covariance : (15, 15, series) in units of the noise variance
    scale, weight : (series,) standard deviation of the noise, and months behind it
    response : (candidates, 15, series) what a step of one begun k months ago has moved `mean` by
    fit : (series,) sum of log predictive densities (t, 5 degrees of freedom)
    pace : what a step is
    """

    season: float
    mean: np.ndarray
    covariance: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    response: np.ndarray
    fit: np.ndarray
    pace: Pace = MONTH

    @classmethod
    def empty(cls, season: float, series: int, pace: Pace = MONTH) -> SeasonalFilter:
        """Make the filter of `series` series that have not begun."""
        shape = (STATES, series)
        return cls(
            season,
            np.zeros(shape, np.float32),
            np.zeros((STATES, *shape), np.float32),
            np.ones(series, np.float32),
            np.full(series, _PRIOR_WEIGHT),
            np.zeros((pace.candidates, *shape), np.float32),
            np.zeros(series, np.float32),
            pace,
        )

    def begin(self, at: np.ndarray, level: np.ndarray, scale: np.ndarray) -> None:
        """Start the series numbered `at` from a level and a scale."""
        if not len(at):
            return
        scale = np.maximum(scale.astype(np.float32), LEAST_SCALE)
        square = scale**2
        covariance = np.zeros((STATES, STATES, len(at)), np.float32)
        covariance[LEVEL, LEVEL] = 0.5 / square
        covariance[SLOPE, SLOPE] = 0.012**2 / square
        months = (self.season**2 * 12 / 11 * (np.eye(12) - 1 / 12)).astype(np.float32)
        covariance[SEASON:LUNAR, SEASON:LUNAR] = months[:, :, None] / square
        covariance[LUNAR, LUNAR] = 0.3**2 / square
        self.covariance[:, :, at] = covariance
        self.mean[:, at] = 0
        self.mean[LEVEL, at] = level
        self.scale[at] = scale
        self.weight[at] = _PRIOR_WEIGHT

    def advance(self, month: int) -> None:
        """Move to a month of the year (0 is January): slope onto level, a little doubt onto everything."""
        P, damping = self.covariance, np.float32(self.pace.damping)
        P[LEVEL] += P[SLOPE]
        P[:, LEVEL] += P[:, SLOPE]
        P[SLOPE] *= damping
        P[:, SLOPE] *= damping
        P[LEVEL, LEVEL] += np.float32(self.pace.level)
        P[SLOPE, SLOPE] += np.float32(self.pace.slope)
        P[SEASON + month, SEASON + month] += np.float32(self.pace.season)
        for state in (self.mean, *self.response):
            state[LEVEL] += state[SLOPE]
            state[SLOPE] *= damping
        self.response[1:] = self.response[:-1].copy()
        self.response[0] = 0

    def expected(self, at: Place) -> np.ndarray:
        """Logarithm expected of a step, shape (series,)."""
        return _seen(self.mean, at)

    def observe(self, value: np.ndarray, at: Place) -> Month:
        """Learn from a step: returns what it looked like beforehand.

        Parameters
        ----------
        value : (series,) logarithms; NaN where nothing was observed
        at : its place in the calendar
        """
        PZ = _seen(self.covariance, at)
        spread = np.sqrt(_seen(PZ, at) + 1)
        innovation = value - self.expected(at)
        surprise = innovation / (self.scale * spread)
        seen = np.isfinite(surprise)
        response = 1 - np.stack([_seen(A, at) for A in self.response])
        doubt = np.maximum(1, (np.where(seen, surprise, 0) / _CLIP) ** 2)
        gain = np.where(seen, PZ / (spread**2 - 1 + doubt), 0)
        self.mean += gain * np.where(seen, innovation, 0)
        for i in range(STATES):
            self.covariance[i] -= gain[i] * PZ
        for k in range(self.pace.candidates):
            self.response[k] += gain * response[k]
        self._learn_scale(surprise, spread, seen)
        return Month(surprise, spread, response / spread)

    def shift(self, at: np.ndarray, began: np.ndarray, size: np.ndarray) -> None:
        """Take a shift of `size` (logarithm), begun `began` months ago, into the level of the series numbered `at`."""
        self.mean[:, at] -= size * self.response[began, :, at].T
        self.mean[LEVEL, at] += size
        self.covariance[LEVEL, LEVEL, at] += 1 / (began + 1)

    def _learn_scale(self, surprise: np.ndarray, spread: np.ndarray, seen: np.ndarray) -> None:
        square = np.minimum(np.where(seen, surprise, 0) ** 2, _CLIP**2) / _CLIPPED_SQUARE
        density = tail_log_density(np.where(seen, surprise, 0), 5.0) - np.log(self.scale * spread)
        self.fit += np.where(seen, density, 0)
        kept = np.float32(self.pace.memory) * self.weight
        self.scale *= np.where(seen, np.sqrt((kept + square) / (kept + 1)), 1)
        np.maximum(self.scale, LEAST_SCALE, out=self.scale)
        self.weight[:] = np.where(seen, np.minimum(kept + 1, np.float32(self.pace.longest)), self.weight)


def _seen(state: np.ndarray, at: Place) -> np.ndarray:
    season = state[SEASON + at.month]
    if at.into:
        season = np.float32(1 - at.into) * season + np.float32(at.into) * state[SEASON + (at.month + 1) % 12]
    seen: np.ndarray = state[LEVEL] + season
    return seen + np.float32(at.lunar) * state[LUNAR] if at.lunar else seen
