"""Which groups are off by much: a country-product-dummy fitted by medians, in which the size of an offset is no matter.

Alternating weighted medians solve the least absolute deviations fit of log prices on cells and groups; no mean, no
filter and no grid bends what a group truly does. Source: Summers (1973) for the dummies; Bloomfield and Steiger (1983),
Least Absolute Deviations, for the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.statistics import MAD_TO_SD
from analytics.valuation.alignment.lines import Lines
from analytics.valuation.alignment.medians import median, middle, weighted_median

FAR = 0.25  # log offset from which on a group is aligned before the fine model
_ERRORS = 5.0  # and so many standard errors
_LEAST_BLOCKS = 3
_HARDLY, _HEAP, _LOTS = 0.1, 0.4, 0.05  # shares of a cell's lines: no price, one heap of two; of its quantity: lots
AROUND = 0.5  # log distance within which lines belong to a heap
_ROUNDS, _CHANGE = 40, 1e-4
_MEDIAN_ERROR = 1.25  # standard error of a median over that of a mean, where values are normal


@dataclass(frozen=True)
class Offsets:
    """What the groups are off by.

    Attributes
    ----------
    group : (G,) log offset of each group from the bulk of its stratum; 0 where it is not off by much
    centre : (C,) log price of each cell, the groups' offsets taken off
    split : (C,) True where another heap of lines costs something else altogether
    """

    group: np.ndarray
    centre: np.ndarray
    split: np.ndarray


def group_offsets(lines: Lines, log_price: np.ndarray) -> Offsets:
    """Offsets of groups that stand far from the bulk of their stratum, and prices of cells.

    Parameters
    ----------
    lines : Lines
    log_price : (N,) log unit values, practices of single units taken off where they are known
    """
    names = ("group", "enterprise", "cell")
    block, count = lines.unit(*names), lines.lines_of(*names)
    first = np.zeros(len(count), dtype=np.int64)
    first[block] = np.arange(len(block))
    price = _prices(lines, block, log_price)  # of three and more, a slip does not matter
    weight = np.sqrt(count)
    cell, group = lines.cell[first], lines.group[first]
    centre, effect = _least_absolute(cell, group, price, weight)
    off = effect - _anchor(lines, effect)[_stratum_of(lines)]
    rest = price - centre[cell] - effect[group]
    blocks = np.bincount(group, minlength=len(effect))
    error = _MEDIAN_ERROR * MAD_TO_SD * float(np.median(np.abs(rest))) / np.sqrt(np.maximum(blocks, 1))
    far = (np.abs(off) > np.maximum(FAR, _ERRORS * error)) & (blocks >= _LEAST_BLOCKS)
    offset = np.where(far, off, 0.0)
    aligned = weighted_median(cell, price - offset[group], weight, len(centre))
    product, price = lines.unit("stratum", "product")[first], price - offset[group]
    heap, other, asked = _usual_heap(cell, product, price, count, aligned)
    asked &= _are_lots(lines, block, other, asked)
    at = np.flatnonzero(heap & asked[cell])
    number = (np.cumsum(asked) - 1)[cell[at]]
    aligned[asked] = weighted_median(number, price[at], count[at].astype(float), int(asked.sum()))
    return Offsets(offset, aligned, asked)


def _usual_heap(
    cell: np.ndarray, product: np.ndarray, price: np.ndarray, count: np.ndarray, centre: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Blocks that cost what the product does from all origins, and those of another heap, (B,); cells asked, (C,).

    Lots for laboratories stand beside shiploads in one code and origin, each with its own price. Counted by who buys,
    the lots are the bulk, or the median falls between. Where about half of the lines cost what the product does
    elsewhere, they may tell the price.

    Parameters
    ----------
    cell, product, price, count : (B,) of blocks, groups' offsets taken off
    centre : (C,) median of the blocks of each cell
    """
    size = len(centre)
    of, total, off = np.zeros(size, dtype=np.int64), np.bincount(cell, count, size), price - centre[cell]
    of[cell] = product
    near = np.bincount(cell, count * (np.abs(off) <= FAR), size)
    between = near < _HARDLY * total  # no price: hardly anything is sold at it
    usual = weighted_median(of[~between], centre[~between], total[~between], int(of.max()) + 1)[of]
    side = np.where((usual < centre)[cell], off < -FAR, off > FAR)
    heap = np.where(between[cell], side, np.abs(price - usual[cell]) <= AROUND)
    asked = (between | (np.abs(centre - usual) > 1)) & np.isfinite(usual)
    other = np.where(between[cell], (np.abs(off) > FAR) & ~heap, ~heap)
    return heap, other, asked & (np.bincount(cell, count * heap, size) >= _HEAP * total)


