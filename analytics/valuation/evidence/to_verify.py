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
from analytics.valuation.level.levels import MOST_AT_STAKE
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import OUT, prices_below

LINE_COLUMNS = [
    "key", "declaration_id", "line_no", "enterprise", "product", "unit", "origin", "month",
    "quantity", "unit_value", "reference", "compared_lines", "compared_enterprises", "rung", "set_apart", "tax",
    "relative", "duty_at_stake", "duty_low", "duty_high", "capped", "because", "period",
]  # fmt: skip
CELL, FIRM, FALL = "group", "enterprise", "price fell"
_SPREADS, _LARGEST = 2.0, 5
_MEDIAN_ERROR = 1.2533
_NUMBERS = ("quantity", "unit_value", "reference", "tax", "relative", "duty_at_stake", "duty_low", "duty_high")


def lines(
    level: PriceLevel, keys: Sequence[str], firms: Sequence[str] = (), falls: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Lines of some cells two spreads or more off their comparables, in the cell's direction, largest gap first.

    Of every cell the five largest gaps are listed, however near.

    Parameters
    ----------
    level : PriceLevel
    keys : cells, as in column `key`
    firms : enterprises that price below the others wherever they declare: their lines below, in whatever cell
    falls : DataFrame `enterprise`, `product`, `since` (month): prices that fell; lines below since then are listed

    Returns
    -------
    DataFrame: `key`, `declaration_id`, `line_no`, `enterprise`, goods, `month`, `quantity`, `unit_value`, `reference`
    (median price a unit of at least five lines of two enterprises of others; lines without one are not listed),
    `compared_lines`, `compared_enterprises`, `rung` (how near in time and origin), `set_apart` (kind, "" where the line
    enters the level), `relative` (unit value over reference), `tax`, `duty_at_stake` (gap to the reference, at most
    three times what the line bears: `capped`) with `duty_low` and `duty_high` (95 %, from the spread of the compared
    unit values; zero for prices above one), `because` ("group", "enterprise", "price fell": each line once, for the
    first that holds), `period` of the cell.
    """
    chosen = level.levels[level.levels["key"].isin(list(keys))]
    if "period" in level.by and chosen["status"].isin(OUT).any():  # of a place outside in one year, not its other years
        chosen = chosen[chosen["status"].isin(OUT)]
    empty = pd.DataFrame(columns=LINE_COLUMNS).astype(dict.fromkeys(_NUMBERS, "float64"))
    if level.base_period is not None:
        return empty
    asked = _asked(level, chosen, list(firms), falls)
    found = _with_reference(level, asked) if len(asked) else asked
    if not len(asked) or found["reference"].isna().all():
        return empty
    found = found[found["reference"].notna()].reset_index(drop=True)
    found["relative"] = found["unit_value"] / found["reference"]
    found = found[_pulls(found, prices_below(found, level.band) | (found["because"] != CELL))]
    error = NORMAL95 * _MEDIAN_ERROR * found["spread_of_compared"] / np.sqrt(found["compared_lines"].clip(lower=1))
    gap = -np.log(found["relative"])
    for name, log in (("duty_at_stake", gap), ("duty_low", gap - error), ("duty_high", gap + error)):
        found[name] = found["tax"] * np.expm1(log).clip(lower=0, upper=MOST_AT_STAKE)
    found["capped"] = np.expm1(gap) > MOST_AT_STAKE
    order = ["duty_at_stake", "key", "declaration_id", "line_no"]
    return found.sort_values(order, ascending=[False, True, True, True], ignore_index=True)[LINE_COLUMNS]


def _pulls(found: pd.DataFrame, low: pd.Series) -> pd.Series:
    """Lines two spreads and more off in their cell's direction, and the five largest gaps of every cell or name."""
    off = np.log(found["relative"])
    toward = off.where(~low, -off)
    gap = (found["tax"] * toward).where(toward > 0)
    whose = found["key"].where(found["because"] == CELL, found["enterprise"])
    largest = gap.groupby([found["because"], whose]).rank(ascending=False, method="first") <= _LARGEST
    return (toward > 0) & (largest | (toward > _SPREADS * found["spread_of_compared"]))


def _asked(level: PriceLevel, chosen: pd.DataFrame, firms: list[str], falls: pd.DataFrame | None) -> pd.DataFrame:
    """Lines of the chosen cells and of the names, each once, with why they are asked about."""
    every, by = level.prepared.lines, list(level.by)
    own = ["declaration_id", "line_no", "value", "tax_weight", "kind"]
    columns = dict.fromkeys([*GOODS, "month", "quantity", "enterprise", *by, *own])
    parts = []
    if len(chosen):
        cells = engine.load_frame(chosen[by].astype("str"), beside=every)
        parts.append(engine.fetch(every.semi_join(cells, by).select(*columns)).assign(because=CELL))
    if firms:
        parts.append(engine.fetch(every.filter(every.enterprise.isin(firms)).select(*columns)).assign(because=FIRM))
    if falls is not None and len(falls):
        named = every.filter(every.enterprise.isin(falls["enterprise"].unique().tolist())).select(*columns)
        fell = engine.fetch(named).merge(falls[["enterprise", "product", "since"]], on=["enterprise", "product"])
        parts.append(fell[fell["month"] >= fell["since"]].drop(columns="since").assign(because=FALL))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found.drop_duplicates(["declaration_id", "line_no", *by], ignore_index=True) if len(parts) > 1 else found


def _with_reference(level: PriceLevel, asked: pd.DataFrame) -> pd.DataFrame:
    """Lines asked about with their comparables and their cell."""
    by, every = list(level.by), level.prepared.lines
    wanted = dict.fromkeys([*GOODS, "month", "quantity", "enterprise", *by])
    goods = engine.load_frame(asked[["product"]].drop_duplicates(), beside=every)
    clean = every.filter(every.kind == "").semi_join(goods, "product")
    others = engine.fetch(clean.select(*wanted, "log_price"))
    found = with_comparables(asked, others, contrasted(level.by, level.base_period))
    told = ["key", "period", "level", "level_weighted", "reason", "set_apart_below", "set_apart_above"]
    found = found.merge(level.levels[list(dict.fromkeys([*by, *told]))], on=by)
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


def gaps(level: PriceLevel, below: float = 0.7, told: pd.DataFrame | None = None) -> pd.DataFrame:
    """Lines far below like goods: tables/price_gaps.csv, for risk selection.

    Parameters
    ----------
    level : PriceLevel
    below : ratio to the like goods' price under which a line is listed
    told : lines to verify, as the page lists them: what it says of a line is said here too

    Returns
    -------
    DataFrame, the lowest first: declaration_id, line_no, relative (unit value over the price of like goods),
    compared_lines and enterprises (of like goods, the line's own group included; of lines in `told` ratio, lines and
    enterprises of its comparables).
    """
    every = level.prepared.lines
    keys = [c for c in GOODS if c not in contrasted(level.by, level.base_period)]
    many = every.group_by(keys).agg(compared_lines=every.count(), enterprises=every.enterprise.nunique())
    relative = (every["shift"] + every.deviation).exp()
    far = every.mutate(relative=relative).filter(ibis._.relative < below)
    joined = far.join(many, keys).filter(ibis._.compared_lines > LEAST_LINES)
    columns = ["declaration_id", "line_no", "relative", "compared_lines", "enterprises"]
    found = engine.fetch(joined.select(*columns))
    if told is not None and len(told):
        same = told.drop(columns="enterprise").rename(columns={"compared_enterprises": "enterprises"})[columns]
        found = pd.concat([same, found]).drop_duplicates(["declaration_id", "line_no"])
    found = found[found["relative"] < below]
    return found.sort_values(["relative", "declaration_id", "line_no"], ignore_index=True)
