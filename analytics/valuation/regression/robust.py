"""Robust weights for log unit values: what a line tells once its cell, group, size and parties are allowed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.statistics import MAD_TO_SD

BISQUARE = 4.685  # 95 % efficiency at the normal distribution

MONTH, GOOD, SEASON = "month", "good", "season"  # effects of a chapter's months, of goods, of the months of one good
_LEAST_WEIGHT, _FREE = 0.05, 1e-4
_LEAST_SPREAD = 2e-3  # log: prices are rounded
_PRIOR_LINES = 25.0  # lines' worth of the common spread in a product's own


@dataclass(frozen=True)
class Observations:
    """Lines (or means of like lines) as arrays of length N; codes count from 0 without gaps.

    Attributes
    ----------
    log_price : log unit value
    log_size : log quantity
    value : value at declared prices
    lines : number of lines behind each observation
    cell : product x unit x origin x month: lines that share all but what is asked
    stratum : regression a line belongs to (its chapter)
    group : cell of the verdict (district, or district x chapter); each lies in one stratum
    product : product x unit, for the spread of its own
    random : codes of the random effects: enterprise, enterprise x group, contract, product x group, month, good
    """

    log_price: np.ndarray
    log_size: np.ndarray
    value: np.ndarray
    lines: np.ndarray
    cell: np.ndarray
    stratum: np.ndarray
    group: np.ndarray
    product: np.ndarray
    random: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def groups(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1 if len(self.group) else 0


@dataclass(frozen=True)
class Weighting:
    """Precisions of the observations after robust weighting.

    Attributes
    ----------
    precision : (N,) array; 1 / precision is the variance an observation adds to a weighted mean
    shrinkage : ratio of the variance of weighted errors to `precision`, below 1 where outliers are weighted down
    residual : (N,) array, log deviation from the fitted price, unstandardised
    levels : for contracts and cells, the weight of each level: 0 where its price belongs to no ordinary one
    season : (C,) fitted effect of each cell
    months : (N,) fitted effect of each line's month, of its chapter and of its good
    """

    precision: np.ndarray
    shrinkage: float
    residual: np.ndarray
    levels: dict[str, np.ndarray] = field(default_factory=dict)
    season: np.ndarray = field(default_factory=lambda: np.empty(0))
    months: np.ndarray = field(default_factory=lambda: np.empty(0))


def bisquare(z: np.ndarray) -> np.ndarray:
    """Tukey's biweight: 1 at zero, 0 from 4.685 standard deviations on."""
    return np.where(np.abs(z) < BISQUARE, (1 - (z / BISQUARE) ** 2) ** 2, 0.0)


