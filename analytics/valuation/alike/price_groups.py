"""Codes that hold several prices: two groups of lines with few between, in most places where the code is declared.

A practice moves the prices of those who follow it; two grades under one code stand side by side everywhere, and whoever
buys more of the dearer one seems dear. Lines are counted by their log distance from like goods of the month; a valley
between two heaps is one where far fewer lines lie than chance leaves (difference of two counts against their root sum),
at the width that shows it best. Sources: Silverman (1986), Density Estimation, sec. 6; European Commission, JRC (2006),
on several prices within one good of trade data.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS
from analytics.valuation.comparison.prepared import Prepared

_GOODS = list(GOODS[:3])  # whatever the origin
_BIN, _REACH = 0.05, 3.0  # width and farthest distance of the counts (log)
_WIDTHS = (2, 4, 6)  # bins counted together: prices of one grade spread by 0.05 to 0.3
_CLEAR = 4.0  # standard errors by which a valley lies below both heaps: many places of many codes are looked at
_DEPTH = 0.5  # of the lower heap, at most so much lies in the valley
_COMMON = 0.1  # share of lines and of value of a place on the smaller side, from which on it holds both prices
_MOSTLY = 0.5  # of a code's lines lie in places that hold both
_LINES = 10  # of a place, from which on it tells


def price_groups(prepared: Prepared) -> pd.DataFrame:
    """Codes of several prices, as most of the places that declare them show.

    Returns
    -------
    DataFrame: product, unit, like of these codes, `step` (log) between their two prices.
    """
    counted = _counted(prepared)
    code, first = pd.factorize(pd.MultiIndex.from_frame(counted[_GOODS]))
    bins = 2 * round(_REACH / _BIN) + 1
    heap = np.zeros((len(first), bins))
    np.add.at(heap, (code, counted["bin"]), counted["lines"])
    at = _valley(heap)
    table = pd.DataFrame(list(first), columns=_GOODS).astype("str")
    table["step"] = _step(heap, at)
    return table[(at >= 0) & _common(counted.assign(code=code), at)].reset_index(drop=True)


def _counted(prepared: Prepared) -> pd.DataFrame:
    """Lines, and their value at usual prices, of every good, district and distance from like goods as declared."""
    kept = prepared.kept
    reach = round(_REACH / _BIN)
    place = ((kept["shift"] + kept.deviation) / _BIN).round().clip(-reach, reach).cast("int64") + reach
    keys = [*_GOODS, "district", "bin"]
    placed = kept.mutate(bin=place, worth=kept.value * (-kept["shift"] - kept.deviation).exp())
    table = engine.fetch(placed.group_by(keys).agg(lines=placed.count(), worth=placed.worth.sum()))
    return table.sort_values(keys, ignore_index=True)


def _valley(heap: np.ndarray) -> np.ndarray:
    """Bin of each good's clearest valley between two heaps, (G,); -1 where there is none. `heap`: (G, bins) lines."""
    best, at = np.full(len(heap), _CLEAR), np.full(len(heap), -1)
    for width in _WIDTHS:
        total = np.pad(heap.cumsum(axis=1), ((0, 0), (1, 0)))
        lines = total[:, width:] - total[:, :-width]
        left = np.maximum.accumulate(lines, axis=1)[:, : -2 * width]
        right = np.maximum.accumulate(lines[:, ::-1], axis=1)[:, ::-1][:, 2 * width :]
        low, between = np.minimum(left, right), lines[:, width:-width]
        clear = np.where(between <= _DEPTH * low, (low - between) / np.sqrt(np.maximum(low + between, 1)), 0.0)
        where = clear.argmax(axis=1)
        told = clear[np.arange(len(heap)), where]
        at = np.where(told > best, where + width + width // 2, at)
        best = np.maximum(best, told)
    return at


def _step(heap: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Log distance between the medians of the lines on both sides of a valley, (G,)."""
    side = np.arange(heap.shape[1]) < at[:, None]
    middle = []
    for part in (np.where(side, heap, 0.0), np.where(side, 0.0, heap)):
        total = part.cumsum(axis=1)
        middle.append((total < total[:, -1:] / 2).sum(axis=1))
    return _BIN * (middle[1] - middle[0])


def _common(counted: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """True where at least two places and most of a good's lines lie in places that hold both prices, (G,).

    By lines and by value: many samples at a dear price move no level.
    """
    low = counted["bin"] < at[counted["code"]]
    below = counted[["lines", "worth"]].where(low, 0).add_prefix("low_")
    sums = pd.concat([counted, below], axis=1).groupby(["code", "district"])
    places = sums[["lines", "worth", "low_lines", "low_worth"]].sum().reset_index()
    places = places[places["lines"] >= _LINES]
    both = np.full(len(places), True)
    for measure in ("lines", "worth"):
        share = places[f"low_{measure}"] / places[measure]
        both &= np.minimum(share, 1 - share) >= _COMMON
    code = places["code"].to_numpy()
    of_all = np.bincount(code, places["lines"], len(at))
    return (np.bincount(code, both, len(at)) >= 2) & (
        np.bincount(code, places["lines"] * both, len(at)) > _MOSTLY * of_all
    )
