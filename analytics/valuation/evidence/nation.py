"""The nation against prices from outside the table: what all districts have in common, which none of them shows.

The prices may be fair prices of an earlier run, partners' exports as they should arrive (`mirror.reference_prices`), or
any other table of reference prices.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.references import by_month
from analytics.valuation.level.price_level import PriceLevel

COLUMNS = ["who", "level", "low95", "high95", "value_share", "lines", "goods"]
NATION = "all"
_FEWEST_GOODS = 3


def nation(level: PriceLevel) -> pd.DataFrame:
    """Level of the nation and of each district against the external reference prices; empty where none are given.

    Parameters
    ----------
    level : PriceLevel, asked with `reference`

    Returns
    -------
    DataFrame: `who` ("all" first, then districts), `level` (tax over tax at reference prices, with value where there is
    no tax) with `low95` and `high95`, `value_share` (of all value that has a reference), `lines`, `goods`. The level is
    missing where fewer than three goods have a reference.

    Notes
    -----
    A ratio estimator with goods as clusters (Cochran 1977, ch. 6): a reference that is wrong for one good is wrong for
    all its lines. What all reference prices have in common, such as freight or a change of world prices since, is in
    the level.
    """
    reference = level.question.reference
    if reference is None or level.base_period is not None:
        return pd.DataFrame(columns=COLUMNS)
    kept = level.prepared.kept
    keys = ["product", "unit", "origin", "month", "district"]
    sums = kept.group_by(keys).agg(
        value=kept.value.sum(), quantity=kept.quantity.sum(), weight=kept.tax_weight.sum(), lines=kept.count()
    )
    cells = engine.fetch(sums).sort_values(keys, ignore_index=True)
    prices = by_month(reference, cells["month"])
    on = [k for k in keys if k in prices]
    if "month" in on:
        prices = prices.assign(month=prices["month"].astype(cells["month"].dtype))
    cells = cells.merge(prices, on=on, how="left")
    cells["base"] = cells["weight"] * cells["price"] * cells["quantity"] / cells["value"]
    rows = [_row(NATION, cells)]
    rows += [_row(str(name), part) for name, part in cells.groupby("district", sort=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(who: str, cells: pd.DataFrame) -> tuple[object, ...]:
    known = cells[cells["base"] > 0]
    share = float(known["value"].sum() / cells["value"].sum())
    goods = known.groupby("product")[["weight", "base"]].sum()
    count = len(goods)
    if count < _FEWEST_GOODS:
        return who, np.nan, np.nan, np.nan, share, int(known["lines"].sum()), count
    found = float(goods["weight"].sum() / goods["base"].sum())
    off = goods["weight"] - found * goods["base"]
    error = float(np.sqrt((off**2).sum() * count / (count - 1)) / goods["base"].sum() / found)
    low, high = found * np.exp(-NORMAL95 * error), found * np.exp(NORMAL95 * error)
    return who, found, float(low), float(high), share, int(known["lines"].sum()), count
