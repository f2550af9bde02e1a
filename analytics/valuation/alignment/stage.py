"""Align, then refine: offsets that no model has to reach for, taken off every line, and lines that are slips."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.statistics import MAD_TO_SD
from analytics.valuation.alignment.apart import units_apart
from analytics.valuation.alignment.course import FARTHEST, course, months_apart
from analytics.valuation.alignment.groups import AROUND, Offsets, group_offsets
from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import median
from analytics.valuation.alignment.membership import unseen
from analytics.valuation.alignment.practices import LN10, practices
from analytics.valuation.alignment.remembered import Medians

KINDS = ("", "unit slip", "quantity and weight swapped", "extreme price")
SLIP_NEARNESS = 2.5  # robust spreads from a power of ten within which a deviation is a slip of the decimal point
_ROUNDS = 2
_COURSES = 3  # one that reaches beyond where lines are bounded takes another round
_LEAST_SPREAD = 0.02
_PRIOR_LINES = 25.0  # lines' worth of the common spread in a cell's own


@dataclass(frozen=True)
class Aligned:
    """What alignment says of each line, (N,) arrays.

    Attributes
    ----------
    shift : log offset of its group, enterprise, goods or practice; price x exp(-shift) is like the others'
    deviation : log deviation from its cell with the offset taken off
    spread : robust spread of its cell
    kind : position in `KINDS`: 0 where the line enters price levels
    doubt : variance of its value at usual prices, in squares of that value, where it is not known whether it belongs
        to a practice of some lines
    """

    shift: np.ndarray
    deviation: np.ndarray
    spread: np.ndarray
    kind: np.ndarray
    doubt: np.ndarray


def align(lines: Lines, threshold: float = 3.5, month: np.ndarray | None = None) -> Aligned:
    """Find what is off by much and by whom, and which lines are slips.

    Parameters
    ----------
    lines : Lines
    threshold : robust spreads from its cell, offsets taken off, beyond which a line is set apart; 0 keeps all
    month : (N,) month of each line, as a code in the order of time; None where the course of prices is what is asked

    Notes
    -----
    A line is judged by what is left once the offsets of its group, enterprise, goods and practice are off, so that a
    district at a tenth of the price loses no line. Cluster-wise in spirit: European Commission, JRC (2012), outliers in
    trade data; Rousseeuw and Van Driessen (2006) for robust groups.
    """
    lines, offsets = _without_course(lines, month)
    medians, known = Medians(lines), np.zeros(len(lines.log_price))
    for turn in range(_ROUNDS):
        offsets = group_offsets(lines, lines.log_price - known) if turn else offsets
        of_group = offsets.group[lines.group]
        from_cell = lines.log_price - lines.each(offsets.centre[lines.cell])
        rest = from_cell - lines.each(of_group)
        of_month = months_apart(lines, rest, month) if month is not None else np.zeros(len(rest))
        by_contract = cell_spread(medians, rest - of_month, offsets.split)
        own, unsure = units_apart(medians, rest - of_month, by_contract)
        shift = lines.each(of_group + own) + of_month
        spread, doubt = lines.each(by_contract), lines.each(unsure)
        if threshold:
            own, unsure = practices(lines, from_cell - shift, spread, threshold)
            moved = np.flatnonzero((own != 0) | (of_month != 0))
            shift, doubt = shift + own, doubt + unsure
            known = np.zeros(len(shift))
            known[moved] = shift[moved] - of_group[lines.contract[moved]]
    rest = from_cell - shift
    doubt = doubt + unseen(lines, rest, spread, lines.log_price - shift + lines.log_quantity)
    return Aligned(shift, rest, spread, _kinds(lines, rest, spread, threshold), doubt)


def _without_course(lines: Lines, month: np.ndarray | None) -> tuple[Lines, Offsets]:
    """Lines at prices without the common course of their goods over the months, and the offsets of their groups."""
    offsets = group_offsets(lines, lines.log_price)
    if month is None or not len(month) or month.min() == month.max():
        return lines, offsets
    asked = None
    for _ in range(_COURSES):
        found = course(lines, month, offsets, asked)
        if found is None:
            break
        lines = replace(lines, log_price=lines.log_price - found)
        offsets = group_offsets(lines, lines.log_price)
        far = lines.each(lines.stratum)[np.abs(found) >= FARTHEST / 2]
        if not len(far):
            break
        asked = np.bincount(far, minlength=int(lines.stratum.max()) + 1) > 0
    return lines, offsets


def cell_spread(medians: Medians, rest: np.ndarray, split: np.ndarray | None = None) -> np.ndarray:
    """Robust spread of each contract's cell, drawn towards the common one where lines are few, (K,).

    Parameters
    ----------
    medians : of the lines
    rest : (N,) log deviation from the cell
    split : (C,) True for cells of which another heap of lines costs something else: only those near the price count
    """
    count = medians.lines.lines_of("cell")
    raw, _ = medians.of(("cell",), np.abs(rest), np.ones(len(count), dtype=bool))
    if split is not None and split.any():
        at = np.flatnonzero(medians.lines.each(split[medians.lines.cell]) & (np.abs(rest) <= AROUND))
        near = median(medians.lines.cell[medians.lines.contract[at]], np.abs(rest[at]), len(count))
        raw = np.where(split & np.isfinite(near), near, raw)
    own = np.log(np.maximum(MAD_TO_SD * raw, _LEAST_SPREAD))
    common = np.average(own, weights=count)
    return np.exp((count * own + _PRIOR_LINES * common) / (count + _PRIOR_LINES))[medians.lines.cell]


def _kinds(lines: Lines, rest: np.ndarray, spread: np.ndarray, threshold: float) -> np.ndarray:
    kind = np.zeros(len(rest), dtype=np.int8)
    if not threshold:
        return kind
    far = np.flatnonzero(np.abs(rest) > threshold * spread)
    rest, spread = rest[far], spread[far]
    power = np.round(rest / LN10)
    slip = (power != 0) & (np.abs(rest - power * LN10) <= SLIP_NEARNESS * spread)
    # Value per kilogram in place of value per unit: the price fits once quantity and net mass change places.
    with np.errstate(invalid="ignore"):
        swapped = np.abs(rest + lines.per_mass[far]) <= threshold * spread
    kind[far] = np.where(slip, 1, np.where(swapped, 2, 3))  # where both fit, the slip is the simpler story
    return kind
