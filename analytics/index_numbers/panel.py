"""Prices and quantities as two matrices, period (or region) by product: what every index number is computed from."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analytics.errors import AnalystError


class IndexNumberError(AnalystError, ValueError):
    """Input that no index number can be computed from: what was found, what is needed, what to do."""


@dataclass(frozen=True)
class Panel:
    """Matched-model data: one price and one quantity for each period and product.

    Attributes
    ----------
    periods : labels of the T rows, sorted
    products : labels of the N columns, sorted
    price, quantity : (T, N) arrays; zero where a product was not traded in a period
    """

    periods: list[Hashable]
    products: np.ndarray
    price: np.ndarray
    quantity: np.ndarray

    @property
    def traded(self) -> np.ndarray:
        """(T, N) array, 1.0 where the product was traded in the period."""
        return (self.price > 0).astype(float)

    @property
    def value(self) -> np.ndarray:
        """(T, N) array of values."""
        return self.price * self.quantity

    @property
    def log_price(self) -> np.ndarray:
        """(T, N) array of log prices; zero where the product was not traded, so that it adds nothing to a sum."""
        return np.log(np.where(self.price > 0, self.price, 1.0))

    def rows(self, which: slice | list[int]) -> Panel:
        """Return the panel of some periods, all products kept."""
        periods = self.periods[which] if isinstance(which, slice) else [self.periods[i] for i in which]
        return Panel(periods, self.products, self.price[which], self.quantity[which])

    def position(self, period: Hashable, what: str = "base") -> int:
        """Row of a period.

        Raises
        ------
        IndexNumberError
            When the panel has no such period.
        """
        try:
            return self.periods.index(period)
        except ValueError:
            shown = ", ".join(str(p) for p in self.periods[:12])
            raise IndexNumberError(f'{what} "{period}" is not among the periods: {shown}.') from None

    def require_connected(self) -> None:
        """Check that every pair of periods is linked by a chain of products traded in both.

        Raises
        ------
        IndexNumberError
            Naming the periods that stand apart: no index compares them with the rest.
        """
        m = self.traded
        groups, label = connected_components(csr_array(m @ m.T > 0), directed=False)
        if groups > 1:
            main = np.bincount(label).argmax()
            apart = [str(p) for p, g in zip(self.periods, label, strict=True) if g != main]
            raise IndexNumberError(
                f"{len(apart)} of {len(self.periods)} periods share no product with the others: "
                f"{', '.join(apart[:8])}. Compare them separately, or use wider products (a shorter HS code)."
            )


def panel(
    frame: pd.DataFrame,
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str | None = "quantity",
) -> Panel:
    """Arrange rows as a panel; several rows of a product and period become one, at their unit value.

    Parameters
    ----------
    frame : DataFrame, one row a price, in any order
    period, product, price, quantity : column names; quantity None counts every row once

    Raises
    ------
    IndexNumberError
        For a missing column, an empty frame, missing labels, or prices and quantities that are not positive.

    Notes
    -----
    Source: Consumer Price Index Manual (ILO et al. 2020), par. 6.65: unit values within a homogeneous product.
    """
    columns = [period, product, price] + ([quantity] if quantity is not None else [])
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise IndexNumberError(f"no column {', '.join(missing)}. Columns found: {', '.join(map(str, frame.columns))}.")
    if not len(frame):
        raise IndexNumberError("no rows: an index needs at least one price in each of two periods.")
    p = frame[price].to_numpy(float)
    q = np.ones(len(p)) if quantity is None else frame[quantity].to_numpy(float)
    _require_positive(p, price)
    _require_positive(q, quantity or "quantity")
    t, periods = _codes(frame[period], period)
    i, products = _codes(frame[product], product)
    return _scatter(t, i, p, q, list(periods), products)


def _require_positive(x: np.ndarray, name: str) -> None:
    bad = ~((x > 0) & (x < np.inf))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise IndexNumberError(
            f"column {name}: {int(bad.sum())} of {len(x)} rows are not positive numbers (first: row {first}, "
            f"{x[first]}). Set them aside before computing an index."
        )


def _codes(column: pd.Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    codes, labels = pd.factorize(column, sort=True)
    if (codes < 0).any():
        raise IndexNumberError(f"column {name}: {int((codes < 0).sum())} rows have no label.")
    return codes, np.asarray(labels)


def _scatter(
    t: np.ndarray, i: np.ndarray, p: np.ndarray, q: np.ndarray, periods: list[Hashable], products: np.ndarray
) -> Panel:
    shape = (len(periods), len(products))
    at = t.astype(np.int64) * shape[1] + i
    price: np.ndarray = np.zeros(shape)
    quantity: np.ndarray = np.zeros(shape)
    price.ravel()[at] = p
    quantity.ravel()[at] = q
    # Without repeated cells the scatter above is all; repeated cells are added up.
    if np.count_nonzero(price) < len(p):
        size = shape[0] * shape[1]
        quantity = np.bincount(at, weights=q, minlength=size).reshape(shape).astype(float)
        value: np.ndarray = np.bincount(at, weights=p * q, minlength=size).reshape(shape)
        price = np.divide(value, quantity, out=np.zeros(shape), where=quantity > 0)
    return Panel(periods, products, price, quantity)
