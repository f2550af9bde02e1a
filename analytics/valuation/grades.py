"""How much of a level the mix of grades explains: prices of another shape, not only of another height.

A tariff code holds cheaper and dearer grades that no column names. A practice moves all prices of a group; a mix of
grades moves some of them, and so changes the shape of their distribution. The prices of a product are taken as a
mixture of two t distributions a step apart; the share of the dearer grade is estimated for each group with the group's
height left free. Whether shapes tell of levels is then asked of the levels themselves. Sources: Silver (2010), The
wrongs and rights of unit value indices; McLachlan and Peel (2000), Finite mixture models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import gammaln, stdtrit

from analytics.valuation.dummies import APART, LARGE, Pair, code
from analytics.valuation.mixed import against_others
from analytics.valuation.robust import Observations, bisquare, group_median, weigh

STEPS = (0.1, 0.2, 0.3, 0.4, 0.6)  # between two grades (log)
SHARES = (0.15, 0.3, 0.5, 0.7, 0.85)  # usual share of the dearer grade
TAILS = (3.0, 4.0, 6.0, 10.0, 30.0)  # degrees of freedom
CLEAR = 4.0  # standard errors by which shapes must tell of levels: the best of many pairs is taken, so two are too few
_GROUPS = 30
_SEARCHED = 100_000  # lines that suffice to choose step, share and tails
_PRIOR_LINES = 25.0
_SHARE_SPREAD = 0.3  # prior standard deviation of a group's share: no more than a guard
_LEAST_MAD = 0.005
_MONTH, _CELL = 1.0, 0.05**2  # variances of a chapter's months and of single product x origin x months
_UNEXPLAINED = 0.02  # spread (log) of levels that neither errors nor shapes explain, for the weights


@dataclass(frozen=True)
class Grades:
    """What the mix of grades adds to the log level of each target.

    Attributes
    ----------
    shift : (H,) expected share of the level, 0 on average
    variance : (H,) what remains unknown of it
    step, share : between the grades (log), and usual share of the dearer one
    slope, error : of the levels on the shifts before `shift` was multiplied by it, with its standard error
    """

    shift: np.ndarray
    variance: np.ndarray
    step: float
    share: float
    slope: float
    error: float


@dataclass(frozen=True)
class _Prices:
    """Log prices net of what the model knows: (N,) residuals with codes of product and target, (P,) spreads."""

    log: np.ndarray
    product: np.ndarray
    target: np.ndarray
    mad: np.ndarray

    def thinned(self, most: int) -> _Prices:
        every = slice(None, None, max(1, len(self.log) // most))
        return replace(self, log=self.log[every], product=self.product[every], target=self.target[every])


def grades(lines: pd.DataFrame, estimates: Pair, by: Sequence[str]) -> Grades | None:
    """Estimate what the mix of grades adds to each level; None where shapes do not clearly tell of levels.

    Parameters
    ----------
    lines : DataFrame
        One row a line: product, unit, origin, month, chapter, enterprise, those of `by`, log_price, quantity, value.
    estimates : levels of the crossings of `by`, none of which reaches over several strata
    by : columns of the breakdown
    """
    targets = estimates.targets
    compared = np.isfinite(estimates.mixed.log) & (estimates.mixed.error > 0)
    if compared.sum() < _GROUPS or targets.count != len(targets.target):
        return None
    prices = _prices(lines, estimates, list(by))
    few = prices.thinned(_SEARCHED)
    nu = max(TAILS, key=lambda tail: _fit_of_tails(few, tail))
    best = (-np.inf, STEPS[0], SHARES[0])
    for step, share in product(STEPS, SHARES):
        shift, _ = _spread(*_shares(few, _Kernel(step, share, nu), targets.count, rounds=1))
        slope, error = _told(estimates, shift)
        best = max(best, (slope / error, step, share))
    kernel = _Kernel(best[1], best[2], nu)
    shift, variance = _spread(*_shares(prices, kernel, targets.count, rounds=3))
    slope, error = _told(estimates, shift)
    if slope < CLEAR * error:
        return None
    return Grades(slope * shift, slope**2 * variance, kernel.step, kernel.share, slope, error)


def _prices(lines: pd.DataFrame, estimates: Pair, by: list[str]) -> _Prices:
    """Residuals of the lines: each large enterprise's from its own mean, so that its prices are no grade."""
    numbers = estimates.keys.assign(target=np.arange(len(estimates.keys)))
    frame = lines.merge(numbers, on=by, how="inner")
    frame = frame.sort_values(["product", "unit", "origin", "month", "target", "log_price"], ignore_index=True)
    target = frame["target"].to_numpy()
    known = estimates.variances
    random = {"month": code(frame, ["chapter", "month"]), "cell": code(frame, ["product", "unit", "origin", "month"])}
    variances: dict[str, float | np.ndarray] = {"month": _MONTH, "cell": _CELL}
    columns = {
        "enterprise_group": ["enterprise", "target"],
        "contract": ["enterprise", "product", "unit", "origin"],
        "product_group": ["product", "unit", "target"],
    }
    for name in columns.keys() & known.keys():
        random[name], variances[name] = code(frame, columns[name]), known[name]
    value = frame["value"].to_numpy()
    if "enterprise" in known:
        level = random["enterprise_group"]
        of = np.zeros(int(level.max()) + 1, dtype=np.int64)
        of[level] = target
        share = np.bincount(level, value) / np.bincount(target, value)[of]
        variances["enterprise_group"] = np.where(share >= LARGE, APART**2, known["enterprise_group"])
    obs = Observations(
        log_price=frame["log_price"].to_numpy(),
        log_size=np.log(frame["quantity"].to_numpy()),
        value=value,
        lines=np.ones(len(frame)),
        cell=code(frame, ["product", "unit", "origin"]),
        stratum=code(frame, ["chapter"]),
        group=np.unique(target, return_inverse=True)[1],
        product=code(frame, ["product", "unit"]),
        random=random,
    )
    rest = weigh(obs, variances, rounds=2, sweeps=3).residual
    size = int(obs.product.max()) + 1
    rest = rest - group_median(obs.product, rest, size)[obs.product]
    logs = np.log(np.maximum(group_median(obs.product, np.abs(rest), size), _LEAST_MAD))
    count = np.bincount(obs.product, minlength=size)
    mad = np.exp((count * logs + _PRIOR_LINES * np.average(logs, weights=count)) / (count + _PRIOR_LINES))
    return _Prices(rest, obs.product, target, mad)


