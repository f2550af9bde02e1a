"""Shapes of prices: two grades a step apart, and how much of the dearer one a group holds, whatever its height."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import gammaln, stdtrit

PRIOR_LINES = 25.0  # lines' worth of belief in what all products share
_SHARE_SPREAD = 0.3  # prior standard deviation of a group's share: no more than a guard


@dataclass(frozen=True)
class Prices:
    """Log prices net of what the model knows: (N,) residuals with codes of product and target, (P,) spreads."""

    log: np.ndarray
    product: np.ndarray
    target: np.ndarray
    mad: np.ndarray

    def thinned(self, most: int) -> Prices:
        every = slice(None, None, max(1, len(self.log) // most))
        return replace(self, log=self.log[every], product=self.product[every], target=self.target[every])


class Kernel:
    """Density of a product's log prices: two t distributions a step apart, as wide as the product's prices demand."""

    def __init__(self, step: float, share: float, nu: float) -> None:
        self.step, self.share, self.nu = step, share, nu
        scale = np.geomspace(0.1, 10, 30)[:, None]  # in steps
        x = np.linspace(-1, 1, 2001) * (12 * scale + 2)
        density = (1 - share) * self._t(x / scale) + share * self._t((x - 1) / scale)
        total = np.cumsum(density, axis=1)
        total /= total[:, -1:]
        middle, mad = np.empty(len(scale)), np.empty(len(scale))
        for row, (at, below) in enumerate(zip(x, total, strict=True)):
            middle[row] = np.interp(0.5, below, at)
            away = at[at >= 0]
            inside = np.interp(middle[row] + away, at, below) - np.interp(middle[row] - away, at, below)
            mad[row] = np.interp(0.5, inside, away)
        self._scale, self._middle, self._mad = np.log(scale[:, 0] * step), middle * step, np.log(mad * step)

    def _t(self, z: np.ndarray) -> np.ndarray:
        return (1 + z**2 / self.nu) ** (-(self.nu + 1) / 2)

    def fitted(self, prices: Prices) -> tuple[np.ndarray, np.ndarray]:
        """Log prices from the cheaper grade's centre (N,), and scale of every product (P,), to match its spread."""
        scale = np.interp(np.log(prices.mad), self._mad, self._scale)
        return prices.log + np.interp(scale, self._scale, self._middle)[prices.product], np.exp(scale)

    def scores(self, x: np.ndarray, scale: np.ndarray, share: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of each line's log density: to a common height, and to the share of the dearer grade."""
        low, high = x / scale, (x - self.step) / scale
        cheap, dear = self._t(low), self._t(high)
        density = (1 - share) * cheap + share * dear
        pull = (1 - share) * cheap * low / (1 + low**2 / self.nu) + share * dear * high / (1 + high**2 / self.nu)
        return (self.nu + 1) / self.nu * pull / (scale * density), (dear - cheap) / density


@lru_cache(maxsize=256)
def kernel_of(step: float, share: float, nu: float) -> Kernel:
    """The kernel of some shape, made once: every search asks for the same few."""
    return Kernel(step, share, nu)


def fit_of_tails(prices: Prices, nu: float) -> float:
    """Mean log likelihood of single t distributions, each as wide as its product's prices."""
    quartile = _upper_quartile(nu)
    z = prices.log / prices.mad[prices.product] * quartile
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu) + np.log(quartile)
    return float(constant - (nu + 1) / 2 * np.log1p(z**2 / nu).mean())


def _upper_quartile(nu: float) -> float:
    return float(stdtrit(nu, 0.75))


def shares(prices: Prices, kernel: Kernel, targets: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Shift of each target (H,) by its share of the dearer grade, and its standard error, by Newton's method."""
    x, of_product = kernel.fitted(prices)
    scale = of_product[prices.product]
    for _ in range(1 if rounds == 1 else 2):  # the median is not the most precise centre of a product
        height, _ = kernel.scores(x, scale, kernel.share)
        told = np.bincount(prices.product, height**2, len(of_product)) + PRIOR_LINES / of_product**2
        x = x - (np.bincount(prices.product, height, len(of_product)) / told)[prices.product]
    share, centre = np.full(targets, kernel.share), np.zeros(targets)
    guard = _SHARE_SPREAD**-2
    for _ in range(rounds):
        height, mix = kernel.scores(x - centre[prices.target], scale, share[prices.target])
        both = np.stack([np.bincount(prices.target, t, targets) for t in (height**2, height * mix, mix**2)])
        a, b, c = both[0] + 1.0, both[1], both[2] + guard
        up = np.bincount(prices.target, height, targets)
        more = np.bincount(prices.target, mix, targets) - guard * (share - kernel.share)
        whole = a * c - b**2
        centre = centre + (c * up - b * more) / whole
        share = np.clip(share + (a * more - b * up) / whole, 0.02, 0.98)
    return kernel.step * (share - kernel.share), kernel.step / np.sqrt(c - b**2 / a)
