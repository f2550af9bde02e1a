"""Linking by similarity: each period is compared with the earlier one whose prices and sales are most like its own."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from analytics.index_numbers.links import formula, pair
from analytics.index_numbers.panel import IndexNumberError, Panel, panel

_FEWEST = 1


def dissimilarity(data: Panel, first: int, second: int) -> float:
    """Predicted share dissimilarity of two periods: 0 where prices are proportional on all products.

    Shares of each period are predicted with the other's prices; a product that is missing in one counts fully.

    Source: Diewert (2021), Scanner data, elementary price indexes and the chain drift problem; Consumer Price Index
    Theory (IMF 2023), ch. 7.
    """
    p, q = data.price[[first, second]], data.quantity[[first, second]]
    if not ((p[0] > 0) & (p[1] > 0)).sum() >= _FEWEST:
        return float("inf")
    total = 0.0
    for own, other in ((0, 1), (1, 0)):
        share = p[own] * q[own] / (p[own] * q[own]).sum()
        predicted = p[other] * q[own]
        predicted = predicted / predicted.sum() if predicted.sum() > 0 else predicted
        total += float(((share - predicted) ** 2).sum())
    return total


def linked_by_similarity(
    frame: pd.DataFrame,
    method: str = "fisher",
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
    base: Hashable | None = None,
) -> pd.DataFrame:
    """Price index in which each period is linked to the earlier one that is most like it (maximum similarity).

    Parameters
    ----------
    frame : DataFrame, one row a price, in any order
    method : bilateral formula of the links, such as "fisher" or "tornqvist"
    period, product, price, quantity : column names
    base : label of `period` at which the index is 1; the first by default

    Returns
    -------
    DataFrame: `period` (sorted), `index`, `linked_to` (period it was compared with) and `dissimilarity`. Nothing that
    was published is revised when a period is added; where prices come back to what they were, so does the index.

    Raises
    ------
    IndexNumberError
        Where a period shares no product with any before.
    """
    data = panel(frame, period=period, product=product, price=price, quantity=quantity)
    how, size = formula(method), len(data.periods)
    log, linked, far = np.zeros(size), [data.periods[0]] * size, np.zeros(size)
    for t in range(1, size):
        distance = np.array([dissimilarity(data, s, t) for s in range(t)])
        nearest = int(np.argmin(distance))
        if not np.isfinite(distance[nearest]):
            raise IndexNumberError(f'period "{data.periods[t]}" shares no product with any before. Use wider products.')
        log[t] = log[nearest] + np.log(pair(data, how, nearest, t))
        linked[t], far[t] = data.periods[nearest], distance[nearest]
    at = 0 if base is None else data.position(base)
    return pd.DataFrame(
        {"period": data.periods, "index": np.exp(log - log[at]), "linked_to": linked, "dissimilarity": far}
    )


def quantity_index(
    frame: pd.DataFrame,
    method: str,
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str = "quantity",
    base: Hashable | None = None,
) -> pd.DataFrame:
    """Direct quantity index of every period against the base: the price formula with prices and quantities exchanged.

    Parameters
    ----------
    frame : DataFrame, one row a price, in any order
    method : bilateral formula
    period, product, price, quantity : column names
    base : label of `period` at which the index is 1; the first by default

    Returns
    -------
    DataFrame: `period`, `index`. On matched products, Fisher's price and quantity indexes multiply to the value ratio.

    Notes
    -----
    Source: Consumer Price Index Manual (2020), ch. 2; Fisher (1922) for the factor reversal test.
    """
    data = panel(frame, period=period, product=product, price=price, quantity=quantity)
    turned = Panel(data.periods, data.products, data.quantity, data.price)
    at, how = 0 if base is None else data.position(base), formula(method)
    logs = [0.0 if t == at else float(np.log(pair(turned, how, at, t))) for t in range(len(data.periods))]
    return pd.DataFrame({"period": data.periods, "index": np.exp(logs)})
