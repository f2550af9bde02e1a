"""What a head of section needs to start a query: the lines, what they were compared with, and the gap to it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS, LEAST_LINES, contrasted
from analytics.valuation.evidence.comparables import with_comparables
from analytics.valuation.level.levels import MOST_AT_STAKE, prices_below
from analytics.valuation.level.result import PriceLevel

LINE_COLUMNS = [
    "key", "declaration_id", "line_no", "enterprise", "product", "unit", "origin", "month",
    "quantity", "unit_value", "reference", "compared_lines", "compared_enterprises", "rung", "set_apart", "tax",
    "relative", "duty_at_stake", "duty_low", "duty_high", "capped",
]  # fmt: skip
_SPREADS, _LARGEST = 2.0, 5
_MEDIAN_ERROR = 1.2533


def lines(level: PriceLevel, keys: Sequence[str]) -> pd.DataFrame:
    """Lines of some cells two spreads or more off their comparables, in the cell's direction, largest gap first.

    Of every cell the five largest gaps are listed, however near.

    Parameters
    ----------
    level : PriceLevel
    keys : cells, as in column `key`

    Returns
    -------
    DataFrame: `key`, `declaration_id`, `line_no`, `enterprise`, goods, `month`, `quantity`, `unit_value`, `reference`
    (median price a unit of at least five lines of two enterprises of others; lines without one are not listed),
    `compared_lines`, `compared_enterprises`, `rung` (how near in time and origin), `set_apart` (kind, "" where the line
    enters the level), `relative` (unit value over reference), `tax`, `duty_at_stake` (gap to the reference, at most
    three times what the line bears: `capped`) with `duty_low` and `duty_high` (95 %, from the spread of the compared
    unit values; zero for prices above one).
    """
    chosen = level.levels[level.levels["key"].isin(list(keys))]
    empty = pd.DataFrame(columns=LINE_COLUMNS).astype(
        dict.fromkeys(LINE_COLUMNS[8:11] + LINE_COLUMNS[15:20], "float64")
    )
    if chosen.empty or level.base_period is not None:
        return empty
    found = _with_reference(level, chosen)
    found = found[found["reference"].notna()].reset_index(drop=True)
    if found.empty:
        return empty
    found["relative"] = found["unit_value"] / found["reference"]
    found = found[_pulls(found, prices_below(found, level.band))]
    error = NORMAL95 * _MEDIAN_ERROR * found["spread_of_compared"] / np.sqrt(found["compared_lines"].clip(lower=1))
    gap = -np.log(found["relative"])
    for name, log in (("duty_at_stake", gap), ("duty_low", gap - error), ("duty_high", gap + error)):
        found[name] = found["tax"] * np.expm1(log).clip(lower=0, upper=MOST_AT_STAKE)
    found["capped"] = np.expm1(gap) > MOST_AT_STAKE
    order = ["duty_at_stake", "key", "declaration_id", "line_no"]
    return found.sort_values(order, ascending=[False, True, True, True], ignore_index=True)[LINE_COLUMNS]


def _pulls(found: pd.DataFrame, low: pd.Series) -> pd.Series:
    """Lines two spreads and more off in their cell's direction, and the five largest gaps of every cell."""
    off = np.log(found["relative"])
    toward = off.where(~low, -off)
    gap = (found["tax"] * toward).where(toward > 0)
    largest = gap.groupby(found["key"]).rank(ascending=False, method="first") <= _LARGEST
    return (toward > 0) & (largest | (toward > _SPREADS * found["spread_of_compared"]))


def _with_reference(level: PriceLevel, chosen: pd.DataFrame) -> pd.DataFrame:
    """Lines of the chosen cells with their comparables."""
    by = list(dict.fromkeys([*level.by]))
    every = level.prepared.lines
    wanted = list(dict.fromkeys([*GOODS, "month", "quantity", "enterprise", *by]))
    products = engine.load_frame(chosen[by].astype("str"), beside=every)
    own = ["declaration_id", "line_no", "value", "tax_weight", "kind"]
    asked = engine.fetch(every.semi_join(products, by).select(*dict.fromkeys([*wanted, *own])))
    goods = engine.load_frame(asked[["product"]].drop_duplicates(), beside=every)
    clean = every.filter(every.kind == "").semi_join(goods, "product")
    others = engine.fetch(clean.select(*wanted, "log_price"))
    found = with_comparables(asked, others, contrasted(level.by, level.base_period))
    told = chosen[[*by, "key", "level", "level_weighted", "reason", "set_apart_below", "set_apart_above"]]
    found = found.merge(told, on=by)
    found["unit_value"] = found["value"] / found["quantity"]
    return found.rename(columns={"tax_weight": "tax", "kind": "set_apart"})


def outliers(level: PriceLevel, rows: int | None = None) -> pd.DataFrame:
    """Lines set apart, the most extreme first: clerical errors apart from extreme prices.

    An extreme undervaluation looks like a slip of the pen too: the list is for a human to read.
    """
    table = level.prepared.lines.filter(level.prepared.lines.kind != "")
    columns = ["kind", "declaration_id", "line_no", "district", "enterprise", "product", "unit", "origin", "month"]
    table = table.select(
        *columns, "quantity", "net_mass_kg", "value", unit_value=table.value / table.quantity,
        median=(table.log_price - table.deviation - table["shift"]).exp(), spreads=table.deviation / table.spread,
    ).order_by(ibis.desc(ibis._.spreads.abs()), "declaration_id", "line_no")  # fmt: skip
    return engine.fetch(table.limit(rows) if rows else table)


def gaps(level: PriceLevel, below: float = 0.7) -> pd.DataFrame:
    """Lines far below like goods: tables/price_gaps.csv, for risk selection.

    Parameters
    ----------
    level : PriceLevel
    below : ratio to the like goods' price under which a line is listed

    Returns
    -------
    DataFrame, the lowest first: declaration_id, line_no, relative (unit value over the price of like goods),
    compared_lines and enterprises (of like goods, the line's own group included).
    """
    every = level.prepared.lines
    keys = [c for c in GOODS if c not in contrasted(level.by, level.base_period)]
    many = every.group_by(keys).agg(compared_lines=every.count(), enterprises=every.enterprise.nunique())
    relative = (every["shift"] + every.deviation).exp()
    far = every.mutate(relative=relative).filter(ibis._.relative < below)
    joined = far.join(many, keys).filter(ibis._.compared_lines > LEAST_LINES)
    columns = ["declaration_id", "line_no", "relative", "compared_lines", "enterprises"]
    return engine.fetch(joined.select(*columns).order_by("relative", "declaration_id", "line_no"))
