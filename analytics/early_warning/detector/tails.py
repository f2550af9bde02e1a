"""Heavy tails: Student-t densities and the degrees of freedom of each series."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaln, stdtr

DEGREES = (3.0, 5.0, 10.0, 40.0)
_PRIOR = np.log(np.array([0.15, 0.3, 0.3, 0.25], np.float32))


@lru_cache(maxsize=16)
def _constant(degrees: float) -> np.float32:
    return np.float32(gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - 0.5 * np.log(degrees * np.pi))


def tail_log_density(u: np.ndarray, degrees: float) -> np.ndarray:
    """Log density of Student's t at `u`."""
    nu = np.float32(degrees)
    density: np.ndarray = _constant(degrees) - (nu + 1) / 2 * np.log1p(u * u / nu)
    return density


def no_evidence(series: int) -> np.ndarray:
    """Log weights of the degrees of freedom before anything was seen, shape (4, series)."""
    return np.repeat(_PRIOR[:, None], series, axis=1)


def learn(weights: np.ndarray, surprise: np.ndarray) -> None:
    """Add a month's surprises (0 where unseen counts for nothing) to the log weights, in place."""
    seen = np.isfinite(surprise)
    u = np.where(seen, surprise, 0)
    for row, degrees in zip(weights, DEGREES, strict=True):
        row += np.where(seen, tail_log_density(u, degrees), 0)
    weights -= weights.max(axis=0)


def degrees_of_freedom(weights: np.ndarray) -> np.ndarray:
    """Degrees of freedom of each series: the harmonic mean over what its surprises leave likely, shape (series,)."""
    chance = np.exp(weights)
    inverse = (chance / np.array(DEGREES, np.float32)[:, None]).sum(axis=0) / chance.sum(axis=0)
    found: np.ndarray = 1 / inverse
    return found


def jump(surprise: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Evidence of a month that stands alone: minus log10 of the two-sided tail of Student's t; 0 where unseen."""
    u = np.abs(np.where(np.isfinite(surprise), surprise, 0)).astype(float)
    tail = np.maximum(2 * stdtr(degrees.astype(float), -u), 1e-300)
    evidence: np.ndarray = -np.log10(tail)
    return evidence