class _Kernel:
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

    def fitted(self, prices: _Prices) -> tuple[np.ndarray, np.ndarray]:
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


def _fit_of_tails(prices: _Prices, nu: float) -> float:
    """Mean log likelihood of single t distributions, each as wide as its product's prices."""
    quartile = _upper_quartile(nu)
    z = prices.log / prices.mad[prices.product] * quartile
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu) + np.log(quartile)
    return float(constant - (nu + 1) / 2 * np.log1p(z**2 / nu).mean())


def _upper_quartile(nu: float) -> float:
    return float(stdtrit(nu, 0.75))


def _shares(prices: _Prices, kernel: _Kernel, targets: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Shift of each target (H,) by its share of the dearer grade, and its standard error, by Newton's method."""
    x, of_product = kernel.fitted(prices)
    scale = of_product[prices.product]
    for _ in range(1 if rounds == 1 else 2):  # the median is not the most precise centre of a product
        height, _ = kernel.scores(x, scale, kernel.share)
        told = np.bincount(prices.product, height**2, len(of_product)) + _PRIOR_LINES / of_product**2
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


def _spread(shift: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw shifts towards their mean by what they truly differ (maximum likelihood); centred shifts and variances."""
    best = (-np.inf, 0.0, 0.0)
    for truly in np.linspace(0.0, 0.08, 41):
        variance = truly**2 + error**2
        mean = float((shift / variance).sum() / (1 / variance).sum())
        likelihood = -float((np.log(variance) + (shift - mean) ** 2 / variance).sum())
        best = max(best, (likelihood, float(truly), mean))
    _, truly, mean = best
    keep = truly**2 / (truly**2 + error**2)
    return keep * (shift - mean), (1 - keep) * truly**2


def _told(estimates: Pair, shift: np.ndarray) -> tuple[float, float]:
    """Slope of the levels on the shifts, each against the others of its stratum, with its standard error.

    Breaches are outliers here (bisquare), and shapes that tell nothing give (0, 1).
    """
    targets = estimates.targets
    against = np.full(targets.count, np.nan)
    for told in estimates.mixed.information:
        at = targets.target[told.groups]
        against[at] = against_others(targets.group_weight[told.groups]) @ shift[at]
    known = np.isfinite(against) & np.isfinite(estimates.mixed.log)
    x, y = against[known], estimates.mixed.log[known]
    spread = np.sqrt(estimates.mixed.error[known] ** 2 + _UNEXPLAINED**2)
    slope, error = 0.0, 1.0
    if not (x**2).sum() > 1e-12:
        return 0.0, 1.0
    for _ in range(20):
        weight = bisquare(1.5 * (y - slope * x) / spread) / spread**2
        if not (weight * x**2).sum() > 0:
            return 0.0, 1.0
        slope = float((weight * x * y).sum() / (weight * x**2).sum())
        error = float((weight * x**2).sum() ** -0.5)
    return slope, error
