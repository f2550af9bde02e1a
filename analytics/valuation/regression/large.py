"""Enterprises large enough to move the level of their group by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.valuation.alignment.lines import codes
from analytics.valuation.regression.robust import Observations

_MOST, LARGE = 3, 0.05  # enterprises of a group, and least share, that may move its level by themselves
APART = 0.2  # spread (log) of prices of enterprises that stand apart


@dataclass(frozen=True)
class Large:
    """Enterprises large enough to move the level of their group.

    Attributes
    ----------
    number : (N,) number of the large enterprise that an observation belongs to, -1 for none
    level : (C,) code of each among the levels of enterprise x group
    group : (C,) group of each
    share : (C,) share of its group's goods, at fitted prices
    enterprise : (C,) code of each, -1 for those that declare in several groups of the stratum
    name : (C,) name of each
    """

    number: np.ndarray
    level: np.ndarray
    group: np.ndarray
    share: np.ndarray
    enterprise: np.ndarray
    name: np.ndarray

    @classmethod
    def none(cls, size: int) -> Large:
        """No enterprise is named, or none is asked for."""
        empty = np.empty(0, dtype=np.int64)
        return cls(np.full(size, -1), empty, empty, np.empty(0), empty, np.empty(0, dtype=object))

    def shares(self, obs: Observations, worth: np.ndarray) -> np.ndarray:
        """Share of each in its group by `worth`, (C,)."""
        own = self.number >= 0
        mine = np.bincount(self.number[own], worth[own], len(self.level))
        return mine / np.bincount(obs.group, worth, obs.groups)[self.group]


def largest(obs: Observations, keys: int, names: np.ndarray) -> Large:
    """The largest enterprises of each group by value: at most `_MOST`, with a share of `LARGE` or more.

    Parameters
    ----------
    keys : number of targets
    names : (N,) enterprise of each observation
    """
    if "enterprise_group" not in obs.random or "enterprise" not in obs.random or keys != obs.groups:
        return Large.none(len(obs.value))
    code = obs.random["enterprise_group"]
    pairs, first = np.unique(code * obs.groups + obs.group, return_index=True)
    group, level = obs.group[first], code[first]
    place = np.searchsorted(pairs, code * obs.groups + obs.group)
    share = np.bincount(place, obs.value) / np.bincount(obs.group, obs.value, obs.groups)[group]
    order = np.lexsort((level, -share, group))
    start = np.searchsorted(group[order], np.arange(obs.groups))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - start[group[order]]
    chosen = np.flatnonzero((rank < _MOST) & (share >= LARGE))
    chosen = chosen[np.lexsort((rank[chosen], group[chosen]))]
    number = np.full(len(pairs), -1)
    number[chosen] = np.arange(len(chosen))
    return Large(
        number[place],
        level[chosen],
        group[chosen],
        share[chosen],
        _of_one_group(obs, first)[chosen],
        names[first[chosen]],
    )


def _of_one_group(obs: Observations, first: np.ndarray) -> np.ndarray:
    """Enterprise of each pair of enterprise and group, of which `first` are observations; -1 where it has several."""
    enterprise = obs.random["enterprise"][first]
    place = codes(obs.stratum[first], enterprise)
    return np.where(np.bincount(place)[place] == 1, enterprise, -1)


def wide(obs: Observations, variances: Mapping[str, float | np.ndarray], large: Large) -> dict[str, float | np.ndarray]:
    """Variances in which a large enterprise may price as it likes: its contracts are measured from its own mean."""
    if not len(large.level):
        return dict(variances)
    of_level = np.full(int(obs.random["enterprise_group"].max()) + 1, variances["enterprise_group"])
    of_level[large.level] = APART**2
    return {**variances, "enterprise_group": of_level}


def of_all_goods(
    cells: pd.DataFrame, frame: pd.DataFrame, by: list[str], large: Large, share: np.ndarray
) -> np.ndarray:
    """Share of each large enterprise in all goods of its group, (C,): who stands apart does so on all of them.

    Parameters
    ----------
    cells, frame : all goods, and those that compare: `by`, enterprise, value
    by : columns that make a group
    share : (C,) share in the goods that compare, at fitted prices
    """
    if not len(large.level):
        return share
    own = np.flatnonzero(large.number >= 0)
    who = frame.iloc[own[np.unique(large.number[own], return_index=True)[1]]]
    mine, all_of = (_sums(cells, who, keys) for keys in ([*by, "enterprise"], by))
    declared = _sums(frame, who, [*by, "enterprise"]) / _sums(frame, who, by)
    # What does not compare is put at fitted prices as the enterprise's, and the others', goods that do.
    mine_fitted = mine * share / declared
    others = (all_of - mine) * np.divide(1 - share, 1 - declared, out=np.ones_like(share), where=declared < 1)
    return mine_fitted / (mine_fitted + others)


def _sums(table: pd.DataFrame, rows: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Value of all lines of `table` that agree with each of `rows` in `keys`."""
    sums = table.groupby(keys, observed=True)["value"].sum()
    return sums.loc[pd.MultiIndex.from_frame(rows[keys]) if len(keys) > 1 else rows[keys[0]]].to_numpy()
