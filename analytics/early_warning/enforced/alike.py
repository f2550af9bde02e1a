"""Like with like: whether a district, port or officer decides otherwise than others do on the same goods.

Within a stratum of like declarations, the decisions of a unit are set against those of all, the stratum's totals given:
the test of Mantel and Haenszel. Nothing is said of declarations that only one unit has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analytics.early_warning.enforced.score import Cases, without_the_furthest
from analytics.statistics import NORMAL95

COLUMNS: Final = (
    "unit", "decided", "compared", "taken", "observed", "others", "odds", "low95", "high95", "z", "spread", "design",
)  # fmt: skip

LEAST_INFORMATION: Final = 2.0
"""Variance (expected decisions times their complement) under which a unit cannot be told from others at all."""

_TAIL = 0.10
_POWER = 0.8416  # standard normal quantile of .8


@dataclass(frozen=True)
class Funnel:
    """Units compared on one decision.

    Attributes
    ----------
    decision, unit : keys of DECISIONS and UNITS
    table : DataFrame with COLUMNS, one row a unit that could be compared
    small : units that decided on too few comparable declarations to be told from others
    compared : share of the declarations that have a like declaration with another unit
    between : standard deviation of the units' log odds beyond chance: what they differ by anyway
    """

    decision: str
    unit: str
    table: pd.DataFrame
    small: int
    compared: float
    between: float


def funnel(rows: pd.DataFrame, decision: str, unit: str, alike: list[str]) -> Funnel:
    """Compare the units on a decision.

    Parameters
    ----------
    rows : as from `decisions.decisions`
    alike : columns that make a stratum

    Returns
    -------
    Funnel. observed: share of the unit's comparable declarations so decided; others: that of the others on the same
    goods, weighted as the unit's own; odds: ratio of the odds (Peto's one-step estimate) with its 95 % interval; z:
    distance from the others in standard deviations, exact tail, design effect of enterprises and the spread among units
    taken in; spread: standard error of the log odds with the spread among units; design: how much less many
    declarations of a few enterprises say than as many of different ones.

    Notes
    -----
    Observed less expected and its variance: Mantel and Haenszel (1959). Spread among units beyond chance by the method
    of moments on winsorised standardised differences: Spiegelhalter (2005), Statistics in Medicine 24.
    """
    use = rows[rows[decision].notna() & (rows[unit] != "")]
    if use.empty:
        return Funnel(decision, unit, pd.DataFrame(columns=list(COLUMNS)), 0, 0.0, float("nan"))
    codes, names = pd.factorize(use[unit], sort=True)
    stratum = use.groupby(alike, sort=False).ngroup().to_numpy() if alike else np.zeros(len(use), int)
    cases = Cases(stratum, codes, use[decision].to_numpy(float), pd.factorize(use["enterprise"])[0], len(names))
    sums, far = without_the_furthest(cases)
    sums["unit"] = names
    large = (sums["variance"] / sums["design"] >= LEAST_INFORMATION).to_numpy()
    usual = np.isin(np.arange(len(names)), far, invert=True)[large]
    table, between = _standardised(sums[large].reset_index(drop=True), usual)
    return Funnel(decision, unit, table, int((~large).sum()), float(sums["compared"].sum() / len(use)), between)


def _standardised(sums: pd.DataFrame, usual: np.ndarray) -> tuple[pd.DataFrame, float]:
    variance = sums["variance"] / sums["design"]
    effect = (sums["taken"] - sums["expected"]) / sums["variance"]
    alone = sums["alone"]
    between = _between(alone.to_numpy()[usual], variance.to_numpy()[usual])
    spread = np.sqrt(1 / variance + between**2)
    table = pd.DataFrame(
        {
            "unit": sums["unit"], "decided": sums["decided"].astype(int), "compared": sums["compared"].astype(int),
            "taken": sums["taken"], "observed": sums["taken"] / sums["compared"],
            "others": sums["by_others"] / sums["compared"], "odds": np.exp(effect),
            "low95": np.exp(effect - NORMAL95 / np.sqrt(variance)),
            "high95": np.exp(effect + NORMAL95 / np.sqrt(variance)),
            "z": alone / np.sqrt(variance) / spread, "spread": spread, "design": sums["design"],
        }
    )  # fmt: skip
    return table[list(COLUMNS)], between


def _between(z: np.ndarray, variance: np.ndarray) -> float:
    """Spread of the units' log odds beyond chance, by moments on winsorised scores; nought for fewer than ten units."""
    if len(z) < 10:
        return 0.0
    low, high = np.quantile(z, [_TAIL, 1 - _TAIL])
    square = float(np.sum(np.clip(z, low, high) ** 2)) / _WINSORISED
    weight = variance
    excess = square - (len(z) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return float(np.sqrt(max(0.0, excess / scale)))


_WINSORISED = float(stats.norm.expect(lambda x: np.clip(x, stats.norm.ppf(_TAIL), stats.norm.ppf(1 - _TAIL)) ** 2))
"""Mean square of a standard normal winsorised at both tails."""


def apart(funnels: list[Funnel], level: float = 0.05) -> list[Funnel]:
    """Mark units that stand apart, all comparisons of the page taken together (Holm's procedure).

    Returns
    -------
    The funnels, each table with `p` (one comparison alone), `p_page` (adjusted) and `apart`; `half`: whether half or
    twice the odds would be told with chance .8.
    """
    p = np.concatenate([2 * stats.norm.sf(np.abs(f.table["z"].to_numpy(float))) for f in funnels] or [np.zeros(0)])
    adjusted = multipletests(p, method="holm")[1] if len(p) else p
    line = stats.norm.isf(level / 2 / max(len(p), 1))
    done, at = [], 0
    for f in funnels:
        part = slice(at, at + len(f.table))
        table = f.table.assign(p=p[part], p_page=adjusted[part], apart=adjusted[part] < level)
        table["half"] = np.log(2) >= (line + _POWER) * table["spread"].astype(float)
        done.append(Funnel(f.decision, f.unit, table, f.small, f.compared, f.between))
        at += len(f.table)
    return done
