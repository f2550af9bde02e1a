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

from analytics.valuation.comparison.keys import GOODS
from analytics.valuation.regression.fixed_effects import Pair, code
from analytics.valuation.regression.large import APART, LARGE
from analytics.valuation.regression.mixed import against_others
from analytics.valuation.regression.robust import Observations, bisquare, group_median, weigh
from analytics.valuation.verdict.shapes import PRIOR_LINES, Prices, fit_of_tails, kernel_of, shares

STEPS = (0.1, 0.2, 0.3, 0.4, 0.6)  # between two grades (log)
SHARES = (0.15, 0.3, 0.5, 0.7, 0.85)  # usual share of the dearer grade
TAILS = (3.0, 4.0, 6.0, 10.0, 30.0)  # degrees of freedom
CLEAR = 4.0  # standard errors by which shapes must tell of levels: the best of many pairs is taken, so two are too few
_GROUPS = 30
_SEARCHED = 100_000  # lines that suffice to choose step, share and tails
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
    keys : the targets
    """

    shift: np.ndarray
    variance: np.ndarray
    step: float
    share: float
    slope: float
    error: float
    keys: pd.DataFrame

    def at(self, keys: pd.DataFrame) -> Grades:
        """The same for other targets: one that was not seen has nothing expected, and the mean of what is unknown."""
        known = self.keys.assign(shift=self.shift, variance=self.variance)
        found = keys.merge(known, on=list(keys.columns), how="left")
        variance = found["variance"].fillna(self.variance.mean()).to_numpy()
        return replace(self, shift=found["shift"].fillna(0.0).to_numpy(), variance=variance, keys=keys)


def grades(lines: pd.DataFrame, estimates: Pair, by: Sequence[str]) -> Grades | None:
    """Estimate what the mix of grades adds to each level; None where shapes do not clearly tell of levels.

    Only prices of single consignments have such a shape: statistics that add consignments up average their grades, and
    without enterprises one enterprise's own price cannot be told from a grade: estimates must know enterprises.

    Parameters
    ----------
    lines : DataFrame
        One row a line: columns of the goods, month, chapter, enterprise, those of `by`, log_price, quantity, value.
    estimates : levels of the crossings of `by`, none of which reaches over several strata
    by : columns of the breakdown
    """
    targets = estimates.targets
    compared = np.isfinite(estimates.mixed.log) & (estimates.mixed.error > 0)
    if compared.sum() < _GROUPS or targets.count != len(targets.target):
        return None
    prices = _prices(lines, estimates, list(by))
    few = prices.thinned(_SEARCHED)
    nu = max(TAILS, key=lambda tail: fit_of_tails(few, tail))
    best, contrasts = (-np.inf, STEPS[0], SHARES[0]), _contrasts(estimates)
    for step, share in product(STEPS, SHARES):
        shift, _ = _spread(*shares(few, kernel_of(step, share, nu), targets.count, rounds=1))
        slope, error = _told(estimates, contrasts, shift)
        best = max(best, (slope / error, step, share))
    kernel = kernel_of(best[1], best[2], nu)
    shift, variance = _spread(*shares(prices, kernel, targets.count, rounds=3))
    slope, error = _told(estimates, contrasts, shift)
    if slope < CLEAR * error:
        return None
    return Grades(slope * shift, slope**2 * variance, kernel.step, kernel.share, slope, error, estimates.keys)


def _prices(lines: pd.DataFrame, estimates: Pair, by: list[str]) -> Prices:
    """Residuals of the lines: each large enterprise's from its own mean, so that its prices are no grade."""
    numbers = estimates.keys.assign(target=np.arange(len(estimates.keys)))
    frame = lines.merge(numbers, on=by, how="inner")
    frame = frame.sort_values([*GOODS, "month", "target", "log_price"], ignore_index=True)
    target = frame["target"].to_numpy()
    known = estimates.variances
    random = {"month": code(frame, ["chapter", "month"]), "cell": code(frame, [*GOODS, "month"])}
    variances: dict[str, float | np.ndarray] = {"month": _MONTH, "cell": _CELL}
    columns = {
        "enterprise_group": ["enterprise", "target"],
        "contract": ["enterprise", *GOODS],
        "product_group": ["product", "unit", "like", "target"],
    }
    for name, parts in columns.items():  # in this order: the sweeps over effects stop before their order is forgotten
        if name in known:
            random[name], variances[name] = code(frame, parts), known[name]
    value = frame["value"].to_numpy()
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
        cell=code(frame, list(GOODS)),
        stratum=code(frame, ["chapter"]),
        group=np.unique(target, return_inverse=True)[1],
        product=code(frame, ["product", "unit", "like"]),
        random=random,
    )
    rest = weigh(obs, variances, rounds=2, sweeps=3).residual
    size = int(obs.product.max()) + 1
    rest = rest - group_median(obs.product, rest, size)[obs.product]
    logs = np.log(np.maximum(group_median(obs.product, np.abs(rest), size), _LEAST_MAD))
    count = np.bincount(obs.product, minlength=size)
    mad = np.exp((count * logs + PRIOR_LINES * np.average(logs, weights=count)) / (count + PRIOR_LINES))
    return Prices(rest, obs.product, target, mad)


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


def _contrasts(estimates: Pair) -> list[tuple[np.ndarray, np.ndarray]]:
    """Targets of every stratum, with the matrix that compares each with the others."""
    targets, groups = estimates.targets, [told.groups for told in estimates.mixed.information]
    return [(targets.target[g], against_others(targets.group_weight[g])) for g in groups]


def _told(estimates: Pair, contrasts: list[tuple[np.ndarray, np.ndarray]], shift: np.ndarray) -> tuple[float, float]:
    """Slope of the levels on the shifts, each against the others of its stratum, with its standard error.

    Breaches are outliers here (bisquare), and shapes that tell nothing give (0, 1).
    """
    against = np.full(estimates.targets.count, np.nan)
    for at, contrast in contrasts:
        against[at] = contrast @ shift[at]
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
