"""Lines of a piece added up to cells: the sums of `references.cells`, on codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc

from analytics.valuation.alignment.lines import crossed
from analytics.valuation.alignment.stage import Aligned
from analytics.valuation.comparison.keys import PRODUCT_KEYS

_FOLLOW = (*PRODUCT_KEYS, "period")  # derived from product and month: they part nothing further
_LAST = np.iinfo(np.int64).max


def cells(columns: Mapping[str, Any], found: Aligned, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """Sums over the lines that enter price levels, in the order of the keys.

    Parameters
    ----------
    columns : the keys as codes in the order of their texts, and the figures of the lines
    found : what alignment says of them
    keys : what makes a cell, product and month among them

    Returns
    -------
    By name: the keys, `lines` and the sums that `references.cells` gives, (C,) each.

    Notes
    -----
    Each sum goes through the lines in the order in which they came, as the engine's with one thread.
    """
    apart = found.kind != 0
    key = crossed([columns[name] for name in keys if name not in _FOLLOW])
    key[apart] = _LAST
    order = np.argsort(key)[: len(key) - np.count_nonzero(apart)]
    key = key[order]
    new = np.append(True, key[1:] != key[:-1])[: len(key)]
    size = int(np.count_nonzero(new))
    cell = np.full(len(apart), size)  # lines set apart are in one beyond the last
    cell[order] = np.cumsum(new) - 1
    return {name: columns[name][order[new]] for name in keys} | _figures(columns, found, cell, size)


def _figures(columns: Mapping[str, Any], found: Aligned, cell: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """Sums of lines by cell; those of number `size` are in none."""

    def total(figure: np.ndarray, at: np.ndarray | slice = slice(None)) -> np.ndarray:
        return np.bincount(cell[at], figure, size + 1)[:size].astype(float, copy=False)  # of nothing, numpy counts

    moved, unsure = np.flatnonzero(found.shift), np.flatnonzero(found.doubt)
    # Logarithm and exponential of Arrow are those of the engine to the last digit; numpy's are not.
    factor = pc.exp(-found.shift[moved]).to_numpy()
    sums = {"lines": np.bincount(cell, minlength=size + 1)[:size]} | {
        name: total(columns[name]) for name in ("quantity", "value", "tax_weight")
    }
    aligned = {name: columns[name].copy() for name in ("value", "tax_weight")}
    for figures in aligned.values():
        figures[moved] *= factor
    sums |= {"aligned_value": total(aligned["value"]), "aligned_tax": total(aligned["tax_weight"])}
    sums["aligned_doubt"] = total(aligned["value"][unsure] ** 2 * found.doubt[unsure], unsure)
    sums["log_price"] = total(found.deviation) / sums["lines"]
    sums["log_size"] = total(pc.ln(columns["quantity"]).to_numpy()) / sums["lines"]
    return sums
