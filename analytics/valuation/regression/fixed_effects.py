"""From cells to the country-product-dummy pair: which effects enter, what is compared with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.valuation.alignment.lines import codes
from analytics.valuation.comparison.keys import GOODS, PRODUCT_DERIVED, alike, contrasted, stratified
from analytics.valuation.regression.components import VARIANCE_START, season_variance, variance_components
from analytics.valuation.regression.large import Large, largest, of_all_goods, wide
from analytics.valuation.regression.mixed import Estimate, Targets, estimate
from analytics.valuation.regression.robust import GOOD, MONTH, SEASON, Observations, group_median, weigh
from analytics.valuation.regression.strata import strata

_PRODUCT = ("product", "unit", "like")
_VARIANCE_LINES = 60_000  # lines that suffice for the variance components, whole chapters at a time
_VALUE_CAP = 0.90  # quantile of the lines' values above which a line's weight grows no further


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
    return codes(*[pd.factorize(frame[column], sort=True)[0].astype(np.int64) for column in columns])


def pair(
    cells: pd.DataFrame, by: Sequence[str], base_period: str | None = None, asked: pd.DataFrame | None = None
) -> Pair:
    """Estimate the levels of the crossings of `by`, by both regressions.

    Parameters
    ----------
    cells : DataFrame
        Columns of the goods, month, chapter, enterprise, those of `by`, and lines, quantity, value and tax_weight (at
        aligned prices), log_price (mean, aligned), log_size (mean).
    by : columns of the breakdown
    base_period : period that the others are compared with, for levels over time
    asked : targets, columns as in `by`: the mixed model of their strata alone is solved, with the weights and variances
        of all, and the regression by value is left missing

    Notes
    -----
    Model: ln unit value = good + month + cell + group + slope x ln quantity + enterprise + enterprise x group +
    product x group + error, where a good is product x unit x origin and a cell its month, and chapters are solved
    apart. Goods and the months of a chapter are as good as free; cells are random about them, with a variance of their
    own, so that lines of other months tell as much as prices stay alike (recovery of inter-block information, Yates
    1940). Cells far off their good are tied to it less.
    """
    contrast, stratum = contrasted(by, base_period), stratified(by, base_period)
    good = [c for c in alike(by, base_period) if c not in contrast]
    if base_period is not None:
        good += [c for c in by if c not in ("period", *PRODUCT_DERIVED)]
    good = list(dict.fromkeys([*good, *stratum]))
    frame = _comparable(cells, good, contrast)
    keys = frame[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True)
    if not len(frame):
        empty = Estimate(np.empty(0), np.empty(0), np.empty(0))
        none = Targets(np.empty(0), None, np.empty(0, dtype=np.int64), 0)
        return Pair(empty, empty, dict(VARIANCE_START), keys, none, Large.none(0))
    obs = _observations(frame, good, stratum, contrast, months=base_period is None)
    grouped = list(dict.fromkeys([*stratum, *contrast]))
    targets = _targets(frame, obs, _whole(cells, frame, grouped), by, base_period)
    variances, season = _variances(obs)
    names = frame["enterprise"].to_numpy(object)
    large = largest(obs, len(keys), names) if base_period is None else Large.none(len(frame))
    # Over time a contract crosses the groups, and its own change must not pass for an outlier.
    outlying = ("contract", SEASON) if base_period is None else ()
    final = weigh(obs, wide(obs, {**variances, **season}, large), rounds=3, outlying=outlying)
    noise = np.divide(1.0, final.precision, out=np.zeros(len(frame)), where=final.precision > 0)
    by_level: dict[str, float | np.ndarray] = {**variances, **season}
    by_level |= {name: by_level[name] / weight for name, weight in final.levels.items()}
    solved = final.precision if asked is None else np.where(_with(asked, keys, targets, obs), final.precision, 0.0)
    mixed = estimate(obs, list(strata(obs, solved, by_level)), by_level, targets, noise, large.number)
    # Value at the fitted price: with declared values as weights an undervalued line would hide itself.
    worth = np.exp(np.log(obs.value) - final.residual)
    weighted = Estimate(*np.full((3, targets.count), np.nan))
    if asked is None:
        capped = np.minimum(worth / obs.lines, np.quantile(worth / obs.lines, _VALUE_CAP)) * obs.lines
        robust = np.divide(final.precision, np.median(final.precision[final.precision > 0]))
        seen = _out_of_season(obs, final.months)
        plain = list(strata(seen, robust * capped / obs.lines, None))
        weighted = estimate(seen, plain, by_level, targets, noise, large.number)
    large = replace(large, share=of_all_goods(cells, frame, grouped, large, large.shares(obs, worth)))
    return Pair(mixed, weighted, variances, keys, targets, large)


def _with(asked: pd.DataFrame, keys: pd.DataFrame, targets: Targets, obs: Observations) -> np.ndarray:
    """Lines of the strata that hold some targets, (N,) boolean array."""
    numbers = keys.assign(target=np.arange(len(keys))).merge(asked[list(keys.columns)])["target"]
    here = np.isin(targets.target[obs.group], numbers.to_numpy())
    return np.isin(obs.stratum, obs.stratum[here])


def _out_of_season(obs: Observations, months: np.ndarray) -> Observations:
    """Prices with the fitted months taken off: goods are compared over all of them."""
    if GOOD not in obs.random:
        return obs
    random = {name: code for name, code in obs.random.items() if name not in (MONTH, GOOD)}
    return replace(obs, log_price=obs.log_price - months, cell=obs.random[GOOD], random={**random, SEASON: obs.cell})


def _whole(cells: pd.DataFrame, frame: pd.DataFrame, by: list[str]) -> np.ndarray:
    """Value and tax weight of all goods of each group, (G, 2), those without comparison among them."""
    total = cells.groupby(by, sort=True, observed=True)[["value", "tax_weight"]].sum()
    return total.loc[frame[by].drop_duplicates().sort_values(by).set_index(by).index].to_numpy(float)


def _for_variances(obs: Observations) -> np.ndarray:
    """Lines of the largest strata, enough of them for common variances; (N,) boolean array.

    Of a stratum that is very large by itself, all lines of some enterprises: where thousands of them meet in a few
    cells, the matrix of their effects is full.
    """
    count = np.bincount(obs.stratum)
    order = np.argsort(-count, kind="stable")
    before = np.cumsum(count[order]) - count[order]
    chosen = np.zeros(len(count), dtype=bool)
    chosen[order[before < _VARIANCE_LINES]] = True
    lines = chosen[obs.stratum]
    every = int(lines.sum()) // _VARIANCE_LINES
    if every > 1 and "enterprise" in obs.random:
        lines &= obs.random["enterprise"] % every == 0
    return lines


def _variances(obs: Observations) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Variance components: of parties within cells that are free, then of the months of one good; these by cell too."""
    start = {name: VARIANCE_START[name] for name in (*obs.random, *([SEASON] if GOOD in obs.random else []))}
    first = weigh(obs, start)
    parties = {name: code for name, code in obs.random.items() if name not in (MONTH, GOOD)}
    within = replace(obs, random=parties)
    free = {name: start[name] for name in parties}
    parts = list(strata(within, np.where(_for_variances(obs), first.precision, 0.0), free))
    found = {**start, **variance_components(within, parts, first.shrinkage, free)}
    if SEASON not in found:
        return found, {}
    usual, of_cells = season_variance(obs, first, found)
    return {**found, SEASON: usual}, {SEASON: of_cells}


