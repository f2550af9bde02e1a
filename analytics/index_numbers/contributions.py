"""What each product contributes to a bilateral index: exact and additive."""

from __future__ import annotations

import numpy as np


def product_contributions(
    price: np.ndarray, quantity: np.ndarray, base_price: np.ndarray, base_quantity: np.ndarray, method: str
) -> np.ndarray:
    """Contributions of products to a bilateral index less one: they add up to it exactly.

    Parameters
    ----------
    price, quantity, base_price, base_quantity : (I,) arrays of the two periods, products matched
    method : {"laspeyres", "tornqvist", "fisher", "fisher_geometric"}
        "fisher" takes the quantities of both periods, the later ones over the Fisher quantity index; "fisher_geometric"
        first turns both means into one geometric mean. They differ in the fifth digit or so.

    Returns
    -------
    (I,) array; the sum is the index less one.

    Notes
    -----
    Sources: van IJzeren (1987); Reinsdorf, Diewert and Ehemann (2002); Balk (2008), ch. 4.
    """
    relative = price / base_price
    before, after = base_price * base_quantity, price * quantity
    old, new = before / before.sum(), after / after.sum()
    laspeyres, paasche = float(old @ relative), 1 / float(new @ (1 / relative))
    fisher = np.sqrt(laspeyres * paasche)
    if method == "laspeyres":
        weight = old
    elif method == "tornqvist":
        weight = _arithmetic((old + new) / 2, relative)
    elif method == "fisher":
        ratio = after.sum() / before.sum() / fisher
        weight = base_price * (base_quantity + quantity / ratio)
    elif method == "fisher_geometric":
        # Weights with which a geometric mean of the relatives gives Laspeyres, and Paasche.
        first = old * _logarithmic_mean(relative, laspeyres)
        second = new * _logarithmic_mean(1 / relative, 1 / paasche)
        weight = _arithmetic((first / first.sum() + second / second.sum()) / 2, relative)
    else:
        raise ValueError(f'method "{method}" is not one of laspeyres, tornqvist, fisher, fisher_geometric.')
    return weight / weight.sum() * (relative - 1)


def _arithmetic(weight: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Weights with which an arithmetic mean gives the geometric mean of `weight`."""
    return weight / _logarithmic_mean(relative, float(np.exp(weight @ np.log(relative))))


def _logarithmic_mean(x: np.ndarray, y: float) -> np.ndarray:
    """(x - y) / ln(x / y); x where both are equal."""
    near = np.abs(x / y - 1) < 1e-9
    return np.where(near, x, (x - y) / np.where(near, 1.0, np.log(x / y)))
