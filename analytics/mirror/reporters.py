"""What is usual between two reporters, and how far each strays from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.mirror.flows import CELL
from analytics.statistics import MAD_TO_SD

SIDES = ("importer", "exporter")

_ROUNDS = 20
_HUBER = 1.5
_DRAWN = 4.0  # cells' weight of what all reporters share, beside a reporter's own
_LEAST_SD = 0.05


@dataclass(frozen=True)
class Reporters:
    """Habits and reliability, logarithms.

    Attributes
    ----------
    usual : log ratio of imports to exports that all cells share: CIF over FOB
    habit : for each dimension of a cell (importer, exporter, good) its members' own departure from `usual`
    common : variance of a gap between average reporters
    times : for importer and exporter, how many times that variance each member has
    """

    usual: float
    habit: dict[str, pd.Series]
    common: float
    times: dict[str, pd.Series]

    def expect(self, cells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Expected gap and its standard deviation for cells; members not seen before count as average ones."""
        expected = np.full(len(cells), self.usual)
        for name, habit in self.habit.items():
            expected += cells[name].map(habit).fillna(0).to_numpy(float)
        variance = np.full(len(cells), self.common)
        for name, times in self.times.items():
            variance *= cells[name].map(times).fillna(1.0).to_numpy(float)
        return expected, np.sqrt(variance)


def estimate(cells: pd.DataFrame) -> Reporters:
    """Estimate habits and reliability from the gaps of cells.

    Parameters
    ----------
    cells : importer, exporter, good, gap, error

    Notes
    -----
    Additive effects by backfitting with Huber weights, each drawn to nought by n/(n + 4); variances as the common
    one times an importer's and an exporter's factor, from robust spreads of what is left, drawn to one. A reporter
    that misses a fifth of everything has a habit, and no shortfall: the mirror sees only what differs from habit.
    """
    gap = cells["gap"].to_numpy(float)
    use = np.isfinite(gap)
    cells, gap = cells[use], gap[use]
    usual = float(np.median(gap))
    habit = {name: pd.Series(0.0, index=sorted(cells[name].unique())) for name in CELL}
    common, times = 1.0, dict[str, pd.Series]()
    sd = np.full(len(gap), max(_spread(gap - usual), _LEAST_SD))
    for _ in range(_ROUNDS):
        for name in CELL:
            others = usual + sum(cells[n].map(habit[n]).to_numpy(float) for n in CELL if n != name)
            rest = gap - others
            own = cells[name].map(habit[name]).to_numpy(float)
            drawn = _drawn_mean(rest, own, sd, cells[name]).reindex(habit[name].index)
            centre = float(cells[name].map(drawn).mean())  # what members share is usual, and no habit
            habit[name], usual = drawn - centre, usual + centre
        left = gap - usual - sum(cells[n].map(habit[n]).to_numpy(float) for n in CELL)
        usual += float(np.median(left))
        left -= float(np.median(left))
        common, times = _reliability(left, cells)
        sd = np.sqrt(common * np.prod([cells[n].map(times[n]).to_numpy(float) for n in SIDES], axis=0))
    return Reporters(usual, habit, common, times)


def _drawn_mean(rest: np.ndarray, own: np.ndarray, sd: np.ndarray, members: pd.Series) -> pd.Series:
    away = np.abs(rest - own) / sd
    weight = np.minimum(1, _HUBER / np.maximum(away, 1e-9)) / sd**2
    frame = pd.DataFrame({"w": weight, "wr": weight * rest, "n": 1.0})
    sums = frame.groupby(members.to_numpy()).sum()
    mean: pd.Series = sums["wr"] / sums["w"] * sums["n"] / (sums["n"] + _DRAWN)
    return mean


def _reliability(left: np.ndarray, cells: pd.DataFrame) -> tuple[float, dict[str, pd.Series]]:
    """Common variance of a gap, and how many times that each importer and exporter has."""
    common = max(_spread(left), _LEAST_SD) ** 2
    times = {name: pd.Series(1.0, index=sorted(cells[name].unique())) for name in SIDES}
    for _ in range(3):
        for name, other in zip(SIDES, SIDES[::-1], strict=True):
            scaled = left / np.sqrt(common * cells[other].map(times[other]).to_numpy(float))
            groups = pd.Series(scaled).groupby(cells[name].to_numpy())
            own, size = groups.apply(lambda v: _spread(v.to_numpy()) ** 2), groups.size()
            times[name] = (size * own + 4 * _DRAWN) / (size + 4 * _DRAWN)
    return common, times


def _spread(values: np.ndarray) -> float:
    return float(MAD_TO_SD * np.median(np.abs(values - np.median(values))))
