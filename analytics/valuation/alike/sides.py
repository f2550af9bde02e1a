"""What of a level rests on goods of one other place, of none, or of other months: there is no majority."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.valuation.comparison.keys import GOODS, contrasted
from analytics.valuation.comparison.ratios import common_months, unlike

_COMMON = 0.1  # share of lines in months of a good that others declare, too, below which months are not common
_ADDED = 0.02  # what these goods must add to a level (log) to be asked about
_LINES, _OTHERS = 3, 2  # of a good, with which a place tells its price; other places that have to, for a majority


def not_alike(cells: pd.DataFrame, compared: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Cells that meet the others in other months only, and what goods of no other place, or of one, add, (H,) each."""
    names, contrast = tuple(by), contrasted(by, None)
    met = common_months(compared, names, contrast).merge(unlike(compared, names, contrast), on=list(by))
    met = met.merge(beside_two_others(compared, by, contrast), on=list(by))
    met = cells[list(by)].merge(met, on=list(by), how="left")
    return met["common_months"].to_numpy() < _COMMON, met["unlike"].to_numpy(), met["one_sided"].to_numpy()


def beside_two_others(compared: pd.DataFrame, by: Sequence[str], contrast: Sequence[str]) -> pd.DataFrame:
    """What alignment took off each cell's goods that at least two other places declare, and off all of them.

    Parameters
    ----------
    compared : DataFrame, one row a cell, group and enterprise: goods, `by`, lines, value and aligned_value
    by, contrast : columns of the breakdown, and those whose values are compared with each other

    Returns
    -------
    DataFrame: `by`, `one_sided` (log): by how much the level would be nearer to that of goods with a majority. What
    was taken off all goods alike stands on those that others declare, too; missing where there is none.
    """
    alike = [c for c in GOODS if c not in contrast]
    place = compared.groupby([*alike, *contrast], observed=True)["lines"].sum().reset_index()
    place["tells"] = (place["lines"] >= _LINES).astype(int)
    others = place.groupby(alike, observed=True)["tells"].transform("sum") - place["tells"]
    # Goods are moved whatever their origin: what most of their lines meet decides.
    kind = [c for c in (*alike, *contrast) if c != "origin" or c in contrast]
    place["beside"] = place["lines"].where(others >= _OTHERS, 0)
    whole_kind = place.groupby(kind, observed=True)[["beside", "lines"]].sum().reset_index()
    whole_kind["majority"] = 2 * whole_kind["beside"] >= whole_kind["lines"]
    names = list(dict.fromkeys([*kind, *by]))
    rows = compared[[*names, "value", "aligned_value"]].merge(whole_kind[[*kind, "majority"]], on=kind, how="left")
    parts = {name: rows[name].where(rows["majority"], 0.0) for name in ("value", "aligned_value")}
    rows = rows.assign(sided=parts["value"], sided_aligned=parts["aligned_value"])
    sums = rows.groupby(list(by), observed=True)[["value", "aligned_value", "sided", "sided_aligned"]].sum()
    sums = sums.reset_index()
    whole = np.log(sums["value"] / sums["aligned_value"])
    told = np.log(sums["sided"].where(sums["sided"] > 0) / sums["sided_aligned"])
    return sums[list(by)].assign(one_sided=whole - told)


def rests_on_one(cells: pd.DataFrame, band: tuple[float, float]) -> np.ndarray:
    """True where a level is not plainly outside the band without what goods of one other place add to it, (H,).

    Parameters
    ----------
    cells : DataFrame: log_level, error and one_sided (`beside_two_others`)
    band : levels that are in order
    """
    other, reach = cells["log_level"] - cells["one_sided"], NORMAL95 * cells["error"]
    plain = np.where(cells["log_level"] < 0, other + reach < np.log(band[0]), other - reach > np.log(band[1]))
    return (cells["one_sided"].abs().fillna(np.inf) > _ADDED).to_numpy() & ~plain
