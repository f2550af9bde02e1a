"""Who in a cell moves its price level: enterprises ranked by share times shrunk mean deviation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD
from analytics.valuation.comparison.ratios import MATCHED
from analytics.valuation.level.result import PriceLevel


def rank(level: PriceLevel, keys: Sequence[str] | None = None) -> pd.DataFrame:
    """Enterprises of each cell by how much of its deviation they explain.

    Parameters
    ----------
    level : PriceLevel
    keys : cells to look at (column `key`); all by default

    Returns
    -------
    DataFrame, one row a cell and enterprise, the first in a cell the one that moves it most: `key`, `enterprise`,
    `rank`, `lines`, `share` (of the cell's value at reference prices), `deviation` (mean log deviation from the
    reference, drawn towards zero where lines are few), `score` (share x deviation in the cell's direction), `base`
    and `tax_weight`.

    Notes
    -----
    Contributions alone put large enterprises first whatever they do; the shrunk mean asks for consistency.
    """
    frame = level.compared[level.compared["rung"].isin(MATCHED) & (level.compared["enterprise"] != "")]
    by = list(level.by)
    chosen = level.levels if keys is None else level.levels[level.levels["key"].isin(list(keys))]
    frame = frame.merge(chosen[[*by, "key", "level"]], on=by)
    off: pd.Series = (frame["price"] / frame["reference"]).transform(np.log)
    spread = float((off.abs().median() * MAD_TO_SD) ** 2)
    between = level.variances.get("enterprise", 0.003) + level.variances.get("enterprise_group", 0.0)
    # A few wild references must not decide over a name.
    off = off.clip(float(off.quantile(0.01)), float(off.quantile(0.99)))
    frame = frame.assign(weighted=off * frame["lines"])
    sums = (
        frame.groupby(["key", "enterprise"], sort=True)[["lines", "weighted", "base", "tax_weight"]].sum().reset_index()
    )
    sums = sums.merge(chosen[["key", "level"]], on="key")
    sums["share"] = sums["base"] / sums.groupby("key")["base"].transform("sum")
    sums["deviation"] = sums["weighted"] / (sums["lines"] + spread / between)
    direction = np.where(sums["level"] < 1, -1.0, 1.0)
    sums["score"] = sums["share"] * sums["deviation"] * direction
    sums = sums.sort_values(["key", "score", "enterprise"], ascending=[True, False, True], ignore_index=True)
    sums["rank"] = sums.groupby("key").cumcount() + 1
    return sums[["key", "enterprise", "rank", "lines", "share", "deviation", "score", "base", "tax_weight"]]