def _are_lots(lines: Lines, block: np.ndarray, other: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """True for cells next to none of whose quantity lies in the other heap, (C,): lots, and not a dearer origin.

    Without this, a district that declares a dear origin at the price of the cheap ones would be its price.
    """
    whole = np.zeros((2, len(asked)))
    if asked.any():
        of = asked[lines.cell]
        at, contract = lines.within(of), np.repeat(np.flatnonzero(of), lines.count[of])
        quantity = np.exp(lines.log_quantity[at] - lines.log_quantity[at].max(initial=0.0))
        for row, weight in enumerate((quantity, quantity * other[block[contract]])):
            whole[row] = np.bincount(lines.cell[contract], weight, len(asked))
    return whole[1] <= _LOTS * whole[0]


def _prices(lines: Lines, block: np.ndarray, log_price: np.ndarray) -> np.ndarray:
    """Median of each block; those of one contract whose lines stand in the order of their price need no sort."""
    size = int(block.max()) + 1
    descent = np.flatnonzero(log_price[1:] < log_price[:-1]) + 1
    within = descent[lines.contract[descent] == lines.contract[descent - 1]]
    mixed = np.bincount(block, minlength=size) > 1
    mixed[block[lines.contract[within]]] = True
    found = np.empty(size)
    found[block] = middle(log_price, lines.start, lines.count)
    at = lines.within(mixed[block])
    found[mixed] = median((np.cumsum(mixed) - 1)[block[lines.contract[at]]], log_price[at], int(mixed.sum()))
    return found


class _Side:
    """Blocks by the code of one side of the fit, its cells or its groups.

    Parameters
    ----------
    code : (B,) of each block
    """

    def __init__(self, code: np.ndarray) -> None:
        self.code = code
        self.order = np.argsort(code, kind="stable")
        self.count = np.bincount(code)
        self.start = np.cumsum(self.count) - self.count
        self.number = np.zeros(len(self.count), dtype=np.int64)

    def blocks(self, wanted: np.ndarray) -> np.ndarray:
        """Blocks of some codes, ascending."""
        if len(wanted) == len(self.count):
            return np.arange(len(self.code))
        count = self.count[wanted]
        place = np.repeat(self.start[wanted] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        return np.sort(self.order[place])

    def renewed(
        self,
        known: np.ndarray,
        wanted: np.ndarray,
        others: tuple[np.ndarray, np.ndarray],
        price: np.ndarray,
        weight: np.ndarray,
    ) -> np.ndarray:
        """Weighted medians of prices less the other side's, anew for the codes wanted, the others as they are known.

        Parameters
        ----------
        known : (U,)
        wanted : codes, ascending
        others : code of each block on the other side, (B,), and that side's values
        """
        at = self.blocks(wanted)
        self.number[wanted] = np.arange(len(wanted))
        across, value = others
        found = known.copy()
        rest = price[at] - value[across[at]]
        found[wanted] = weighted_median(self.number[self.code[at]], rest, weight[at], len(wanted))
        return found


def _least_absolute(
    cell: np.ndarray, group: np.ndarray, price: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Prices of cells and effects of groups; after the first round only what the last one moved is fitted anew."""
    cells, groups = _Side(cell), _Side(group)
    effect = np.zeros(len(groups.count))
    centre = weighted_median(cell, price, weight, len(cells.count))
    near = np.arange(len(effect))  # groups in whose cells a price moved
    for _ in range(_ROUNDS):
        renewed = groups.renewed(effect, near, (cell, centre), price, weight)
        moved, change = np.flatnonzero(renewed != effect), float(np.nanmax(np.abs(renewed - effect)))
        effect = renewed
        open_ = np.flatnonzero(np.bincount(cell[groups.blocks(moved)], minlength=len(centre)))
        fitted = cells.renewed(centre, open_, (group, effect), price, weight)
        moved, centre = np.flatnonzero(fitted != centre), fitted
        if change < _CHANGE:
            break
        near = np.flatnonzero(np.bincount(group[cells.blocks(moved)], minlength=len(effect)))
    return centre, effect


def _stratum_of(lines: Lines) -> np.ndarray:
    found = np.zeros(int(lines.group.max()) + 1, dtype=np.int64)
    found[lines.group] = lines.stratum
    return found


def _anchor(lines: Lines, effect: np.ndarray) -> np.ndarray:
    """Effect of the bulk of each stratum's groups by lines, none of which outweighs the others together."""
    stratum = _stratum_of(lines)
    count = int(stratum.max()) + 1
    weight = bounded(lines.lines_of("group").astype(float), stratum, count)
    return weighted_median(stratum, effect, weight, count)


def bounded(weight: np.ndarray, stratum: np.ndarray, count: int) -> np.ndarray:
    """Weights in which one of three and more members of a stratum never holds half: the bulk is never one's own."""
    largest = np.zeros(count)
    np.maximum.at(largest, stratum, weight)
    rest = np.bincount(stratum, weight, count) - largest
    many = np.bincount(stratum, minlength=count) > 2
    limit = np.where(many, 0.9 * rest, np.inf)[stratum]
    return np.minimum(weight, np.maximum(limit, 0.0))