def group_median(code: np.ndarray, x: np.ndarray, size: int) -> np.ndarray:
    """Median of x by code; missing for codes without observations."""
    order = np.lexsort((x, code))
    count = np.bincount(code, minlength=size)
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    sorted_x = x[order]
    low = np.minimum(start + (count - 1) // 2, len(x) - 1)
    high = np.minimum(start + count // 2, len(x) - 1)
    return np.where(count > 0, (sorted_x[low] + sorted_x[high]) / 2, np.nan)


def product_spread(obs: Observations, residual: np.ndarray) -> np.ndarray:
    """Robust standard deviation of each product, drawn towards the common one where lines are few; (N,) array."""
    size = int(obs.product.max()) + 1
    spread = MAD_TO_SD * group_median(obs.product, np.abs(residual) * np.sqrt(obs.lines), size)
    count = np.bincount(obs.product, minlength=size)
    floor = max(float(np.nanmedian(spread)) / 10, _LEAST_SPREAD)
    logs = np.log(np.maximum(np.nan_to_num(spread, nan=floor), floor))
    common = np.average(logs, weights=count)
    shrunk = (count * logs + _PRIOR_LINES * common) / (count + _PRIOR_LINES)
    return np.exp(shrunk)[obs.product]


def weigh(
    obs: Observations,
    variances: Mapping[str, float | np.ndarray],
    rounds: int = 4,
    sweeps: int = 4,
    outlying: Sequence[str] = (),
) -> Weighting:
    """Fit the price model by back-fitting, weighting outlying lines and contracts down as it goes.

    Parameters
    ----------
    obs : Observations
    variances : variance (log) of each random effect in `obs.random`, or of each of its levels
    rounds, sweeps : reweighting rounds, and passes over the effects in each
    outlying : random effects whose levels may be outlying

    Notes
    -----
    Model: log unit value = cell + group + slope x log size + random effects + error; cells are fixed unless `variances`
    holds one of theirs ("season"). Back-fitting on weighted means
    converges to the mixed model's solution and costs a few passes over the lines (Hastie and Tibshirani 1990, ch. 4).
    A contract far off its enterprise's other contracts gets a wider variance, so that it moves no group (robust
    weights for random effects: Koller 2016).
    """
    fit = _Backfit(obs, variances, outlying)
    spread = np.full(len(obs.log_price), 0.25) / np.sqrt(obs.lines)
    weight = np.ones(len(obs.log_price))
    for _ in range(rounds):
        precision = weight / spread**2
        residual = fit.sweep(precision, sweeps)
        adjusted = residual / np.sqrt(1 - np.minimum(fit.leverage(precision), 0.9))
        spread = product_spread(obs, adjusted) / np.sqrt(obs.lines)
        weight = bisquare(adjusted / spread)
    z = adjusted / spread
    inside = np.abs(z) < BISQUARE
    slope = np.where(inside, (1 - (z / BISQUARE) ** 2) * (1 - 5 * (z / BISQUARE) ** 2), 0.0).mean()
    mean_weight, mean_square = weight.mean(), ((weight * z) ** 2).mean()
    ratio = max(slope / mean_weight, 0.3)
    variance = max(mean_square / mean_weight, 1e-6) / ratio**2
    return Weighting(weight / (spread**2 * variance), ratio**2, residual, fit.levels, fit.effects[0], fit.months())


class _Backfit:
    """Fitted effects and the residual, swept one effect at a time."""

    def __init__(self, obs: Observations, variances: Mapping[str, float | np.ndarray], outlying: Sequence[str]) -> None:
        self.obs = obs
        self.names = ["", "", *obs.random]
        season = variances.get(SEASON, np.inf)
        self.names[0] = SEASON
        self.codes: list[tuple[np.ndarray, float | np.ndarray]] = [(obs.cell, season), (obs.group, np.inf)]
        self.codes += [(code, variances[name]) for name, code in obs.random.items()]
        self.sizes = [int(code.max()) + 1 for code, _ in self.codes]
        known = [name for name in outlying if name in self.names]
        self.levels = {name: np.ones(self.sizes[self.names.index(name)]) for name in known}
        self.effects = [np.zeros(size) for size in self.sizes]
        self.slopes = np.zeros(int(obs.stratum.max()) + 1)
        middle = group_median(obs.cell, obs.log_price, self.sizes[0])
        self.effects[0] = middle
        self.residual = obs.log_price - middle[obs.cell]
        alike = obs.random.get(GOOD, obs.cell)
        self.size = obs.log_size - group_median(alike, obs.log_size, int(alike.max()) + 1)[alike]

    def sweep(self, precision: np.ndarray, times: int) -> np.ndarray:
        for _ in range(times):
            for k, (code, variance) in enumerate(self.codes):
                self._update(k, code, variance, precision)
            self._update_slope(precision)
        return self.residual

    def _update(self, k: int, code: np.ndarray, variance: float | np.ndarray, precision: np.ndarray) -> None:
        size, old, name = self.sizes[k], self.effects[k], self.names[k]
        total = np.bincount(code, precision, size)
        moment = np.bincount(code, precision * self.residual, size) + total * old
        with np.errstate(divide="ignore"):
            prior = 1 / np.asarray(variance, dtype=float)
        if name in self.levels:
            raw = np.divide(moment, total, out=np.zeros(size), where=total > 0)
            spread = np.sqrt(variance + np.divide(1.0, total, out=np.zeros(size), where=total > 0))
            # A price that jumped is free of the good's others: what its month holds is compared within it.
            least = _FREE if name == SEASON else _LEAST_WEIGHT
            self.levels[name] = np.maximum(bisquare(raw / spread), least)
            prior = prior * self.levels[name]
        denominator = total + prior
        new = np.divide(moment, denominator, out=np.zeros(size), where=denominator > 0)
        self.effects[k] = new
        self.residual = self.residual - (new - old)[code]

    def _update_slope(self, precision: np.ndarray) -> None:
        s = self.obs.stratum
        total = np.bincount(s, precision * self.size**2, len(self.slopes))
        step = np.bincount(s, precision * self.size * self.residual, len(self.slopes)) / np.maximum(total, 1e-9)
        self.slopes += step
        self.residual = self.residual - step[s] * self.size

    def months(self) -> np.ndarray:
        """What the month, of the chapter and of the good, adds to each line, (N,)."""
        found = self.effects[0][self.obs.cell]
        if MONTH in self.names:
            found = found + self.effects[self.names.index(MONTH)][self.obs.random[MONTH]]
        return found

    def leverage(self, precision: np.ndarray) -> np.ndarray:
        """Share of each line in the fitted prices of its cell and good, (N,)."""
        found = np.zeros(len(precision))
        for name in (SEASON, GOOD):
            if name in self.names:
                code, variance = self.codes[self.names.index(name)]
                total = np.bincount(code, precision) + 1 / np.asarray(variance, dtype=float)
                found += precision / np.maximum(total[code], 1e-12)
        return found
