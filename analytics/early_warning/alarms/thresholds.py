"""How much evidence makes an alarm: so much that the panel's own past would have told no more than was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.early_warning.detector.watch import Reading

QUIET: Final = 3
"""Months without alarm before a new episode begins."""

_JUMP_SHARE = 1 / 3
_LEAST_EPISODES = 20
"""Fewer expected episodes than this cannot place a threshold."""

SIMULATED: Final[dict[str, dict[float, tuple[tuple[float, ...], tuple[float, ...]]]]] = {
    "month": {
        1 / 60: ((1.95, 2.05, 2.15), (3.73, 3.23, 2.95)),
        1 / 240: ((2.61, 2.85, 3.10), (5.50, 4.58, 4.16)),
        1 / 600: ((3.20, 3.60, 4.06), (6.50, 5.48, 4.94)),
    },
    "week": {
        1 / 260: ((3.27, 2.93, 2.72), (5.98, 5.49, 4.91)),
        1 / 1040: ((4.40, 4.28, 3.47), (7.15, 6.74, 6.13)),
        1 / 2600: ((5.13, 5.37, 4.25), (8.03, 7.46, 6.75)),
    },
}
"""Thresholds by the rate asked for, (jump, shift) in three strata. Months: four simulated panels of 10,000 series
(benchmarks/early_warning/panels.py, seeds 31-34); weeks: two of 4,000 (weekly.py, seeds 1-2)."""

_EDGES: Final = {"month": (7.41, 11.41), "week": (13.21, 24.48)}
"""Degrees of freedom between those strata."""

_STRATA = 3


@dataclass(frozen=True)
class Thresholds:
    """Evidence above which a month is an alarm, by how heavy the tails of a series are.

    Attributes
    ----------
    edges : degrees of freedom between the strata, increasing
    jump : minus log10 of a chance, one a stratum
    shift : log likelihood ratio, one a stratum
    rate : episodes a series and month asked for
    own : whether they come from the panel's own past, or from simulated panels
    months : series-months that the panel's own past holds
    """

    edges: tuple[float, ...]
    jump: tuple[float, ...]
    shift: tuple[float, ...]
    rate: float
    own: bool
    months: int

    def lines(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Thresholds of jumps and of shifts of each month and series."""
        stratum = self._stratum(reading)
        return np.array(self.jump)[stratum], np.array(self.shift)[stratum]

    def jumped(self, reading: Reading) -> np.ndarray:
        """Return where a month alone passes its threshold."""
        passed: np.ndarray = reading.jump > self.lines(reading)[0]
        return passed

    def shifted(self, reading: Reading) -> np.ndarray:
        """Return where a lasting shift passes its threshold."""
        passed: np.ndarray = reading.shift > self.lines(reading)[1]
        return passed

    def _stratum(self, reading: Reading) -> np.ndarray:
        return np.digitize(reading.degrees, self.edges)


def episodes(alarm: np.ndarray) -> np.ndarray:
    """Months that open an episode: an alarm with none in the three months before.

    Parameters
    ----------
    alarm : (months, series) of bool
    """
    before = np.zeros_like(alarm)
    for lag in range(1, QUIET + 1):
        before[lag:] |= alarm[:-lag]
    return alarm & ~before


def strength(reading: Reading) -> np.ndarray:
    """Evidence by which alarms are ranked: the larger of that of a shift and that of a jump.

    Measured on simulated panels against ratios to thresholds, weights and penalties for heavy tails
    (benchmarks/early_warning/operating.py): five a month hold .30 true events and .84 of the clear shifts.
    """
    ranked: np.ndarray = np.maximum(np.where(np.isfinite(reading.shift), reading.shift, 0), reading.jump)
    return ranked


def calibrate(reading: Reading, watched: np.ndarray, rate: float, period: str = "month") -> Thresholds:
    """Place thresholds on a panel's past: a third of the episodes for jumps, the rest for shifts.

    Parameters
    ----------
    reading : of the whole past, arrays of shape (months, series)
    watched : (months, series) of bool, the months that count
    rate : episodes a series and step, such as 1/60 for one in five years of months
    period : "month" or "week"

    Returns
    -------
    Thresholds from the panel itself where it holds at least twenty expected episodes, in three strata of equal size by
    the degrees of freedom where each holds so many; else those of simulated panels for the nearest rate. Whatever truly
    happened in the past counts as an episode, so a restless past raises them.
    """
    months = int(watched.sum())
    if months * rate < _LEAST_EPISODES:
        table = SIMULATED[period]
        near = min(table, key=lambda r: abs(np.log(r / rate)))
        return Thresholds(_EDGES[period], *table[near], rate=near, own=False, months=months)
    strata = _STRATA if months * rate >= _STRATA * _LEAST_EPISODES else 1
    edges = np.quantile(reading.degrees[watched], np.arange(1, strata) / strata)
    stratum = np.digitize(reading.degrees, edges)
    jump = [place(reading.jump, watched & (stratum == i), rate * _JUMP_SHARE) for i in range(strata)]
    shift = [place(reading.shift, watched & (stratum == i), rate * (1 - _JUMP_SHARE)) for i in range(strata)]
    return Thresholds(tuple(map(float, edges)), tuple(jump), tuple(shift), rate, own=True, months=months)


def place(evidence: np.ndarray, watched: np.ndarray, rate: float) -> float:
    """Return the evidence above which so many episodes a series and month would have been told."""
    wanted = rate * watched.sum()
    low, high = 0.0, float(np.max(evidence[watched], initial=1.0))
    for _ in range(24):
        middle = (low + high) / 2
        if episodes((evidence > middle) & watched).sum() > wanted:
            low = middle
        else:
            high = middle
    return high
