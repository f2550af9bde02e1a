"""The level of each cell given all cells: what is common to its lines, and what a few large enterprises do.

A cell departs from the others because all its lines do (its practice), or because one or more of its large enterprises
do. Either is rare, its size unknown: practice is drawn from a grid of sizes with unknown shares, an enterprise stands
apart with an unknown probability. The level is the practice plus each enterprise's own departure times its share. Cells
of a stratum hang together through their references, so they are updated in turn until they agree (expectation
propagation). Sources: Efron (2010); George and McCulloch (1993) for spike and slab; Minka (2001); Koenker and Mizera
(2014) for the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.valuation.regression.elsewhere import (
    LEAST_SHARED,
    Explained,
    Prior,
    elsewhere,
    explains_much,
    renewed,
    seen,
    without,
)
from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.regression.mixed import Targets
from analytics.valuation.verdict.decision import MOST_ORDINARY, SUSPECT
from analytics.valuation.verdict.departures import CHANCE_APART, CHANCE_JOINED, CHANCE_JOINT, Grid
from analytics.valuation.verdict.grades import Grades
from analytics.valuation.verdict.levels import Posterior, levels
from analytics.valuation.verdict.messages import Alike, Messages, Part, grouped
from analytics.valuation.verdict.restored import Restored

_WILDEST = 1e12  # prices that have nothing to do with their quantities scatter beyond all numbers
_ROUNDS, _LEARNING = 15, 7  # over the cells: of two in a stratum each tells the other how far it is off
_NOT_CALLED = SUSPECT - 0.01
_PASSES = 2  # over what enterprises show in other strata
_PRIOR_ENTERPRISES = 50.0  # enterprises' worth of belief in the first guess of how many stand apart
_STRIDE = 3.0  # expectation-maximisation creeps towards a small variance: longer steps, same end


def within_strata(
    estimates: Pair,
    band: tuple[float, float],
    back: Restored,
    grades: Grades | None = None,
    *,
    held: Grid | None = None,
) -> tuple[pd.DataFrame, Grid] | None:
    """Posterior of every target, or None where a target reaches over several strata or nothing compares.

    Parameters
    ----------
    estimates : the country-product-dummy pair
    band : levels that are in order
    back : what alignment took off each target
    grades : what the mix of grades adds to the levels, where it is known: no part of a level
    held : how often cells depart by how much, as all strata told it: for means of some of them, without interval and
        chances

    Returns
    -------
    DataFrame in the order of `estimates.keys`: mean, low, high (log), outside, apart (probabilities), told (called,
    1, or cleared, -1, by what enterprises show in other strata); and the grid.
    """
    known, targets, large = estimates.mixed.information, estimates.targets, estimates.large
    if not known or targets.count != len(targets.target):
        return None
    # Half, and a third: the lines' weights follow value in part already, those of contracts more.
    honest = 0.5 * estimates.variances.get("product_group", 0.0) * back.goods
    honest = honest + estimates.variances.get("contract", 0.0) / 3 * back.contracts
    parts = []
    for told in known:
        of = targets.target[told.groups]
        group = np.searchsorted(told.groups, large.group[told.candidates])
        mix, doubt = (grades.shift[of], grades.variance[of]) if grades is not None else np.zeros((2, len(of)))
        contrast = np.where(back.moved[of], estimates.mixed.log[of], np.nan)
        parts.append(
            Part(
                told,
                targets.group_weight[told.groups],
                group,
                large.share[told.candidates],
                mix,
                doubt,
                back.log[of],
                contrast,
                estimates.mixed.error[of],
                honest[of],
                back.doubt[of],
                large.enterprise[told.candidates],
            )
        )
    # An enterprise's own price and its price in its district go with it through all chapters.
    shared = sum(estimates.variances.get(name, 0.0) for name in ("enterprise", "enterprise_group"))
    who = [_who(estimates, part) for part in parts]
    if held is not None:
        return _in_order(means(parts, band, held, [_own(held, w, shared) for w in who], shared), targets), held
    found = judge(parts, band, shared)
    if found.priors:
        known_by = [w.assign(mean=p.mean, variance=p.variance) for w, p in zip(who, found.priors, strict=True)]
        found.grid.own = pd.concat(known_by, ignore_index=True)
    return _in_order(found, targets), found.grid


def _in_order(found: Posterior, targets: Targets) -> pd.DataFrame:
    """Posterior in the order of the targets."""
    columns = {name: getattr(found, name) for name in ("mean", "low", "high", "outside", "apart")}
    columns["told"] = np.zeros(len(found.group), dtype=int) if found.told is None else found.told
    return pd.DataFrame(columns, index=targets.target[found.group]).reindex(range(targets.count))


def _who(estimates: Pair, part: Part) -> pd.DataFrame:
    """Large enterprises of a stratum: columns of the breakdown, `name`."""
    keys = estimates.keys.iloc[estimates.targets.target[part.known.groups[part.group]]]
    return keys.reset_index(drop=True).assign(name=estimates.large.name[part.known.candidates])


def _own(held: Grid, who: pd.DataFrame, shared: float) -> Prior:
    """What was known of some enterprises from all their chapters, where lines of a few of these are asked anew."""
    if held.own is None:
        return Prior(np.zeros(len(who)), np.full(len(who), shared))
    found = who.merge(held.own, on=list(who), how="left")
    variance = np.minimum(found["variance"].fillna(shared).to_numpy(float), shared)
    return Prior(np.where(variance < shared, found["mean"].fillna(0.0).to_numpy(float), 0.0), variance)


def means(
    parts: list[Part], band: tuple[float, float], held: Grid, priors: Sequence[Prior], shared: float
) -> Posterior:
    """Means of some strata's levels, without interval and chances.

    Parameters
    ----------
    parts : strata
    held : how often cells depart by how much, as all strata told it
    priors : what other strata tell of their large enterprises, whose prices scatter by variance `shared`
    """
    now = [replace(part, known=renewed(part.known, p, shared)) for part, p in zip(parts, priors, strict=True)]
    return levels(*_settled(now, held), band, means_only=True)


def judge(parts: list[Part], band: tuple[float, float], shared: float = 0.0) -> Posterior:
    """Posterior of every group's level against the weighted others of its stratum.

    Parameters
    ----------
    parts : strata
    band : levels that are in order
    shared : variance (log) of what an enterprise's prices differ by in all strata alike

    Notes
    -----
    Cells differ in grade and terms of trade that the code does not see. How much the cells without a practice scatter
    beyond their errors says by how much; at most 0.025, so that it cannot explain a breach away. Large enterprises
    that declare in several strata are known from the others, as far as that explains little (`elsewhere`).
    """
    settled = _settled(parts)
    alone = levels(*settled, band)
    firms = np.concatenate([np.unique(part.firm[part.firm >= 0]) for part in parts])
    if shared <= LEAST_SHARED or len(np.unique(firms)) == len(firms):
        return alone
    priors = [Prior(np.zeros(len(part.firm)), np.full(len(part.firm), shared)) for part in parts]
    apart = [np.zeros(len(part.weight), dtype=bool) for part in parts]
    ends = np.cumsum([len(part.weight) for part in parts])
    level = np.split(alone.mean, ends[:-1])
    explained = [Explained(own, part.group, part.share) for own, part in zip(level, parts, strict=True)]
    for _ in range(_PASSES):
        strata = zip(settled[0], parts, priors, strict=True)
        told = [seen(s.lines, part.firm, prior, s.mean, s.inverse) for s, part, prior in strata]
        priors = elsewhere(told, shared)
        for number, part in enumerate(parts):
            apart[number] |= explains_much(priors[number], explained[number], shared)
            priors[number] = without(priors[number], apart[number][part.group], shared)
        now = [replace(part, known=renewed(part.known, p, shared)) for part, p in zip(parts, priors, strict=True)]
        settled = _settled(now)
    found = levels(*settled, band).but(alone, np.concatenate(apart))
    # Other chapters may call a cell, or clear it of a call, but what its own lines leave open stays open.
    doubt = np.fmax(found.outside, np.fmin(alone.outside, _NOT_CALLED))
    called, before = found.outside >= SUSPECT, alone.outside >= SUSPECT
    told = called.astype(int) - before.astype(int)
    return replace(found, outside=np.where(found.outside < SUSPECT, doubt, found.outside), priors=priors, told=told)


def _settled(parts: list[Part], held: Grid | None = None) -> tuple[list[Messages], list[Alike], Grid]:
    """Judge the cells of all strata in turn until they agree."""
    grid, strata = held or Grid.start(), [Messages(part) for part in parts]
    kinds = grouped(strata)
    for turn in range(_ROUNDS):
        for stratum in strata:
            stratum.solve()
        for kind in kinds:
            kind.update(grid)
        if held is None and turn < _LEARNING:
            _learn(grid, kinds)
    return strata, kinds, grid


def _learn(grid: Grid, kinds: list[Alike]) -> None:
    """Renew the shares by what the cells tell now (expectation-maximisation)."""
    share, square, cells = grid.pseudo.copy(), 0.0, 0.0
    counts = _PRIOR_ENTERPRISES * np.array([CHANCE_APART, 1.0, CHANCE_JOINED, 1.0, CHANCE_JOINT, 1.0])
    for kind in kinds:
        size = kind.at.shape[1] - 1
        for case in kind.cases:
            share += case.weight.sum(0)
            total, together = float(case.weight.sum()), grid.chance(len(case.who), size)[1]
            alone = total * (1 - together)
            counts += [alone * len(case.who), alone * size, 0, 0, 0, 0]
            if size:  # a cell without a large enterprise says nothing of how often they stand apart
                both = total * together
                counts += [0, 0, both, total, both * len(case.who), both * size]
            # Of a departure without a practice, what is not the mix of grades.
            own = grid.ordinary / (grid.ordinary + kind.doubt)
            found = own**2 * (case.mean[:, 0] ** 2 + case.variance[:, 0]) + own * kind.doubt
            square += float((case.weight[:, 0] * found).sum())
            cells += float(case.weight[:, 0].sum())
    grid.share = share / share.sum()
    grid.apart, grid.joined, grid.joint = (float(x) for x in counts[::2] / counts[1::2])
    step = min(square / max(cells, 1e-9) / grid.ordinary, _WILDEST)
    grid.ordinary = float(np.clip(grid.ordinary * step**_STRIDE, 1e-8, MOST_ORDINARY**2))
