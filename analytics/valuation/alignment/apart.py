"""Who stands apart within a group: enterprises, goods of a group, contracts, each by the median of its lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.valuation.alignment.medians import repeated_median, spread_between
from analytics.valuation.alignment.membership import JOINT
from analytics.valuation.alignment.remembered import Medians

_FEWEST, _FEWEST_GOODS = 5, 8  # lines of an enterprise, of goods
_ENTERPRISE, _GOODS = 0.15, 0.35  # least log offset
_SPREADS, _SPREADS_GOODS = 4.0, 4.5  # and so many standard deviations of honest units and their errors
_FEWEST_EVERYWHERE = 20  # lines of an enterprise in all groups together
_SLAB, _LIKELY = 0.25, 0.9  # spread (log) of offsets of those apart; how likely it must be that one is
_FIRST_APART, _PRIOR_UNITS, _ROUNDS = 0.02, 50.0, 10  # first guess of their share, its weight in units, rounds
_NORMAL_MEDIAN = np.sqrt(1.57)


def units_apart(medians: Medians, rest: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log offset of contracts through enterprises, goods and contracts that stand apart, (K,); and its doubt, (K,).

    Parameters
    ----------
    medians : of the lines, kept from round to round
    rest : (N,) log deviation from the cell, groups' offsets taken off
    spread : (K,) robust spread of the contract's cell

    Returns
    -------
    Offset; and, in squares of the line's value at usual prices, the variance of that value through the offset's error.

    Notes
    -----
    The spread of honest units is learnt and never below 0.05; a median's error is the larger of the normal one and the
    one from order statistics: where prices have several modes, the first alone would take grades for enterprises.
    """
    lines, shift = medians.lines, _everywhere(medians, rest, spread)
    names: tuple[str, ...] = ("group", "enterprise")
    every = np.ones(len(lines.lines_of(*names)), dtype=bool)
    own, doubt = _moved(medians, names, rest - lines.each(shift), spread, _Asked(_FEWEST, every, _ENTERPRISE, _SPREADS))
    shift = shift + own
    for names, fewest in ((("group", "product"), 2), (("group", "enterprise", "product"), 1)):
        shared = lines.distinct(names, "enterprise") >= fewest
        asked = _Asked(_FEWEST_GOODS, shared, _GOODS, _SPREADS_GOODS)
        own, unsure = _moved(medians, names, rest - lines.each(shift), spread, asked)
        shift, doubt = shift + own, doubt + unsure
    return shift, doubt


def _everywhere(medians: Medians, rest: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Log offset of enterprises of several groups that stand apart wherever they declare, (K,).

    Such an offset is nothing that one group does, so that a model with enterprise effects takes it out of every level.
    How many stand apart is learnt, their offsets being drawn from a wide distribution: one moves where this is at least
    nine times likelier than an honest difference (two groups: Efron 2010).
    """
    lines, names = medians.lines, ("stratum", "enterprise")
    count = lines.lines_of(*names)
    able = (count >= _FEWEST_EVERYWHERE) & (lines.distinct(names, "group") > 1)
    if not able.any():
        return np.zeros(len(spread))
    effect, error = _known_by_median(medians, names, rest, spread, able)
    honest = spread_between(effect, error, able) ** 2 + error[able] ** 2
    log = _log_density(effect[able], honest + _SLAB**2) - _log_density(effect[able], honest)
    odds = _FIRST_APART / (1 - _FIRST_APART)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(log, -50, 50)) / odds)
        share = (chance.sum() + _FIRST_APART * _PRIOR_UNITS) / (len(chance) + _PRIOR_UNITS)
        odds = share / (1 - share)
    moved = np.zeros(len(count))
    moved[able] = np.where((chance >= _LIKELY) & (np.abs(effect[able]) > _ENTERPRISE), effect[able], 0.0)
    return moved[lines.unit(*names)]


def _log_density(x: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return -(x**2 / variance + np.log(variance)) / 2


def _known_by_median(
    medians: Medians, names: tuple[str, ...], rest: np.ndarray, spread: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Median of each unit that is wanted and its standard error, (U,); of the others nothing is known."""
    lines = medians.lines
    unit, count = lines.unit(*names), lines.lines_of(*names)
    here, number = wanted[unit], np.cumsum(wanted) - 1
    usual = repeated_median(number[unit[here]], spread[here], lines.count[here], int(wanted.sum()))
    effect, error = medians.of(names, rest, wanted)
    error = error.copy()
    error[wanted] = np.maximum(_NORMAL_MEDIAN * usual / np.sqrt(count[wanted]), error[wanted])
    return effect, error


@dataclass(frozen=True)
class _Asked:
    """Which units may be moved: with so many lines, able (U,), and beyond a limit and so many standard deviations."""

    fewest: int
    able: np.ndarray
    least: float
    spreads: float


def _moved(
    medians: Medians, names: tuple[str, ...], rest: np.ndarray, spread: np.ndarray, asked: _Asked
) -> tuple[np.ndarray, np.ndarray]:
    """Offset of each contract's unit, 0 where it does not stand apart, and its doubt, (K,).

    A median is put back on all lines of its unit at once, by value: its variance counts so many times a line's.
    """
    unit, count = medians.lines.unit(*names), medians.lines.lines_of(*names)
    known = (count >= _FEWEST) & asked.able
    effect, error = _known_by_median(medians, names, rest, spread, known)
    between = spread_between(effect, error, known)
    far = np.maximum(asked.least, asked.spreads * np.sqrt(between**2 + error**2))
    moved = known & (count >= asked.fewest) & (np.abs(effect) > far)
    doubt = np.zeros(len(count))
    doubt[moved] = JOINT * count[moved] * error[moved] ** 2
    return np.where(moved, effect, 0.0)[unit], doubt[unit]
