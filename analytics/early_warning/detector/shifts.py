"""Evidence of a lasting shift: likelihood ratios of steps of many sizes that may have begun some steps ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.early_warning.detector.seasonal import Month

_HALF = (1, 1.5, 2.2, 3.2, 4.5, 6.5, 9.5, 14, 20)
SIZES = np.array([sign * size for sign in (-1, 1) for size in _HALF], np.float32)
"""Sizes of a step that are tried, in standard deviations of the noise."""

_STEP = np.float32(20 ** (1 / 8))  # from one size to the next
_CLEARED = -100


@dataclass
class Shift:
    """The most likely shift of each series in a month, arrays of shape (series,).

    Attributes
    ----------
    evidence : log likelihood ratio against no shift; -inf where nothing was tried
    began : months ago
    size, error : in standard deviations of the noise, and its standard error
    """

    evidence: np.ndarray
    began: np.ndarray
    size: np.ndarray
    error: np.ndarray


@dataclass
class ShiftEvidence:
    """Running evidence of the candidates.

    Attributes
    ----------
    ratio : (candidates, sizes, series) log likelihood ratios
    months : (candidates, series) months observed since each candidate began
    information : (candidates, series) squared responses summed: what has been learnt of a step's size
    """

    ratio: np.ndarray
    months: np.ndarray
    information: np.ndarray

    @classmethod
    def empty(cls, series: int, candidates: int) -> ShiftEvidence:
        """Make the evidence of series that have not begun."""
        return cls(
            np.zeros((candidates, len(SIZES), series), np.float32),
            np.full((candidates, series), _CLEARED, np.int16),
            np.zeros((candidates, series), np.float32),
        )

    def update(self, seen: Month, degrees: np.ndarray) -> Shift:
        """Add a month and return the most likely shift of each series.

        Only candidates that this month itself supports are considered: an old outlier is no new shift.
        """
        for history in (self.ratio, self.months, self.information):
            history[1:] = history[:-1].copy()
            history[0] = 0
        observed = np.isfinite(seen.surprise)
        u = np.where(observed, seen.surprise, 0).astype(np.float32)
        nu = degrees.astype(np.float32)
        self.months += observed
        self.information += np.where(observed, seen.response**2, 0)
        best = np.full(self.months.shape, -np.inf, np.float32)
        size = np.zeros(self.months.shape, np.float32)
        null = np.log(nu + u * u)
        for k in range(len(self.months)):
            moved = u - SIZES[:, None] * seen.response[k]
            gained = np.where(observed, (nu + 1) / 2 * (null - np.log(nu + moved * moved)), 0)
            self.ratio[k] += gained
            best[k], size[k] = _peak(self.ratio[k], (gained > 0) & (self.months[k] >= 2))
        began = best.argmax(axis=0)
        columns = np.arange(len(u))
        spread = np.sqrt((nu + 3) / (nu + 1) / np.maximum(self.information[began, columns], 1e-6))
        return Shift(best[began, columns], began, size[began, columns], spread)

    def clear(self, at: np.ndarray) -> None:
        """Forget the candidates of the series numbered `at`: what they told has been taken into the level."""
        self.ratio[:, :, at] = 0
        self.months[:, at] = _CLEARED
        self.information[:, at] = 0


def _peak(ratio: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest allowed ratio over the sizes, and the size at the top of the parabola through it and its neighbours."""
    columns = np.arange(ratio.shape[1])
    place = np.where(allowed, ratio, -np.inf).argmax(axis=0)
    best = np.where(allowed[place, columns], ratio[place, columns], -np.inf)
    step = place % len(_HALF)
    inner = (step > 0) & (step < len(_HALF) - 1)
    before, after = ratio[np.maximum(place - 1, 0), columns], ratio[np.minimum(place + 1, len(SIZES) - 1), columns]
    bend = np.where(inner, 2 * ratio[place, columns] - before - after, 0)
    lean = np.where(bend > 0, (after - before) / np.maximum(2 * bend, 1e-6), 0)
    return best, SIZES[place] * _STEP ** np.clip(lean, -0.5, 0.5)
