"""Practice or slip: lines far from their cell that stand together are a practice, one that stands alone is a slip."""

from __future__ import annotations

import numpy as np
from scipy.special import bdtrc

from analytics.valuation.alignment.lines import Lines, codes
from analytics.valuation.alignment.medians import median

LN10 = float(np.log(10))
_FEWEST = 3
_CHANCE = 1e-3
_TOGETHER = 0.3  # log: lines of a practice stand within this, or the threshold's spreads, of their own middle
_NEAR_POWER = 0.35  # log distance from a power of ten within which a minority of lines is taken for recurring slips


def practices(lines: Lines, rest: np.ndarray, spread: np.ndarray, threshold: float) -> np.ndarray:
    """Log offset of lines that belong to a practice of some lines of a unit, (N,); 0 elsewhere.

    Parameters
    ----------
    lines : Lines
    rest : (N,) log deviation from the cell, offsets of groups and units taken off
    spread : (N,) robust spread of the line's cell
    threshold : spreads beyond which a line is far

    Notes
    -----
    A unit has a practice where more of its lines are far on one side than chance allows at the rate of all other units
    (binomial), and these stand around a middle of their own. A minority near a power of ten stays slips: unit mistakes
    recur, and moved they would pull an honest level.
    """
    far, side = np.abs(rest) > threshold * spread, np.sign(rest)
    shift = np.zeros(len(rest))
    keys = (
        (lines.group, lines.enterprise, lines.product),
        (lines.group, lines.enterprise),
        (lines.group, lines.product),
        (lines.enterprise, lines.product),
    )
    for columns in keys:
        unit = codes(*columns)
        for sign in (-1, 1):
            wanted = far & (side == sign) & (shift == 0)
            if wanted.sum() >= _FEWEST:
                found = _together(unit, wanted, rest, spread, threshold)
                shift = np.where(found != 0, found, shift)
    return shift


def _together(
    unit: np.ndarray, wanted: np.ndarray, rest: np.ndarray, spread: np.ndarray, threshold: float
) -> np.ndarray:
    size = int(unit.max()) + 1
    total, hits = np.bincount(unit, minlength=size), np.bincount(unit[wanted], minlength=size)
    rate, many = usual_rate(hits, total)
    chosen = wanted & many[unit]
    middle = median(unit[chosen], rest[chosen], size)[unit]
    chosen &= np.abs(rest - middle) <= np.maximum(threshold * spread, _TOGETHER)
    hits = np.bincount(unit[chosen], minlength=size)
    many = (hits >= _FEWEST) & (bdtrc(np.maximum(hits - 1, 0), total, rate) < _CHANCE)
    chosen &= many[unit]
    middle = median(unit[chosen], rest[chosen], size)
    power = np.round(middle / LN10)
    recurring = (power != 0) & (np.abs(middle - power * LN10) < _NEAR_POWER) & (hits < total / 2)
    return np.where(chosen & ~recurring[unit], middle[unit], 0.0)


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
        many = (hits >= _FEWEST) & (bdtrc(np.maximum(hits - 1, 0), total, rate) < chance)
        rate = hits[~many].sum() / max(total[~many].sum(), 1)
    return max(float(rate), 1e-4), many
