"""Multilateral index numbers over periods or regions: transitive by construction, matched model, gaps allowed.

All kernels work on (T, N) arrays and reduce the problem to T x T: product effects are eliminated, never estimated one
by
one. Each returns log levels, one a period, free up to a constant. Sources: Consumer Price Index Manual (2020), ch. 7;
World Bank (2013), Measuring the Real Size of the World Economy, ch. 4-6; Diewert (1999); Rao (2005).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.index_numbers.links import formula, links, pair
from analytics.index_numbers.panel import IndexNumberError, Panel

TOLERANCE = 1e-15
ITERATIONS = 2000
_SETTLED = 1e-9  # change of a log level that still counts as an answer


@dataclass(frozen=True)
class Levels:
    """Log price levels of T periods with, where the method is a regression, their covariance (T, T)."""

    log: np.ndarray
    covariance: np.ndarray | None = None


def geks(panel: Panel, bilateral: str = "fisher", weights: str | None = None) -> Levels:
    """Gini-Elteto-Koves-Szulc: the transitive levels nearest to all bilateral indices.

    Parameters
    ----------
    bilateral : name of the formula
    weights : None for equal weights of all pairs; "observations" weights a pair by its matched products
        (Rao and Timmer 2003). Pairs without a common product have weight zero, which chains them through the others.

    Notes
    -----
    Minimises sum w_jk (ln P_jk - (a_k - a_j))^2. With equal weights and no gap this is the mean of all indirect
    comparisons. GEKS-Tornqvist is known as CCDI (Caves, Christensen and Diewert 1982).
    """
    logs = np.log(links(panel, bilateral))
    known = np.isfinite(logs)
    w = known.astype(float)
    if weights == "observations":
        w = np.where(known, panel.traded @ panel.traded.T, 0.0)
    elif weights is not None:
        raise IndexNumberError(f'weights "{weights}" do not exist for GEKS. Allowed: none, observations.')
    np.fill_diagonal(w, 0.0)
    y = np.where(known, logs, 0.0)
    laplacian = np.diag(w.sum(0) + w.sum(1)) - w - w.T
    return Levels(_ground(laplacian, (w * y).sum(0) - (w * y).sum(1)))


def intersection_geks(panel: Panel, bilateral: str = "tornqvist", base: int = 0, chained: bool = False) -> Levels:
    """GEKS whose indirect comparisons use only products traded in base, current and linking period.

    Not transitive: `chained` compares every period with the one before and multiplies.

    Source: Lamboray and Krsinich (2015), A modification of the GEKS index when product turnover is high.
    """
    name, size = formula(bilateral), len(panel.periods)
    traded = panel.price > 0
    logs = np.zeros(size)
    for t in range(size):
        start = max(t - 1, 0) if chained else base
        both = traded[start] & traded[t]
        steps = [
            np.log(pair(panel, name, start, link, both)) + np.log(pair(panel, name, link, t, both))
            for link in range(size)
        ]
        known = np.array(steps)[np.isfinite(steps)]
        logs[t] = known.mean() if len(known) else np.nan
    return Levels(np.cumsum(logs) if chained else logs)


def product_dummy(panel: Panel, weights: str = "shares") -> Levels:
    """Time- or country-product-dummy regression: ln p = period + product, weighted least squares.

    Parameters
    ----------
    weights : "shares" (value share within the period, Rao 2005), "values", or "none"

    Returns
    -------
    Levels with the classical covariance: residual variance with observations - products - periods + 1 degrees of
    freedom.
    """
    w = _dummy_weights(panel, weights)
    y = panel.log_price
    total = w.sum(0)
    inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    mean = (w * y).sum(0) * inverse
    scaled = w * np.sqrt(inverse)
    gram = np.diag(w.sum(1)) - scaled @ scaled.T
    moment = (w * (y - mean)).sum(1)
    log = _ground(gram, moment)
    within = (w * (y - mean) ** 2).sum() - moment @ log
    freedom = int(np.count_nonzero(w)) - int(np.count_nonzero(total)) - len(log) + 1
    covariance = np.full((len(log), len(log)), np.nan)
    if freedom > 0:
        covariance = np.zeros_like(covariance)
        covariance[1:, 1:] = np.linalg.inv(gram[1:, 1:]) * max(within, 0.0) / freedom
    return Levels(log, covariance)


def _dummy_weights(panel: Panel, weights: str) -> np.ndarray:
    if weights == "none":
        return panel.traded
    value = panel.value
    if weights == "values":
        return value
    if weights == "shares":
        return value / value.sum(1, keepdims=True)
    raise IndexNumberError(f'weights "{weights}" do not exist for the dummy regression. Allowed: shares, values, none.')


def nonlinear_product_dummy(panel: Panel) -> Levels:
    """Dummy regression whose products follow the general level with elasticities of their own.

    ln p_ri = ln pi_i + delta_i ln P_r, with delta_i averaging one. Source: von Auer and Weinand (2022), A nonlinear
    generalization of the country-product-dummy method. Solved by alternating regressions of products on levels and
    levels on products, value shares as weights.
    """
    w = _dummy_weights(panel, "shares")
    y, m = panel.log_price, panel.traded
    level = product_dummy(panel).log
    # Normalisation of the elasticities: mean share over the regions that trade the product.
    share = w.sum(0) / m.sum(0)
    share = share / share.sum()
    step = np.inf
    for _ in range(ITERATIONS):
        total = w.sum(0)
        centre_x = (w * level[:, None]).sum(0) / total
        centre_y = (w * y).sum(0) / total
        x = (level[:, None] - centre_x) * m
        spread = (w * x**2).sum(0)
        # A product seen in one region says nothing of its own elasticity: it follows the general level.
        delta = np.divide((w * x * (y - centre_y)).sum(0), spread, out=np.ones_like(spread), where=spread > 1e-12)
        delta = delta / (share @ delta)
        intercept = centre_y - delta * centre_x
        fresh = (w * (y - intercept) * delta).sum(1) / (w * delta**2).sum(1)
        fresh = fresh - fresh[0]
        step, level = np.abs(fresh - level).max(), fresh
        if step < TOLERANCE * 10:
            return Levels(level)
    if not step < _SETTLED:
        raise IndexNumberError(
            "the nonlinear dummy regression does not settle on these data: prices follow no common level. Use tpd."
        )
    return Levels(level)


def geary_khamis(panel: Panel) -> Levels:
    """Geary-Khamis: international prices weighted by quantity, levels as Paasche against them (T x T linear system)."""
    inverse = 1 / panel.quantity.sum(0)
    cross = (panel.quantity * inverse) @ panel.value.T  # [t, s]: sum of q_t v_s / Q
    system = np.diag(panel.value.sum(1)) - cross
    reciprocal = np.ones(len(system))
    reciprocal[1:] = np.linalg.solve(system[1:, 1:], -system[1:, 0])
    return Levels(-np.log(reciprocal))


def gerardi(panel: Panel) -> Levels:
    """Gerardi: unweighted geometric mean prices as reference, levels as Paasche against them (Gerardi 1982)."""
    reference = np.exp(panel.log_price.sum(0) / panel.traded.sum(0))
    return Levels(np.log(panel.value.sum(1) / (panel.quantity @ reference)))


def _shares_by_region(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    share = panel.value / panel.value.sum(1, keepdims=True)
    return share, share / share.sum(0)


def ikle(panel: Panel) -> Levels:
    """Iklé (1972): reference prices and levels as share-weighted harmonic means of each other."""
    share, across = _shares_by_region(panel)
    inverse = np.divide(1.0, panel.price, out=np.zeros_like(panel.price), where=panel.price > 0)

    def step(level: np.ndarray) -> np.ndarray:
        reference = 1 / ((across * inverse) * level[:, None]).sum(0)
        return 1 / ((share * inverse) @ reference)

    return Levels(_fixed_point(step, panel))


def rao_hajargasht(panel: Panel) -> Levels:
    """Rao and Hajargasht (2016): reference prices and levels as share-weighted arithmetic means of each other."""
    share, across = _shares_by_region(panel)

    def step(level: np.ndarray) -> np.ndarray:
        reference = (across * panel.price / level[:, None]).sum(0)
        return (share * panel.price) @ (1 / reference)

    return Levels(_fixed_point(step, panel))


def _fixed_point(step: Callable[[np.ndarray], np.ndarray], panel: Panel) -> np.ndarray:
    level = np.exp(product_dummy(panel).log)
    for _ in range(ITERATIONS):
        fresh = step(level)
        fresh = fresh / fresh[0]
        moved, level = np.abs(fresh / level - 1).max(), fresh
        if moved < TOLERANCE * 10:
            break
    return np.log(level)


def _ground(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a singular system whose null space is the constant, the first level set to zero."""
    result = np.zeros(len(right))
    try:
        result[1:] = np.linalg.solve(matrix[1:, 1:], right[1:])
    except np.linalg.LinAlgError:
        raise IndexNumberError("the periods are not linked by common products.") from None
    return result
