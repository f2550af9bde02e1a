"""Scores of units within strata of like declarations: observed less expected, its variance, clusters, exact tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

_LARGEST_DESIGN = 50.0
_DEGREES_EACH = 3
"""Degrees of freedom that each enterprise adds, as measured: with normal tails 12 of 40 clean customs with a few large
enterprises had somebody told, with this none of 40 (benchmarks/early_warning/clean_counts.py)."""

_FAR = 4.0
"""Standard deviations beyond which a unit is kept out of the others' reference."""

_FAR_UNITS = 5
"""At most so many units, and a fifth of them."""


@dataclass(frozen=True)
class Cases:
    """Decided declarations as arrays: stratum, unit (code), decision, enterprise; and how many units there are."""

    stratum: np.ndarray
    codes: np.ndarray
    y: np.ndarray
    enterprise: np.ndarray
    units: int

    def part(self, kept: np.ndarray) -> Cases:
        """Some of the declarations."""
        return Cases(self.stratum[kept], self.codes[kept], self.y[kept], self.enterprise[kept], self.units)


def without_the_furthest(cases: Cases) -> tuple[pd.DataFrame, list[int]]:
    """Sums of every unit against the others but for those that stand very far out: they would make others look apart.

    Returns
    -------
    (sums, far): far units are set against the usual ones too, but are in nobody's reference.
    """
    far: list[int] = []
    sums = _scored(cases)
    while len(far) < min(_FAR_UNITS, cases.units // 5):
        z = np.where(np.isin(np.arange(cases.units), far), 0.0, np.abs(sums["alone"]))
        worst = int(z.argmax())
        if z[worst] < _FAR:
            break
        far.append(worst)
        sums = _scored(cases.part(~np.isin(cases.codes, far)))
    for one in far:
        rest = [other for other in far if other != one]
        sums.loc[one] = _scored(cases.part(~np.isin(cases.codes, rest))).loc[one]
    return sums, far


def _scored(cases: Cases) -> pd.DataFrame:
    """Sums, design effect and standardised distance of every unit."""
    sums = _sums(_cells(cases.stratum, cases.codes, cases.y), cases.units)
    sums["design"], clusters = _design(cases, sums)
    alone = (_exact(sums) / np.sqrt(sums["design"])).where(sums["variance"] > 0, 0.0)
    sums["alone"] = _as_normal(alone.to_numpy(), clusters)
    return sums


def _as_normal(z: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Normal score of a distance whose variance was learnt from few enterprises: the tail of Student's t."""
    degrees = 1 + _DEGREES_EACH * np.maximum(clusters - 1, 0)
    tail = np.clip(stats.t.sf(np.abs(z), degrees), 1e-15, 0.5)
    scored: np.ndarray = np.sign(z) * stats.norm.isf(tail)
    return scored


def _cells(stratum: np.ndarray, codes: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """One row a stratum and unit: declarations, taken, and the stratum's totals."""
    frame = pd.DataFrame({"stratum": stratum, "code": codes, "y": y})
    cells = frame.groupby(["stratum", "code"])["y"].agg(n="size", d="sum").reset_index()
    cells["N"] = np.bincount(stratum)[cells["stratum"]]
    cells["D"] = np.bincount(stratum, y)[cells["stratum"]]
    return cells


def _sums(cells: pd.DataFrame, units: int) -> pd.DataFrame:
    """Sums over the strata that more than one unit shares."""
    n, d, N, D = (cells[c].to_numpy(float) for c in ("n", "d", "N", "D"))
    shared = n < N
    more = np.maximum(N - 1, 1)
    variance = np.where(shared, n * (N - n) * D * (N - D) / (N**2 * more), 0)
    others = np.where(shared, (D - d) / np.maximum(N - n, 1) * n, 0)
    by = cells["code"].to_numpy()
    total = {
        "decided": n, "compared": np.where(shared, n, 0), "taken": np.where(shared, d, 0),
        "expected": np.where(shared, n * D / N, 0), "variance": variance, "by_others": others,
    }  # fmt: skip
    return pd.DataFrame({name: np.bincount(by, what, units) for name, what in total.items()})


def _design(cases: Cases, sums: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """How many times the variance of a unit's sum exceeds that of as many unrelated declarations, and from how many.

    About what the unit's own odds lead to expect: that a unit decides otherwise in all its declarations ties no
    enterprise together. The number of enterprises that this is learnt from counts them by their weight: one that makes
    half of a unit's declarations makes it as good as three (Carter, Schnepel and Steigerwald 2017, Review of Economics
    and Statistics 99).
    """
    codes, units = cases.codes, cases.units
    all_of = np.bincount(cases.stratum, minlength=1)
    p = (np.bincount(cases.stratum, cases.y) / np.maximum(all_of, 1))[cases.stratum]
    p = np.clip(p, 1e-6, 1 - 1e-6)
    low, high, taken = np.full(units, -8.0), np.full(units, 8.0), np.bincount(codes, cases.y, units)
    for _ in range(25):  # the shift of the odds at which a unit's expected decisions are those taken
        shift = (low + high) / 2
        more = np.bincount(codes, expit(logit(p) + shift[codes]), units) > taken
        low, high = np.where(more, low, shift), np.where(more, shift, high)
    chance = expit(logit(p) + shift[codes])
    about = cases.y - chance
    own = np.bincount(codes, about**2, units)
    each = pd.DataFrame({"about": about, "weight": chance * (1 - chance)})
    pair = each.groupby([pd.Series(codes), pd.Series(cases.enterprise)]).sum()
    of = pair.index.get_level_values(0).to_numpy()
    joint, clusters = np.bincount(of, pair["about"].to_numpy() ** 2, units), np.bincount(of, minlength=units)
    weight = pair["weight"].to_numpy()
    square = np.bincount(of, weight**2, units)
    effective = np.bincount(of, weight, units) ** 2 / np.maximum(square, 1e-12)
    ratio = np.where(clusters > 1, joint / np.maximum(own, 1e-9) * clusters / np.maximum(clusters - 1, 1), np.inf)
    return np.clip(np.where(sums["variance"] > 0, ratio, 1.0), 1.0, _LARGEST_DESIGN), effective


def _exact(sums: pd.DataFrame) -> pd.Series:
    """Normal score of the mid-p tail of a binomial with the same mean and variance: small counts are not normal."""
    p = np.clip(1 - sums["variance"] / sums["expected"].clip(lower=1e-9), 1e-6, 1 - 1e-6)
    size = np.maximum(sums["expected"] / p, sums["taken"])
    at = sums["taken"]
    # Tails of a binomial of any size, by the incomplete beta function.
    at_most = stats.beta.sf(p, at + 1, np.maximum(size - at, 1e-9))
    below = np.where(at > 0, stats.beta.sf(p, np.maximum(at, 1e-9), size - at + 1), 0.0)
    low = (at_most + below) / 2
    return pd.Series(stats.norm.ppf(np.clip(low, 1e-15, 1 - 1e-15)), index=sums.index)
