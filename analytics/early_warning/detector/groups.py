"""What a month did to everyone, to a good or to a partner: robust means of surprises over groups of series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

_ROUNDS = 3
_HUBER = 1.5
_FLOOR = 0.01
"""Variance added to each series' own, so that no quiet series speaks for its group alone."""


@dataclass(frozen=True)
class Groups:
    """Groups of series along several dimensions.

    Attributes
    ----------
    members : for each dimension (series,) position of the series' group among `labels`; -1 where it has none
    labels : every group as (dimension, key)
    """

    members: tuple[np.ndarray, ...]
    labels: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, names: pd.DataFrame, dimensions: Sequence[str], least: int) -> Groups:
        """Form groups of at least `least` series along columns of `names`, and one of all series before them."""
        members, labels = [], []
        if len(names) >= least:
            members.append(np.zeros(len(names), int))
            labels.append(("all", ""))
        for dimension in dimensions:
            counts = names[dimension].value_counts()
            large = sorted(counts.index[(counts >= least) & (counts < len(names))], key=str)
            place = {key: len(labels) + i for i, key in enumerate(large)}
            members.append(names[dimension].map(place).fillna(-1).to_numpy(int))
            labels += [(dimension, str(key)) for key in large]
        return cls(tuple(members), tuple(labels))

    def common(self, surprise: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split a month's deviations into those of groups and the rest.

        Parameters
        ----------
        surprise : (series,) logarithm observed minus expected, NaN where nothing was observed
        variance : (series,) of each series' own noise

        Returns
        -------
        (of groups, of each series' groups together): shapes (groups,) and (series,). Backfitting over the dimensions;
        within a group a Huber mean weighted by one over the variance.
        """
        index = np.zeros(len(self.labels))
        total = np.zeros(len(surprise))
        spread = np.sqrt(variance + _FLOOR)
        for _ in range(_ROUNDS):
            for member in self.members:
                own = _taken(index, member)
                rest = surprise - total + own
                new = _huber(rest, spread, member, index)
                total += _taken(new, member) - own
                index = new
        return index, total


def _taken(index: np.ndarray, member: np.ndarray) -> np.ndarray:
    return np.where(member >= 0, index[np.maximum(member, 0)], 0.0)


def _huber(rest: np.ndarray, spread: np.ndarray, member: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Huber means of the groups of one dimension; the other dimensions' entries stay as they are."""
    use = (member >= 0) & np.isfinite(rest)
    at, size = member[use], len(index)
    result = index.copy()
    if not len(at):
        return result
    r, s = rest[use], spread[use]
    for _ in range(2):
        away = np.abs(r - result[at]) / s
        weight = np.minimum(1, _HUBER / np.maximum(away, 1e-9)) / s**2
        total = np.bincount(at, weight, size)
        mean = np.bincount(at, weight * r, size)
        result = np.where(total > 0, mean / np.where(total > 0, total, 1), result)
    return result
