"""From cells to the country-product-dummy pair: which effects enter, what is compared with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.valuation.lines import PRODUCT_KEYS
from analytics.valuation.mixed import VARIANCE_START, Estimate, Targets, estimate, variance_components
from analytics.valuation.robust import Observations, weigh
from analytics.valuation.strata import strata

PRODUCT_DERIVED = (*PRODUCT_KEYS, "product")
_VARIANCE_LINES = 60_000  # lines that suffice for the variance components, whole chapters at a time
_MOST, LARGE = 3, 0.05  # enterprises of a group, and least share, that may move its level by themselves
APART = 0.2  # spread (log) of prices of enterprises that stand apart
_VALUE_CAP = 0.90  # quantile of the lines' values above which a line's weight grows no further


@dataclass(frozen=True)
class Large:
    """Enterprises large enough to move the level of their group.

    Attributes
    ----------
    number : (N,) number of the large enterprise that an observation belongs to, -1 for none
    level : (C,) code of each among the levels of enterprise x group
    group : (C,) group of each
    share : (C,) share of its group's comparable goods, at fitted prices
    """

    number: np.ndarray
    level: np.ndarray
    group: np.ndarray
    share: np.ndarray

    @classmethod
    def none(cls, size: int) -> Large:
        """No enterprise is named, or none is asked for."""
        empty = np.empty(0, dtype=np.int64)
        return cls(np.full(size, -1), empty, empty, np.empty(0))

    def shares(self, obs: Observations, worth: np.ndarray) -> np.ndarray:
        """Share of each in its group by `worth`, (C,)."""
        own = self.number >= 0
        mine = np.bincount(self.number[own], worth[own], len(self.level))
        return mine / np.bincount(obs.group, worth, obs.groups)[self.group]


def _large(obs: Observations, keys: int) -> Large:
    """The largest enterprises of each group by value: at most `_MOST`, with a share of `LARGE` or more."""
    if "enterprise_group" not in obs.random or "enterprise" not in obs.random or keys != obs.groups:
        return Large.none(len(obs.value))
    code = obs.random["enterprise_group"]
    pairs, first = np.unique(code * obs.groups + obs.group, return_index=True)
    group, level = obs.group[first], code[first]
    place = np.searchsorted(pairs, code * obs.groups + obs.group)
    share = np.bincount(place, obs.value) / np.bincount(obs.group, obs.value, obs.groups)[group]
    order = np.lexsort((level, -share, group))
    start = np.searchsorted(group[order], np.arange(obs.groups))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - start[group[order]]
    chosen = np.flatnonzero((rank < _MOST) & (share >= LARGE))
    chosen = chosen[np.lexsort((rank[chosen], group[chosen]))]
    number = np.full(len(pairs), -1)
    number[chosen] = np.arange(len(chosen))
    return Large(number[place], level[chosen], group[chosen], share[chosen])


@dataclass(frozen=True)
class Pair:
    """The two regressions, one row a target.

    Attributes
    ----------
    mixed : robust mixed model, lines equally weighted: systematic differences
    weighted : robust regression weighted by value: the level of the trade as a whole
    variances : variance components (log) of the random effects
    keys : DataFrame of the targets, columns as in `by`
    targets : what was compared with what
    large : enterprises that may move the level of their group
    """

    mixed: Estimate
    weighted: Estimate
    variances: dict[str, float]
    keys: pd.DataFrame
    targets: Targets
    large: Large


def code(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Number the distinct rows of some columns, from 0 and in sorted order."""
    if not columns:
        return np.zeros(len(frame), dtype=np.int64)
    result = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        part, labels = pd.factorize(frame[column], sort=True)
        result = result * len(labels) + part
        result = np.unique(result, return_inverse=True)[1]
    return result


def contrasted(by: Sequence[str], base_period: str | None) -> list[str]:
    """Columns whose values are compared with each other within a cell."""
    if base_period is not None:
        return ["period"]
    return [c for c in by if c not in PRODUCT_DERIVED and c != "period"]


