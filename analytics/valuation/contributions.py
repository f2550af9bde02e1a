"""Who moves the price level: exact additive contributions from the nation down to the line.

A level is tax over the tax that the same goods would bear at their reference prices. So level - 1 is the sum over parts
of (base share) x (level of the part - 1), at every step from nation to district, chapter, enterprise and line, with no
remainder. Source: additive decomposition of a Paasche-type ratio, Producer Price Index Manual (IMF 2004), ch. 15.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ROOT = "all"
SEPARATOR = " x "


def tree(compared: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """Contributions of every node of a hierarchy to the level of its parent.

    Parameters
    ----------
    compared : DataFrame
        Rows with the columns of `levels`, `tax_weight` (amount at declared prices) and `base` (the same at reference
        prices); rows without a reference are to be left out.
    levels : columns from coarse to fine, such as district, chapter, enterprise, line

    Returns
    -------
    DataFrame: `by`, `key`, `parent` (key of the node above), `weight` (share of the parent's base), `relative` (level
    of
    the node), `contribution` (weight x (relative - 1)). The contributions of a parent's children add up to its
    relative - 1.

    Notes
    -----
    Without a node, the parent's level would be (L - w r) / (1 - w): see `without`.
    """
    total = compared[["tax_weight", "base"]].sum()
    root = pd.DataFrame(
        {
            "by": [ROOT],
            "key": [ROOT],
            "parent": [""],
            "weight": [1.0],
            "relative": [total["tax_weight"] / total["base"]],
        }
    )
    parts, above = [root], pd.DataFrame({"key": [ROOT], "parent_base": [total["base"]]})
    for depth in range(1, len(levels) + 1):
        names = list(levels[:depth])
        sums = compared.groupby(names, sort=True, observed=True)[["tax_weight", "base"]].sum().reset_index()
        sums["key"] = joined(sums, names)
        sums["parent"] = joined(sums, names[:-1]) if depth > 1 else ROOT
        sums = sums.merge(above.rename(columns={"key": "parent"}), on="parent", how="left")
        node = pd.DataFrame(
            {
                "by": SEPARATOR.join(names),
                "key": sums["key"],
                "parent": sums["parent"],
                "weight": sums["base"] / sums["parent_base"],
                "relative": sums["tax_weight"] / sums["base"],
            }
        )
        parts.append(node)
        above = pd.DataFrame({"key": sums["key"], "parent_base": sums["base"]})
    result = pd.concat(parts, ignore_index=True)
    result["contribution"] = result["weight"] * (result["relative"] - 1)
    return result


def joined(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Key of a crossing: its values joined by " x "."""
    key = frame[names[0]].astype("str")
    for name in names[1:]:
        key = key + SEPARATOR + frame[name].astype("str")
    return key


def without(contributions: pd.DataFrame) -> pd.Series:
    """Level that each node's parent would have without it; missing where nothing is left.

    Parameters
    ----------
    contributions : DataFrame as from `tree`
    """
    parent = contributions.set_index("key")["relative"].reindex(contributions["parent"]).to_numpy()
    rest = 1 - contributions["weight"].to_numpy()
    level = parent - contributions["weight"].to_numpy() * contributions["relative"].to_numpy()
    return pd.Series(np.divide(level, rest, out=np.full(len(rest), np.nan), where=rest > 1e-12), contributions.index)


def product_contributions(
    price: np.ndarray, quantity: np.ndarray, base_price: np.ndarray, base_quantity: np.ndarray, method: str
) -> np.ndarray:
    """Contributions of products to a bilateral index less one: they add up to it exactly.

    Parameters
    ----------
    price, quantity, base_price, base_quantity : (I,) arrays of the two periods, products matched
    method : {"laspeyres", "tornqvist", "fisher", "fisher_geometric"}
        "fisher" takes the quantities of both periods, the later ones over the Fisher quantity index; "fisher_geometric"
        first turns both means into one geometric mean. They differ in the fifth digit or so.

    Returns
    -------
    (I,) array; the sum is the index less one.

    Notes
    -----
    Sources: van IJzeren (1987); Reinsdorf, Diewert and Ehemann (2002); Balk (2008), ch. 4.
    """
    relative = price / base_price
    before, after = base_price * base_quantity, price * quantity
    old, new = before / before.sum(), after / after.sum()
    laspeyres, paasche = float(old @ relative), 1 / float(new @ (1 / relative))
    fisher = np.sqrt(laspeyres * paasche)
    if method == "laspeyres":
        weight = old
    elif method == "tornqvist":
        weight = _arithmetic((old + new) / 2, relative)
    elif method == "fisher":
        ratio = after.sum() / before.sum() / fisher
        weight = base_price * (base_quantity + quantity / ratio)
    elif method == "fisher_geometric":
        # Weights with which a geometric mean of the relatives gives Laspeyres, and Paasche.
        first = old * _logarithmic_mean(relative, laspeyres)
        second = new * _logarithmic_mean(1 / relative, 1 / paasche)
        weight = _arithmetic((first / first.sum() + second / second.sum()) / 2, relative)
    else:
        raise ValueError(f'method "{method}" is not one of laspeyres, tornqvist, fisher, fisher_geometric.')
    return weight / weight.sum() * (relative - 1)


def _arithmetic(weight: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Weights with which an arithmetic mean gives the geometric mean of `weight`."""
    return weight / _logarithmic_mean(relative, float(np.exp(weight @ np.log(relative))))


def _logarithmic_mean(x: np.ndarray, y: float) -> np.ndarray:
    """(x - y) / ln(x / y); x where both are equal."""
    near = np.abs(x / y - 1) < 1e-9
    return np.where(near, x, (x - y) / np.where(near, 1.0, np.log(x / y)))
