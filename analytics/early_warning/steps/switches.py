"""Switches: an enterprise's goods leave one place (an origin, a code) and appear in another, at the old price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rule:
    """What makes a switch.

    Attributes
    ----------
    before, after : months compared on either side of a date
    fall : smallest fall of the old place, as a share of its mean before
    gain : smallest gain of the new place, as a share of the fall
    price : largest distance of the new place's unit value from the enterprise's own old one, logarithm
    nearer : how much nearer it must be to that than to the unit value of others in the new place, logarithm; asked only
        where others' price can be told apart and the seller is not the same
    """

    before: int = 12
    after: int = 3
    fall: float = 0.5
    gain: float = 0.4
    price: float = 0.15
    nearer: float = 0.10


RULE: Final = Rule()
COLUMNS: Final = (
    "unit", "old", "new", "before", "after", "fell", "gained", "old_price", "new_price", "others_price", "same_seller",
    "is_switch",
)  # fmt: skip


def switches(flows: pd.DataFrame, date: pd.Timestamp, old: set[str], rule: Rule = RULE) -> pd.DataFrame:
    """Find who moved goods from old places to new ones at a date.

    Parameters
    ----------
    flows : unit (enterprise and what else stays the same), goods (what its price is compared in), place, month, value,
        quantity and optional seller
    date : of the step; the month in which it takes effect counts as after
    old : places that goods have a reason to leave

    Returns
    -------
    DataFrame with COLUMNS, one row a unit and new place that gained: monthly means, unit values, share of the new
    place's value from sellers that the unit had in the old place (missing without sellers), and whether it is a switch.
    """
    start = date.to_period("M").to_timestamp()
    early = flows[(flows["month"] >= start - pd.DateOffset(months=rule.before)) & (flows["month"] < start)]
    late = flows[(flows["month"] >= start) & (flows["month"] < start + pd.DateOffset(months=rule.after))]
    was_old, is_old = early["place"].isin(old), late["place"].isin(old)
    base = early[was_old].groupby("unit")[["value", "quantity"]].sum()
    base = base[base["value"] > 0]
    if base.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    left = late[is_old].groupby("unit")["value"].sum().reindex(base.index).fillna(0) / rule.after
    mean = base["value"] / rule.before
    new = late[~is_old & late["unit"].isin(base.index)].groupby(["unit", "place"])[["value", "quantity"]].sum()
    had = early[~was_old].groupby(["unit", "place"])["value"].sum().reindex(new.index).fillna(0) / rule.before
    table = new.reset_index().rename(columns={"place": "new"})
    units = table["unit"]
    table["before"] = mean.reindex(units).to_numpy()
    table["after"] = left.reindex(units).to_numpy()
    table["fell"] = table["before"] - table["after"]
    table["gained"] = table["value"] / rule.after - had.to_numpy()
    table["old"] = ", ".join(sorted(old))
    table["old_price"] = (base["value"] / base["quantity"]).reindex(units).to_numpy()
    table["new_price"] = table["value"] / table["quantity"]
    table["others_price"] = _others(flows, early[~was_old], table)
    table["same_seller"] = _same_seller(early[was_old], late[~is_old], table)
    table["is_switch"] = _is_switch(table, rule)
    return table[list(COLUMNS)]


def _is_switch(table: pd.DataFrame, rule: Rule) -> pd.Series:
    own = pd.Series(np.log(table["new_price"] / table["old_price"])).abs()
    others = pd.Series(np.log(table["new_price"] / table["others_price"])).abs()
    moved = (table["fell"] >= rule.fall * table["before"]) & (table["gained"] >= rule.gain * table["fell"])
    like_old = (own + rule.nearer < others) | others.isna()
    by_seller = table["same_seller"].fillna(0) >= 0.5
    without_seller = table["same_seller"].isna()
    return moved & (own < rule.price) & (by_seller | (like_old & without_seller))


def _others(flows: pd.DataFrame, early: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Unit value of the same goods in the new place before: median over enterprises."""
    sums = early.groupby(["goods", "place", "unit"])[["value", "quantity"]].sum()
    price = (sums["value"] / sums["quantity"]).groupby(["goods", "place"]).median()
    goods = flows.drop_duplicates("unit").set_index("unit")["goods"].reindex(table["unit"])
    found = price.reindex(pd.MultiIndex.from_arrays([goods.to_numpy(), table["new"].to_numpy()]))
    return found.to_numpy(float)


def _same_seller(early: pd.DataFrame, late: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    if "seller" not in early:
        return np.full(len(table), np.nan)
    known = set(zip(early["unit"], early["seller"], strict=True))
    kept = [pair in known for pair in zip(late["unit"], late["seller"], strict=True)]
    by_place = late.assign(kept=late["value"] * kept).groupby(["unit", "place"])[["kept", "value"]].sum()
    share = by_place["kept"] / by_place["value"]
    return share.reindex(pd.MultiIndex.from_frame(table[["unit", "new"]])).to_numpy(float)
