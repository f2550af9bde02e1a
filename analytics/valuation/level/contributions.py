"""Who moves the price level: exact additive contributions from the nation down to the line.

A level is tax over the tax that the same goods would bear at their reference prices. So level - 1 is the sum over parts
of (base share) x (level of the part - 1), at every step from nation to district, chapter, enterprise and line, with no
remainder. Source: additive decomposition of a Paasche-type ratio, Producer Price Index Manual (IMF 2004), ch. 15.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.valuation.comparison.keys import SEPARATOR, joined

ROOT = "all"


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
    DataFrame: `by`, `key`, `parent` (key of the node above), `weight` (share of the parent's base), `relative`
    (level of the node), `contribution` (weight x (relative - 1)). The contributions of a parent's children add up to
    its relative - 1.

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
            "relative": [total["tax_weight"] / total["base"] if total["base"] else np.nan],
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
