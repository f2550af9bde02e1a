"""What a change of value is made of, as sums: price and quantity of each product, and what came and went."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from analytics.index_numbers.bilateral import logarithmic_mean
from analytics.index_numbers.panel import IndexNumberError, panel

METHODS = ("bennet", "montgomery")


def value_change(
    frame: pd.DataFrame,
    base: Hashable,
    current: Hashable,
    method: str = "bennet",
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
) -> pd.DataFrame:
    """Decompose a change of value between two periods into price and quantity, product by product, exactly.

    Parameters
    ----------
    frame : DataFrame, one row a price, in any order
    base, current : labels of `period`
    method : {"bennet", "montgomery"}
        "bennet": arithmetic means of both periods' quantities and prices. "montgomery": logarithmic mean of values
        times log relatives.
    period, product, price, quantity : column names

    Returns
    -------
    DataFrame, one row a product: `product`, `value_base`, `value_current`, `price` and `quantity` (their effects, in
    units of value) and `entry` (value of a product that only one of the periods trades: neither a price nor a quantity
    effect can be told of it). The three add up to value_current - value_base. `quantity` of all products together is
    their volume at constant mix and the mix: `volume` and `mix` split it by the growth of the summed quantity at the
    average unit value, where units are one.

    Raises
    ------
    IndexNumberError
        For an unknown method or period.

    Notes
    -----
    Sources: Bennet (1920); Montgomery (1937); Diewert (2005), Index number theory using differences; Balk (2008),
    ch. 3.
    Both are symmetric: with the periods exchanged every effect changes its sign.
    """
    if method not in METHODS:
        raise IndexNumberError(f'method "{method}" is not known. Allowed: {", ".join(METHODS)}.')
    data = panel(frame, period=period, product=product, price=price, quantity=quantity)
    before, after = data.position(base), data.position(current, "current")
    p0, p1, q0, q1 = data.price[before], data.price[after], data.quantity[before], data.quantity[after]
    seen = (p0 > 0) | (p1 > 0)
    p0, p1, q0, q1 = (x[seen] for x in (p0, p1, q0, q1))
    both = (p0 > 0) & (p1 > 0)
    v0, v1 = p0 * q0, p1 * q1
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "bennet":
            by_price, by_quantity = (p1 - p0) * (q0 + q1) / 2, (q1 - q0) * (p0 + p1) / 2
        else:
            mean = logarithmic_mean(np.where(both, v0, 1.0), np.where(both, v1, 1.0))
            by_price, by_quantity = mean * np.log(p1 / p0), mean * np.log(q1 / q0)
    by_price, by_quantity = np.where(both, by_price, 0.0), np.where(both, by_quantity, 0.0)
    volume = _volume(q0, q1, v0, v1, both)
    return pd.DataFrame(
        {
            "product": data.products[seen],
            "value_base": v0,
            "value_current": v1,
            "price": by_price,
            "quantity": by_quantity,
            "entry": np.where(both, 0.0, v1 - v0),
            "volume": volume,
            "mix": by_quantity - volume,
        }
    )


def _volume(q0: np.ndarray, q1: np.ndarray, v0: np.ndarray, v1: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Part of each quantity effect that the growth of all quantities together makes, at the average unit value."""
    old, new = np.where(both, q0, 0.0), np.where(both, q1, 0.0)
    if not old.sum() > 0:
        return np.zeros(len(q0))
    unit = (np.where(both, v0, 0.0).sum() / old.sum() + np.where(both, v1, 0.0).sum() / new.sum()) / 2
    return unit * (new - old)
