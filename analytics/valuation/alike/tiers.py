"""Codes of two prices told by enterprises: each buys one brand or grade, and most places have buyers of both.

Where an enterprise holds to one grade, the lines of a place show no valley between two prices: it has two or three
enterprises, and those may buy the same. Over all places their usual prices fall into two groups with little between,
and both groups meet in about as many places as if chance had spread them; a practice stays with the places that follow
it. Robust spreads do not see it: of two thirds in one grade and one third in another the middle half is of one.
Sources: Fisher (1958), On grouping for maximum homogeneity, for the cut; Hartigan (1985), Statistical theory in
clustering, for two groups told from one by what lies between.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS
from analytics.valuation.comparison.prepared import Prepared

_GOODS = list(GOODS[:3])  # whatever the origin
_MEDIAN_ERROR = 1.2533
_LINES, _ENTERPRISES = 3, 8  # of an enterprise in a place; of those, of a code
_SMALLER = 0.2  # share of the smaller group, at least, and no fewer than two
_STEP, _SPREADS, _ERRORS = 0.15, 4.0, 3.0  # least distance (log) of the medians; in spreads within, in errors of one
_BETWEEN = 0.1  # share of enterprises in the middle third between the medians, at most
_MET, _PLACES = 0.7, 3  # places where both meet: of those that chance would give, and at least


def tiers(prepared: Prepared) -> pd.DataFrame:
    """Codes whose enterprises fall into two price groups that meet in most places.

    Returns
    -------
    DataFrame: product, unit, like of these codes, `step` (log) between the medians of their two groups.
    """
    kept = prepared.kept
    named = kept.filter(kept.enterprise != "")
    sums = named.group_by([*_GOODS, "district", "enterprise"]).agg(
        off=(named["shift"] + named.deviation).median(), lines=named.count(), spread=named.spread.median()
    )
    found = engine.fetch(sums.filter(sums.lines >= _LINES))
    found = found.sort_values([*_GOODS, "district", "enterprise"], ignore_index=True)
    many = found.groupby(_GOODS)["off"].transform("size") >= _ENTERPRISES
    rows = []
    for key, part in found[many].groupby(_GOODS, sort=True):
        off = part["off"].to_numpy()
        step, dear = two_groups(off)
        error = float((_MEDIAN_ERROR * part["spread"] / np.sqrt(part["lines"])).median())
        if step > _ERRORS * error and _meet(part["district"].to_numpy(), dear):
            rows.append((*key, step))
    return pd.DataFrame(rows, columns=[*_GOODS, "step"]).astype(dict.fromkeys(_GOODS, "str") | {"step": "float64"})


def two_groups(off: np.ndarray) -> tuple[float, np.ndarray]:
    """Distance of the medians of two groups of values, and who is in the dearer one; 0 where they are one group.

    Parameters
    ----------
    off : (n,) log prices
    """
    size = len(off)
    order = np.argsort(off, kind="stable")
    values, dear = off[order], np.zeros(size, dtype=bool)
    if size < _ENTERPRISES:
        return 0.0, dear
    cut = np.arange(1, size)
    below = np.cumsum(values)[cut - 1]
    away = (values.sum() - below) / (size - cut) - below / cut
    at = int(cut[np.argmax(cut * (size - cut) * away**2)])
    low, high = np.median(values[:at]), np.median(values[at:])
    step = float(high - low)
    within = MAD_TO_SD * np.median(np.abs(np.r_[values[:at] - low, values[at:] - high]))
    third = step / 3
    between = float(((values > low + third) & (values < high - third)).mean())
    smaller = min(at, size - at)  # a few apart are no grade, and cannot be made one by taking others in
    if smaller < max(2, _SMALLER * size) or step < max(_STEP, _SPREADS * within) or between > _BETWEEN:
        return 0.0, dear
    dear[order[at:]] = True
    return step, dear


def _meet(place: np.ndarray, dear: np.ndarray) -> bool:
    """Whether both groups are found in about as many places as chance would give, and in three at least."""
    code = pd.factorize(place, sort=True)[0]
    many, high = np.bincount(code), np.bincount(code, dear)
    share = dear.mean()
    both = int(((high > 0) & (high < many)).sum())
    return both >= _PLACES and both >= _MET * float((1 - share**many - (1 - share) ** many).sum())
