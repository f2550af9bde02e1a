"""`price_index`: one door to every index formula, bilateral and multilateral, direct, chained or spliced."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

import numpy as np
import pandas as pd

from analytics.index_numbers import multilateral
from analytics.index_numbers.bilateral import FORMULAS, UNWEIGHTED, Formula, lloyd_moulton
from analytics.index_numbers.links import pair
from analytics.index_numbers.multilateral import Levels
from analytics.index_numbers.panel import IndexNumberError, Panel, panel
from analytics.index_numbers.splicing import rolling

CHAINS = ("fixed", "chained", "period_on_period")
_ALIASES = {
    "ccdi": "geks_tornqvist",
    "geks": "geks_fisher",
    "cpd": "tpd",
    "rao": "tpd",
    "gk": "geary_khamis_multilateral",
}
_KERNELS: dict[str, Callable[[Panel], Levels]] = {
    "nlcpd": multilateral.nonlinear_product_dummy,
    "geary_khamis_multilateral": multilateral.geary_khamis,
    "ikle": multilateral.ikle,
    "rao_hajargasht": multilateral.rao_hajargasht,
    "gerardi": multilateral.gerardi,
}
_BASKETS = ("lowe", "young", "geometric_young", "lloyd_moulton")


def methods() -> list[str]:
    """Every name that `price_index` accepts as `method`."""
    geks = [f"{kind}_{name}" for kind in ("geks", "intgeks") for name in FORMULAS]
    named = ["tpd", "cpd", "rao", "nlcpd", "gk", "ikle", "rao_hajargasht", "gerardi", "ccdi", "geks"]
    return [*FORMULAS, *_BASKETS, *named, *geks]


def price_index(
    frame: pd.DataFrame,
    method: str,
    *,
    period: str = "period",
    product: str = "product",
    price: str = "price",
    quantity: str | None = "quantity",
    base: Hashable | None = None,
    weights: Hashable | None = None,
    window: int | None = None,
    splice: str | None = None,
    chain: str = "fixed",
    elasticity: float = 0.0,
) -> pd.DataFrame:
    """Price index numbers of a table of prices and quantities.

    Parameters
    ----------
    frame : DataFrame
        One row a price, in any order. Several rows of a product in a period are put together at their unit value;
        products missing in a period are left out where they cannot be matched.
    method : str
        A bilateral formula ("laspeyres", "paasche", "fisher", "tornqvist", "walsh", "jevons", ...; "lowe", "young" and
        "geometric_young" with the basket or shares of period `weights`; "lloyd_moulton" with `elasticity`), or a
        multilateral one: "geks_<formula>" ("ccdi" is "geks_tornqvist"), "intgeks_<formula>", "tpd" (the same as "cpd"
        and "rao"), "nlcpd", "gk", "ikle", "rao_hajargasht", "gerardi". `methods()` lists all.
    period, product, price, quantity : str
        Column names. `period` may hold regions: the multilateral methods are the same over space. `quantity` None
        suits the unweighted formulas.
    base : label of `period`, optional
        Where the index is 1; the first period by default, "average" for a geometric mean of 1 over all periods.
    weights : optional
        Regressions: "shares" (default), "values" or "none". GEKS: "observations". Lowe and Young: the period whose
        quantities or shares are used, the first by default.
    window, splice : int, str, optional
        Rolling windows of a multilateral method and how they are joined (see `splicing.rolling`; "movement" by
        default).
    chain : {"fixed", "chained", "period_on_period"}
        For bilateral formulas (and "intgeks", which is not transitive either): every period against the base, the
        product of the links, or the links themselves.
    elasticity : float
        Elasticity of substitution of "lloyd_moulton".

    Returns
    -------
    DataFrame with columns `period` (sorted), `index` (ratio, base = 1), `std_error` (of the log; regressions without
    rolling window only, otherwise missing) and `matched` (products also traded in the period compared with: the base,
    or the period before for links).

    Raises
    ------
    IndexNumberError
        For unknown names, values that are not positive, or periods that share no product.

    Notes
    -----
    Source: Consumer Price Index Manual: Concepts and Methods (ILO, IMF, OECD, EU, UN, World Bank 2020).
    """
    name = _ALIASES.get(method, method)
    if quantity is None and name in FORMULAS and name not in UNWEIGHTED:
        raise IndexNumberError(
            f'"{method}" needs quantities. Without them: {", ".join(UNWEIGHTED)}, tpd with weights="none".'
        )
    data = panel(frame, period=period, product=product, price=price, quantity=quantity)
    at = 0 if base is None or base == "average" else data.position(base)
    if name in FORMULAS or name in _BASKETS:
        if window is not None or splice is not None:
            raise IndexNumberError(f'"{method}" is bilateral: window and splice belong to multilateral methods.')
        logs, matched = _bilateral(data, _formula(data, name, weights, elasticity), at, chain)
        levels = Levels(logs)
    else:
        levels_of = partial(_levels, name=name, weights=weights, asked=method, chained=chain == "chained")
        levels, matched = _multilateral(data, levels_of, at, window, splice), _matched(data, at)
    log = levels.log - (levels.log.mean() if base == "average" else levels.log[at])
    index = np.exp(levels.log if chain == "period_on_period" else log)
    error = _errors(levels.covariance, at, base == "average", len(log))
    return pd.DataFrame({"period": data.periods, "index": index, "std_error": error, "matched": matched})


def _formula(data: Panel, name: str, weights: Hashable | None, elasticity: float) -> Formula | str:
    if name in FORMULAS:
        return FORMULAS[name]
    if name == "lloyd_moulton":
        return lloyd_moulton(elasticity)
    basket = 0 if weights is None else data.position(weights, "weights")
    return f"{name}:{basket}"


def _bilateral(data: Panel, formula: Formula | str, base: int, chain: str) -> tuple[np.ndarray, np.ndarray]:
    if chain not in CHAINS:
        raise IndexNumberError(f'chain "{chain}" does not exist. Allowed: {", ".join(CHAINS)}.')
    size = len(data.periods)
    logs, matched = np.zeros(size), np.zeros(size, dtype=np.int64)
    traded = data.price > 0
    for t in range(size):
        against = base if chain == "fixed" else max(t - 1, 0)
        matched[t] = int((traded[against] & traded[t]).sum())
        if t == against:
            continue
        value = _basket(data, formula, against, t) if isinstance(formula, str) else pair(data, formula, against, t)
        if not np.isfinite(value):
            raise IndexNumberError(
                f'periods "{data.periods[against]}" and "{data.periods[t]}" share no product with those weights. '
                "Use wider products or a multilateral method."
            )
        logs[t] = np.log(value)
    return (np.cumsum(logs) if chain == "chained" else logs), matched


def _basket(data: Panel, formula: str, base: int, current: int) -> float:
    name, _, row = formula.partition(":")
    quantity, value = data.quantity[int(row)], data.value[int(row)]
    m = (data.price[base] > 0) & (data.price[current] > 0) & (quantity > 0)
    if not m.any():
        return float("nan")
    p0, p1 = data.price[base, m], data.price[current, m]
    if name == "lowe":
        return float((p1 * quantity[m]).sum() / (p0 * quantity[m]).sum())
    share = value[m] / value[m].sum()
    if name == "young":
        return float((share * p1 / p0).sum())
    return float(np.exp((share * np.log(p1 / p0)).sum()))


def _multilateral(
    data: Panel, levels_of: Callable[..., Levels], base: int, window: int | None, splice: str | None
) -> Levels:
    if window is None:
        if splice is not None:
            raise IndexNumberError(f'splice "{splice}" needs a window (a number of periods).')
        data.require_connected()
        return levels_of(data, base=base)

    def of(first: int, stop: int) -> np.ndarray:
        part = data.rows(slice(first, stop))
        seen = part.price.max(0) > 0
        part = Panel(part.periods, part.products[seen], part.price[:, seen], part.quantity[:, seen])
        part.require_connected()
        return levels_of(part, base=0).log

    return Levels(rolling(len(data.periods), window, splice or "movement", of))


def _levels(data: Panel, *, base: int, name: str, weights: Hashable | None, asked: str, chained: bool) -> Levels:
    kind, _, formula = name.partition("_")
    if kind == "geks" and formula in FORMULAS:
        return multilateral.geks(data, formula, None if weights is None else str(weights))
    if kind == "intgeks" and formula in FORMULAS:
        return multilateral.intersection_geks(data, formula, base, chained)
    if name == "tpd":
        return multilateral.product_dummy(data, "shares" if weights is None else str(weights))
    if name in _KERNELS:
        return _KERNELS[name](data)
    raise IndexNumberError(f'"{asked}" is not an index method. Methods: {", ".join(methods())}.')


def _matched(data: Panel, base: int) -> np.ndarray:
    traded = data.price > 0
    return (traded & traded[base]).sum(1)


def _errors(covariance: np.ndarray | None, base: int, average: bool, size: int) -> np.ndarray:
    if covariance is None:
        return np.full(size, np.nan)
    contrast = np.eye(size)
    contrast -= 1 / size if average else contrast[base]
    return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", contrast, covariance, contrast), 0.0))
