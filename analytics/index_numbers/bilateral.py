"""Bilateral price index numbers: two periods (or regions), matched products, the published formulas.

Every function takes the prices and quantities of the matched products in the base (0) and the current period (1), as
arrays of equal length, and returns the index, a ratio. Shares are of the matched products. Sources: Consumer Price
Index Manual (ILO et al. 2020), ch. 8; Producer Price Index Manual (IMF 2004), ch. 15-17; von Auer and Weinand (2022).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Formula = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], float]


def _shares(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    value = p * q
    return value / value.sum()


def _geometric(weights: np.ndarray, relatives: np.ndarray) -> float:
    return float(np.exp((weights * np.log(relatives)).sum() / weights.sum()))


def logarithmic_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(a - b) / (ln a - ln b), and a where the two agree.

    Near a = b the quotient of small differences loses digits: a series in ln(a / b) takes over there.
    """
    x = np.log(a / b)
    near = np.abs(x) < 1e-3
    safe = np.where(near, 1.0, x)
    series = np.sqrt(a * b) * (1 + x**2 / 24 + x**4 / 1920)
    return np.where(near, series, (a - b) / safe)


def laspeyres(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Cost of the base basket at current and at base prices."""
    return float((p1 * q0).sum() / (p0 * q0).sum())


def paasche(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Cost of the current basket at current and at base prices."""
    return float((p1 * q1).sum() / (p0 * q1).sum())


def fisher(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of Laspeyres and Paasche."""
    return float(np.sqrt(laspeyres(p0, q0, p1, q1) * paasche(p0, q0, p1, q1)))


def drobisch(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Arithmetic mean of Laspeyres and Paasche."""
    return (laspeyres(p0, q0, p1, q1) + paasche(p0, q0, p1, q1)) / 2


def marshall_edgeworth(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Basket of the two periods together."""
    return float((p1 * (q0 + q1)).sum() / (p0 * (q0 + q1)).sum())


def walsh(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Basket of the geometric mean quantities."""
    basket = np.sqrt(q0 * q1)
    return float((p1 * basket).sum() / (p0 * basket).sum())


def geary_khamis(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Basket of the harmonic mean quantities: the Geary-Khamis system of two periods."""
    basket = q0 * q1 / (q0 + q1)
    return float((p1 * basket).sum() / (p0 * basket).sum())


def unit_value(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Ratio of value per unit of quantity; only for products that may be added up."""
    return float((p1 * q1).sum() / q1.sum() / ((p0 * q0).sum() / q0.sum()))


def stuvel(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Stuvel (1957): A + sqrt(A^2 + V), A half the difference of the Laspeyres price and quantity index."""
    half = (laspeyres(p0, q0, p1, q1) - laspeyres(q0, p0, q1, p1)) / 2
    return float(half + np.sqrt(half**2 + (p1 * q1).sum() / (p0 * q0).sum()))


def palgrave(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Arithmetic mean of relatives with current shares."""
    return float((_shares(p1, q1) * p1 / p0).sum())


def tornqvist(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives with the mean shares of both periods."""
    return _geometric(_shares(p0, q0) + _shares(p1, q1), p1 / p0)


def geometric_laspeyres(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives with base shares."""
    return _geometric(_shares(p0, q0), p1 / p0)


def geometric_paasche(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives with current shares."""
    return _geometric(_shares(p1, q1), p1 / p0)


def geometric_walsh(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives with the geometric mean of both shares, scaled to one (Walsh-Vartia)."""
    return _geometric(np.sqrt(_shares(p0, q0) * _shares(p1, q1)), p1 / p0)


def sato_vartia(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives with logarithmic mean shares, scaled to one (Vartia II)."""
    return _geometric(logarithmic_mean(_shares(p0, q0), _shares(p1, q1)), p1 / p0)


def montgomery_vartia(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Logarithmic mean values over the logarithmic mean of the totals (Vartia I); weights add to one or less."""
    total = logarithmic_mean(np.array((p0 * q0).sum()), np.array((p1 * q1).sum()))
    return float(np.exp((logarithmic_mean(p0 * q0, p1 * q1) * np.log(p1 / p0)).sum() / total))


def time_product_dummy(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Product-dummy regression of two periods with value shares: harmonic mean shares (Diewert 2005)."""
    s0, s1 = _shares(p0, q0), _shares(p1, q1)
    return _geometric(s0 * s1 / (s0 + s1), p1 / p0)


def time_product_dummy_adjusted(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """The same, less half the variance of its log: the mean and not the median of the estimate (Kennedy 1981)."""
    s0, s1 = _shares(p0, q0), _shares(p1, q1)
    weight, change = s0 * s1 / (s0 + s1), np.log(p1 / p0)
    mean = (weight * change).sum() / weight.sum()
    freedom = len(change) - 1
    variance = (weight * (change - mean) ** 2).sum() / weight.sum() / freedom if freedom else 0.0
    return float(np.exp(mean - variance / 2))


def dutot(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Ratio of mean prices."""
    return float(p1.sum() / p0.sum())


def carli(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Arithmetic mean of relatives."""
    return float((p1 / p0).mean())


def harmonic(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Harmonic mean of relatives."""
    return float(1 / (p0 / p1).mean())


def cswd(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Carruthers-Sellwood-Ward-Dalen: geometric mean of Carli and harmonic mean."""
    return float(np.sqrt(carli(p0, q0, p1, q1) * harmonic(p0, q0, p1, q1)))


def jevons(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
    """Geometric mean of relatives."""
    return float(np.exp(np.log(p1 / p0).mean()))


def lloyd_moulton(elasticity: float) -> Formula:
    """Constant-elasticity-of-substitution index with base shares (Lloyd 1975, Moulton 1996).

    An elasticity of 0 gives Laspeyres, the limit at 1 the geometric Laspeyres index.
    """
    power = 1 - elasticity

    def formula(p0: np.ndarray, q0: np.ndarray, p1: np.ndarray, q1: np.ndarray) -> float:
        if abs(power) < 1e-9:
            return geometric_laspeyres(p0, q0, p1, q1)
        return float((_shares(p0, q0) * (p1 / p0) ** power).sum() ** (1 / power))

    return formula


FORMULAS: dict[str, Formula] = {
    "laspeyres": laspeyres,
    "paasche": paasche,
    "fisher": fisher,
    "drobisch": drobisch,
    "marshall_edgeworth": marshall_edgeworth,
    "walsh": walsh,
    "geary_khamis": geary_khamis,
    "unit_value": unit_value,
    "stuvel": stuvel,
    "palgrave": palgrave,
    "tornqvist": tornqvist,
    "geometric_laspeyres": geometric_laspeyres,
    "geometric_paasche": geometric_paasche,
    "geometric_walsh": geometric_walsh,
    "sato_vartia": sato_vartia,
    "montgomery_vartia": montgomery_vartia,
    "time_product_dummy": time_product_dummy,
    "time_product_dummy_adjusted": time_product_dummy_adjusted,
    "dutot": dutot,
    "carli": carli,
    "harmonic": harmonic,
    "cswd": cswd,
    "jevons": jevons,
}
# These need no quantities.
UNWEIGHTED = ("dutot", "carli", "harmonic", "cswd", "jevons")