def _comparable(cells: pd.DataFrame, good: Sequence[str], contrast: Sequence[str]) -> pd.DataFrame:
    """Goods in which at least two groups meet: the others compare nothing."""
    at = code(cells, good)
    group = code(cells, contrast)
    pairs = np.unique(np.stack([at, group]), axis=1)
    meets = np.bincount(pairs[0], minlength=int(at.max()) + 1 if len(at) else 0)
    return cells[meets[at] > 1].reset_index(drop=True)


def _observations(
    frame: pd.DataFrame, good: Sequence[str], stratum: Sequence[str], contrast: Sequence[str], *, months: bool
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
        random["contract"] = code(frame, ["enterprise", *GOODS])
    if "product" not in stratum:
        random["product_group"] = code(frame, [*_PRODUCT, *contrast])
    like = code(frame, good)
    if months:
        random[MONTH], random[GOOD] = code(frame, [*stratum, "month"]), like
    price = frame["log_price"].to_numpy()
    # Goods are as good as fixed effects: only what prices differ by within them counts, and small figures are exact.
    price = price - group_median(like, price, int(like.max()) + 1)[like]
    return Observations(
        log_price=price,
        log_size=frame["log_size"].to_numpy(),
        value=frame["value"].to_numpy(),
        lines=frame["lines"].to_numpy(float),
        cell=code(frame, [*good, "month"]) if months else like,
        stratum=code(frame, stratum),
        group=code(frame, list(dict.fromkeys([*stratum, *contrast]))),
        product=code(frame, _PRODUCT),
        random=random,
    )


def _targets(
    frame: pd.DataFrame, obs: Observations, whole: np.ndarray, by: Sequence[str], base_period: str | None
) -> Targets:
    target = code(frame, list(by))
    of_group = np.zeros(obs.groups, dtype=np.int64)
    of_group[obs.group] = target
    value, weight = whole.T
    weight = np.where(weight > 0, weight, value * 1e-9)
    base = None
    if base_period is not None:
        base = np.zeros(obs.groups, dtype=bool)
        base[obs.group[(frame["period"] == base_period).to_numpy()]] = True
    return Targets(weight, base, of_group, int(target.max()) + 1)