def pair(cells: pd.DataFrame, by: Sequence[str], base_period: str | None = None) -> Pair:
    """Estimate the levels of the crossings of `by`, by both regressions.

    Parameters
    ----------
    cells : DataFrame
        Columns product, unit, origin, month, chapter, enterprise, those of `by`, and lines, quantity, value,
        tax_weight,
        log_price (mean), log_size (mean).
    by : columns of the breakdown
    base_period : period that the others are compared with, for levels over time

    Notes
    -----
    Model: ln unit value = cell + group + slope x ln quantity + enterprise + enterprise x group + product x group +
    error, where a cell is product x unit x origin x month, and chapters are solved apart.
    """
    contrast = contrasted(by, base_period)
    stratum = ["chapter", *[c for c in by if c in PRODUCT_DERIVED and c != "chapter"]]
    stratum += [c for c in by if c not in (*contrast, *stratum)]
    cell = [c for c in ("product", "unit", "origin", "month") if c not in contrast]
    if base_period is not None:
        cell = [c for c in cell if c != "month"] + [c for c in by if c not in ("period", *PRODUCT_DERIVED)]
    frame = _comparable(cells, cell, stratum, contrast)
    keys = frame[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True)
    if not len(frame):
        empty = Estimate(np.empty(0), np.empty(0), np.empty(0))
        none = Targets(np.empty(0), None, np.empty(0, dtype=np.int64), 0)
        return Pair(empty, empty, dict(VARIANCE_START), keys, none, Large.none(0))
    obs = _observations(frame, cell, stratum, contrast)
    targets = _targets(frame, obs, by, base_period)
    variances = {name: VARIANCE_START[name] for name in obs.random}
    first = weigh(obs, variances)
    parts = list(strata(obs, np.where(_largest_strata(obs), first.precision, 0.0), variances))
    variances = variance_components(obs, parts, first.shrinkage, variances)
    large = _large(obs, keys=len(keys)) if base_period is None else Large.none(len(frame))
    # Over time a contract crosses the groups, and its own change must not pass for an outlier.
    outlying = ("contract",) if base_period is None else ()
    final = weigh(obs, _wide(obs, variances, large), rounds=3, outlying=outlying)
    noise = np.divide(1.0, final.precision, out=np.zeros(len(frame)), where=final.precision > 0)
    by_level: dict[str, float | np.ndarray] = {**variances}
    by_level |= {name: variances[name] / weight for name, weight in final.levels.items()}
    mixed = estimate(obs, list(strata(obs, final.precision, by_level)), by_level, targets, noise, large.number)
    # Value at the fitted price: with declared values as weights an undervalued line would hide itself.
    worth = np.exp(np.log(obs.value) - final.residual)
    capped = np.minimum(worth / obs.lines, np.quantile(worth / obs.lines, _VALUE_CAP)) * obs.lines
    robust = np.divide(final.precision, np.median(final.precision[final.precision > 0]))
    plain = list(strata(obs, robust * capped / obs.lines, None))
    weighted = estimate(obs, plain, by_level, targets, noise, large.number)
    return Pair(mixed, weighted, variances, keys, targets, replace(large, share=large.shares(obs, worth)))


def _wide(obs: Observations, variances: dict[str, float], large: Large) -> dict[str, float | np.ndarray]:
    """Variances in which a large enterprise may price as it likes: its contracts are measured from its own mean."""
    if not len(large.level):
        return dict(variances)
    of_level = np.full(int(obs.random["enterprise_group"].max()) + 1, variances["enterprise_group"])
    of_level[large.level] = APART**2
    return {**variances, "enterprise_group": of_level}


def _largest_strata(obs: Observations) -> np.ndarray:
    """Lines of the largest strata, enough of them for common variances; (N,) boolean array."""
    count = np.bincount(obs.stratum)
    order = np.argsort(-count, kind="stable")
    before = np.cumsum(count[order]) - count[order]
    chosen = np.zeros(len(count), dtype=bool)
    chosen[order[before < _VARIANCE_LINES]] = True
    return chosen[obs.stratum]


def _comparable(
    cells: pd.DataFrame, cell: Sequence[str], stratum: Sequence[str], contrast: Sequence[str]
) -> pd.DataFrame:
    """Cells in which at least two groups meet: the others compare nothing."""
    at = code(cells, list(dict.fromkeys([*cell, *stratum])))
    group = code(cells, contrast)
    pairs = np.unique(np.stack([at, group]), axis=1)
    meets = np.bincount(pairs[0], minlength=int(at.max()) + 1 if len(at) else 0)
    return cells[meets[at] > 1].reset_index(drop=True)


def _observations(
    frame: pd.DataFrame, cell: Sequence[str], stratum: Sequence[str], contrast: Sequence[str]
) -> Observations:
    random: dict[str, np.ndarray] = {}
    named = "enterprise" not in contrast and len(frame["enterprise"].unique()) > 1
    if named:
        random["enterprise"] = code(frame, ["enterprise"])
        random["enterprise_group"] = code(frame, ["enterprise", *contrast])
    elif "origin" not in contrast:
        # Without enterprises the country of origin is the nearest thing to a source of like prices.
        random["enterprise_group"] = code(frame, ["origin", *contrast])
    if named:
        random["contract"] = code(frame, ["enterprise", "product", "unit", "origin"])
    if "product" not in stratum:
        random["product_group"] = code(frame, ["product", "unit", *contrast])
    return Observations(
        log_price=frame["log_price"].to_numpy(),
        log_size=frame["log_size"].to_numpy(),
        value=frame["value"].to_numpy(),
        lines=frame["lines"].to_numpy(float),
        cell=code(frame, list(dict.fromkeys([*cell, *stratum]))),
        stratum=code(frame, stratum),
        group=code(frame, list(dict.fromkeys([*stratum, *contrast]))),
        product=code(frame, ["product", "unit"]),
        random=random,
    )


def _targets(frame: pd.DataFrame, obs: Observations, by: Sequence[str], base_period: str | None) -> Targets:
    target = code(frame, list(by))
    of_group = np.zeros(obs.groups, dtype=np.int64)
    of_group[obs.group] = target
    weight = np.bincount(obs.group, frame["tax_weight"].to_numpy(), obs.groups)
    value = np.bincount(obs.group, obs.value, obs.groups)
    weight = np.where(weight > 0, weight, value * 1e-9)
    base = None
    if base_period is not None:
        base = np.zeros(obs.groups, dtype=bool)
        base[obs.group[(frame["period"] == base_period).to_numpy()]] = True
    return Targets(weight, base, of_group, int(target.max()) + 1)
