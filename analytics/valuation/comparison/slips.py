"""Which lines of one chapter are slips, on arrays of codes: far from their like goods, and alone there.

The kinds of `alignment`, for volumes at which one pass over sorted codes beats a query. No offset is taken off first: a
line that is far is asked whether its district, enterprise or goods do the same.
"""

from __future__ import annotations

import numpy as np

from analytics.statistics import MAD_TO_SD
from analytics.valuation.alignment.lines import THIN_CELL
from analytics.valuation.alignment.practices import LN10, together
from analytics.valuation.alignment.stage import SLIP_NEARNESS
from analytics.valuation.comparison.kernels import Lines, dense

_LEAST_SPREAD = 0.02


def by_group(order: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Order by code that keeps a given order within each code."""
    sorted_code = code[order]
    if int(code.max(initial=0)) < 1 << 16:  # numpy sorts 16 bits by radix
        sorted_code = sorted_code.astype(np.uint16)
    return order[np.argsort(sorted_code, kind="stable")]


def medians(code: np.ndarray, x: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Median of x, whose ascending order is given, by code; every code has observations."""
    count = np.bincount(code)
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    ordered = x[by_group(order, code)]
    low, high = ordered[start + (count - 1) // 2], ordered[start + count // 2]
    return low + (high - low) * 0.5


def outlier_kinds(lines: Lines, threshold: float) -> np.ndarray:
    """Kind of each line as a position in `KINDS`: 0 where it enters price levels (see `lines`)."""
    if not threshold:
        return np.zeros(len(lines.value), dtype=np.int8)
    price = np.log(lines.value / lines.quantity)
    wide = dense(lines.product, lines.unit)
    narrow = dense(wide, lines.origin)
    thin = (np.bincount(narrow) < THIN_CELL)[narrow]
    order = np.argsort(price)
    centre = np.where(thin, medians(wide, price, order)[wide], medians(narrow, price, order)[narrow])
    off = price - centre
    size = np.abs(off)
    order = np.argsort(size)
    mad = np.where(thin, medians(wide, size, order)[wide], medians(narrow, size, order)[narrow])
    spread = np.maximum(mad * MAD_TO_SD, _LEAST_SPREAD)
    kind = np.zeros(len(price), dtype=np.int8)
    far = np.flatnonzero(~(size <= threshold * spread))
    far = far[~_practice(lines, far, off, threshold * spread)]
    off, spread = off[far], spread[far]
    power = np.round(off / LN10)
    slip = (power != 0) & (np.abs(off - power * LN10) <= SLIP_NEARNESS * spread)
    mass = lines.net_mass_kg[far]
    with np.errstate(divide="ignore", invalid="ignore"):
        swapped = (mass > 0) & (np.abs(off + np.log(lines.quantity[far] / mass)) <= threshold * spread)
    kind[far] = np.where(slip, 1, np.where(swapped, 2, 3))
    return kind


def _practice(lines: Lines, far: np.ndarray, off: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Far lines that are what their district, enterprise or goods do, (F,): they stay in the level, whatever they are.

    Parameters
    ----------
    far : (F,) positions of far lines
    off, near : (N,) log deviation of every line, and how far is near
    """
    found = np.zeros(len(far), dtype=bool)
    if not len(far):
        return found
    for unit in (lines.district, lines.enterprise, dense(lines.district, lines.product)):
        total = np.bincount(unit)
        for sign in (-1, 1):
            here = np.flatnonzero((np.sign(off[far]) == sign) & ~found)
            at = far[here]
            if len(at):
                found[here] = together(unit[at], total, off[at], near[at])
    return found
