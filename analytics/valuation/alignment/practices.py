"""Practice or slip: lines far from their cell that stand together are a practice, one that stands alone is a slip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import bdtrc

from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import median
from analytics.valuation.alignment.membership import Membership, membership

LN10 = float(np.log(10))
_UNITS = (
    ("group",),
    ("group", "enterprise", "product"),
    ("group", "enterprise"),
    ("group", "product"),
    ("enterprise", "product"),
)
_FEWEST = 3
_CHANCE = 1e-3
_TOGETHER = 0.3  # log: lines of a practice stand within this, or the threshold's spreads, of their own middle
_MOST, _MANY, _SHARE = 0.5, 10, 0.1  # of a group's lines and far lines; far lines at least; share of all lines
_NEAR_POWER = 0.35  # log distance from a power of ten within which a minority of lines is taken for recurring slips


def practices(lines: Lines, rest: np.ndarray, spread: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Log offset of lines that belong to a practice of some lines of a unit, (N,), 0 elsewhere; and its doubt, (N,).

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, offsets of groups and units taken off
    spread : (N,) robust spread of the line's cell
    threshold : spreads beyond which a line is far

    Returns
    -------
    Offset times the chance that the line belongs to the practice; and, in squares of the line's value at usual prices,
    the variance of that value through not knowing whether it does.

    Notes
    -----
    A unit has a practice where more of its lines are far on one side than chance allows at the rate of all other units
    (binomial), and these stand around a middle of their own. A minority of one enterprise near a power of ten stays
    slips: unit mistakes recur, and moved they would pull an honest level. A tenth of all lines of a group, spread over
    its enterprises, is another unit or another price: in the level either way.
    """
    far = np.flatnonzero(np.abs(rest) > threshold * spread)
    shift, doubt = np.zeros(len(rest)), np.zeros(len(rest))
    for names in _UNITS:
        unit, total = lines.unit(*names), lines.lines_of(*names)
        for sign in (-1, 1):
            at = far[(np.sign(rest[far]) == sign) & (shift[far] == 0)]
            if len(at) < _FEWEST:
                continue
            common = _common(lines, at) if len(names) == 1 else None
            chosen = at[together(unit[lines.contract[at]], total, rest[at], threshold * spread[at], common)]
            if not len(chosen):
                continue
            found = _members(lines, unit, chosen, rest, spread, threshold)
            mine = (found.chance > 0) & (shift[found.at] == 0)
            here, own = found.at[mine], found.middle[mine]
            shift[here] = found.chance[mine] * own
            doubt[here] = found.doubt[mine] * np.expm1(np.clip(-own, -4.0, 4.0)) ** 2
    return shift, doubt


def _members(
    lines: Lines, unit: np.ndarray, chosen: np.ndarray, rest: np.ndarray, spread: np.ndarray, threshold: float
) -> Membership:
    """Membership of the lines of units that hold lines chosen, positions among all lines."""
    holds = np.zeros(int(unit.max()) + 1, dtype=bool)
    holds[unit[lines.contract[chosen]]] = True
    at = lines.within(holds[unit])
    mark = np.zeros(len(rest), dtype=bool)
    mark[chosen] = True
    code = (np.cumsum(holds) - 1)[unit][lines.contract[at]]
    found = membership(code, rest[at], spread[at], mark[at], threshold)
    return replace(found, at=at[found.at])


def _common(lines: Lines, at: np.ndarray) -> np.ndarray:
    """Groups in which the enterprises of most lines have far ones, and no enterprise most of them, (G,).

    Parameters
    ----------
    at : positions of the far lines
    """
    pair, total = lines.unit("group", "enterprise"), lines.lines_of("group", "enterprise")
    size = int(lines.group.max()) + 1
    hits = np.bincount(pair[lines.contract[at]], minlength=len(total))
    group = np.zeros(len(total), dtype=np.int64)
    group[pair] = lines.group
    largest = np.zeros(size)
    np.maximum.at(largest, group, hits.astype(float))
    count = np.bincount(group, hits, size)
    touched = np.bincount(group, np.where(hits > 0, total, 0), size) / np.bincount(group, total, size)
    return (touched >= _MOST) & (largest <= _MOST * count) & (count >= _MANY)


def together(
    unit: np.ndarray, total: np.ndarray, rest: np.ndarray, near: np.ndarray, common: np.ndarray | None = None
) -> np.ndarray:
    """Far lines that stand together in units with more of them than chance explains, (F,).

    Parameters
    ----------
    unit, rest : (F,) unit of each far line of one side, and its log deviation
    near : (F,) how far from its unit's middle it may lie
    total : (U,) all lines of each unit, near and far
    common : (U,) units that are asked as wholes, in which a tenth near a power of ten is no slip; None for units of
        which only half is none
    """
    size = len(total)
    hits = np.bincount(unit, minlength=size)
    rate, many = usual_rate(hits, total)
    if common is not None:
        many &= common
    chosen = many[unit]
    middle = median(unit[chosen], rest[chosen], size)[unit]
    chosen &= np.abs(rest - middle) <= np.maximum(near, _TOGETHER)
    hits = np.bincount(unit[chosen], minlength=size)
    many = beyond_chance(hits, total, rate, _CHANCE)
    chosen &= many[unit]
    middle = median(unit[chosen], rest[chosen], size)
    power = np.round(middle / LN10)
    least = total / 2 if common is None else np.maximum(_SHARE * total, _MANY)
    recurring = (power != 0) & (np.abs(middle - power * LN10) < _NEAR_POWER) & (hits < least)
    return chosen & ~recurring[unit]


def usual_rate(hits: np.ndarray, total: np.ndarray) -> tuple[float, np.ndarray]:
    """Share of far lines in ordinary units, and which units hold more than chance explains.

    Parameters
    ----------
    hits, total : (U,) far lines and all lines of each unit
    """
    rate, many = hits.sum() / max(total.sum(), 1), np.zeros(len(hits), dtype=bool)
    chance = min(_CHANCE, 0.5 / max(int((hits > 0).sum()), 1))
    for _ in range(3):
        rate = max(float(rate), 1e-4)
        many = beyond_chance(hits, total, rate, chance)
        rate = hits[~many].sum() / max(total[~many].sum(), 1)
    return max(float(rate), 1e-4), many


def beyond_chance(hits: np.ndarray, total: np.ndarray, rate: float, chance: float) -> np.ndarray:
    """Units with three far lines and more, which this many of `total` at `rate` has less than `chance` of, (U,)."""
    many = hits >= _FEWEST
    many[many] = bdtrc(hits[many] - 1, total[many], rate) < chance
    return many
