"""All T x T bilateral indices of a panel at once.

For most formulas the index of every pair of periods on its matched products follows from two or three matrix products
of (T, N) arrays: a product that is absent is a zero and drops out of the sums. The others are computed pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics.index_numbers.bilateral import FORMULAS, UNWEIGHTED, Formula
from analytics.index_numbers.panel import IndexNumberError, Panel

Links = Callable[[Panel], np.ndarray]


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A / b, missing where b is zero: a pair of periods without a common product has no index."""
    return np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=b > 0)


def _inverse(x: np.ndarray) -> np.ndarray:
    return np.divide(1.0, x, out=np.zeros_like(x), where=x > 0)


def _log_links(weights: np.ndarray, panel: Panel) -> np.ndarray:
    """Mean of ln(p_k / p_j) over the matched products, weighted by row j of `weights`, as [j, k]."""
    m, y = panel.traded, panel.log_price
    return _ratio(weights @ y.T - (weights * y) @ m.T, weights @ m.T)


def _laspeyres(panel: Panel) -> np.ndarray:
    return _ratio(panel.quantity @ panel.price.T, panel.value @ panel.traded.T)


def _paasche(panel: Panel) -> np.ndarray:
    return 1 / _laspeyres(panel).T


def _fisher(panel: Panel) -> np.ndarray:
    low = _laspeyres(panel)
    return np.sqrt(low / low.T)


def _drobisch(panel: Panel) -> np.ndarray:
    low = _laspeyres(panel)
    return (low + 1 / low.T) / 2


def _marshall_edgeworth(panel: Panel) -> np.ndarray:
    cross = panel.quantity @ panel.price.T  # [j, k]: sum of q_j p_k
    own = panel.value @ panel.traded.T  # [j, k]: value of j on what k trades too
    return _ratio(cross + own.T, own + cross.T)


def _walsh(panel: Panel) -> np.ndarray:
    root = np.sqrt(panel.quantity)
    cross = root @ (root * panel.price).T  # [j, k]: sum of sqrt(q_j q_k) p_k
    return _ratio(cross, cross.T)


def _unit_value(panel: Panel) -> np.ndarray:
    level = _ratio(panel.value @ panel.traded.T, panel.quantity @ panel.traded.T)  # [j, k]: unit value of j
    return level.T / level


def _stuvel(panel: Panel) -> np.ndarray:
    cross = panel.quantity @ panel.price.T
    own = panel.value @ panel.traded.T
    half = (_ratio(cross, own) - _ratio(cross.T, own)) / 2
    return half + np.sqrt(half**2 + _ratio(own.T, own))


def _palgrave(panel: Panel) -> np.ndarray:
    shares = _ratio((panel.value * panel.price) @ _inverse(panel.price).T, panel.value @ panel.traded.T)
    return shares.T


def _geometric_laspeyres(panel: Panel) -> np.ndarray:
    return np.exp(_log_links(panel.value, panel))


def _geometric_paasche(panel: Panel) -> np.ndarray:
    return np.exp(-_log_links(panel.value, panel).T)


def _tornqvist(panel: Panel) -> np.ndarray:
    low = _log_links(panel.value, panel)
    return np.exp((low - low.T) / 2)


def _geometric_walsh(panel: Panel) -> np.ndarray:
    root = np.sqrt(panel.value)
    logs = root @ (root * panel.log_price).T  # [j, k]: sum of sqrt(v_j v_k) ln p_k
    return np.exp(_ratio(logs - logs.T, root @ root.T))


def _dutot(panel: Panel) -> np.ndarray:
    total = panel.price @ panel.traded.T
    return _ratio(total.T, total)


def _carli(panel: Panel) -> np.ndarray:
    return _ratio(_inverse(panel.price) @ panel.price.T, panel.traded @ panel.traded.T)


def _harmonic(panel: Panel) -> np.ndarray:
    return 1 / _carli(panel).T


def _cswd(panel: Panel) -> np.ndarray:
    mean = _carli(panel)
    return np.sqrt(mean / mean.T)


def _jevons(panel: Panel) -> np.ndarray:
    return np.exp(_log_links(panel.traded, panel))


BY_PRODUCTS: dict[str, Links] = {
    "laspeyres": _laspeyres,
    "paasche": _paasche,
    "fisher": _fisher,
    "drobisch": _drobisch,
    "marshall_edgeworth": _marshall_edgeworth,
    "walsh": _walsh,
    "unit_value": _unit_value,
    "stuvel": _stuvel,
    "palgrave": _palgrave,
    "tornqvist": _tornqvist,
    "geometric_laspeyres": _geometric_laspeyres,
    "geometric_paasche": _geometric_paasche,
    "geometric_walsh": _geometric_walsh,
    "dutot": _dutot,
    "carli": _carli,
    "harmonic": _harmonic,
    "cswd": _cswd,
    "jevons": _jevons,
}


def pair(panel: Panel, formula: Formula, base: int, current: int, keep: np.ndarray | None = None) -> float:
    """Index of one pair of rows on its matched products; missing where there are none.

    Parameters
    ----------
    keep : (N,) boolean array, optional
        Products that may be used besides being matched.
    """
    m = (panel.price[base] > 0) & (panel.price[current] > 0)
    if keep is not None:
        m &= keep
    if not m.any():
        return float("nan")
    return formula(panel.price[base, m], panel.quantity[base, m], panel.price[current, m], panel.quantity[current, m])


def links(panel: Panel, name: str) -> np.ndarray:
    """Bilateral index of every pair of periods on its matched products.

    Parameters
    ----------
    panel : Panel of T periods
    name : a formula of `bilateral.FORMULAS`

    Returns
    -------
    (T, T) array, [j, k] the index of k with base j; missing where the two share no product.
    """
    if name in BY_PRODUCTS:
        return BY_PRODUCTS[name](panel)
    size = len(panel.periods)
    result = np.ones((size, size))
    for j in range(size):
        for k in range(size):
            if j != k:
                result[j, k] = pair(panel, FORMULAS[name], j, k)
    return result


def formula(name: str) -> Formula:
    """Return a bilateral formula by its name.

    Raises
    ------
    IndexNumberError
        When there is none of that name.
    """
    if name not in FORMULAS:
        raise IndexNumberError(f'"{name}" is not an index formula. Formulas: {", ".join(FORMULAS)}.')
    return FORMULAS[name]


__all__ = ["BY_PRODUCTS", "UNWEIGHTED", "formula", "links", "pair"]
