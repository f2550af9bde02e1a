"""The level of each cell given all cells: what is common to its lines, and what a few large enterprises do.

A cell departs from the others because all its lines do (its practice), or because one or more of its large enterprises
do. Either is rare, its size unknown: practice is drawn from a grid of sizes with unknown shares, an enterprise stands
apart with an unknown probability. The level is the practice plus each enterprise's own departure times its share. Cells
of a stratum hang together through their references, so they are updated in turn until they agree (expectation
propagation). Sources: Efron (2010); George and McCulloch (1993) for spike and slab; Minka (2001); Koenker and Mizera
(2014) for the shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.regression.information import Information
from analytics.valuation.regression.mixed import against_others
from analytics.valuation.verdict.departures import CHANCE_APART, MOST_ORDINARY, Case, Grid, cases, moments, times
from analytics.valuation.verdict.grades import Grades

_ROUNDS = 7
_KEPT = 0.4  # damping: how much of a cell's last message stays
_PRIOR_ENTERPRISES = 50.0  # enterprises' worth of belief in the first guess of how many stand apart
_STRIDE = 3.0  # expectation-maximisation creeps towards a small variance: longer steps, same end
_TAIL = (0.025, 0.975)


@dataclass(frozen=True)
class Part:
    """A stratum: what its lines say, and who is who.

    Attributes
    ----------
    known : information on its G groups and C large enterprises
    weight : (G,) value of each group, its weight among the others
    group : (C,) position of the group of each large enterprise
    share : (C,) its share of the group
    mix, doubt : (G,) what the mix of grades adds to each group, and the variance that this leaves unknown
    """

    known: Information
    weight: np.ndarray
    group: np.ndarray
    share: np.ndarray
    mix: np.ndarray
    doubt: np.ndarray


@dataclass(frozen=True)
class Posterior:
    """Log level of each group against the others, in the order of the strata.

    Attributes
    ----------
    group : labels
    mean, low, high : posterior mean and central 95 %
    outside : probability that the level lies outside the band, on the likelier side: who is suspect has a direction
    apart : probability that at least one large enterprise stands apart
    """

    group: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    outside: np.ndarray
    apart: np.ndarray


class _Messages:
    """A stratum's cells with what each has told the others: a normal message a cell."""

    def __init__(self, part: Part) -> None:
        self.part = part
        size, groups = len(part.known.score), len(part.weight)
        self.score = part.known.score - part.known.matrix[:, :groups] @ part.mix
        start = np.where(np.arange(size) < groups, 1 / 0.03**2, 1 / 0.02**2)
        self.precision, self.pull = np.diag(start), np.zeros(size)
        self.inverse, self.mean = self.precision, self.pull
        own = [groups + np.flatnonzero(part.group == g) for g in range(groups)]
        self.members = [np.concatenate([[g], at]).astype(np.int64) for g, at in enumerate(own)]

    def solve(self) -> None:
        """Put the lines and all messages together."""
        self.inverse = np.linalg.inv(self.part.known.matrix + self.precision)
        self.mean = self.inverse @ (self.score + self.pull)


@dataclass
class _Alike:
    """Cells with the same number m of effects, of all strata: they are judged in one stroke.

    Attributes
    ----------
    strata : messages of the stratum of each cell
    group : position of each cell's group in its stratum
    at : (B, m) positions of its effects
    doubt : (B,) variance of what the mix of grades may still add
    cases : posterior of the cells
    """

    strata: list[_Messages]
    group: list[int]
    at: np.ndarray
    doubt: np.ndarray
    cases: list[Case]

    def update(self, grid: Grid) -> None:
        """Judge every cell by its own lines and the others' messages, and renew its message."""
        blocks = [(stratum, at, np.ix_(at, at)) for stratum, at in zip(self.strata, self.at, strict=True)]
        told = np.stack([stratum.precision[block] for stratum, _, block in blocks])
        pulled = np.stack([stratum.pull[at] for stratum, at, _ in blocks])
        whole = np.linalg.inv(np.stack([stratum.inverse[block] for stratum, _, block in blocks]))
        matrix = whole - told
        score = times(whole, np.stack([stratum.mean[at] for stratum, at, _ in blocks])) - pulled
        self.cases = cases(matrix, score, self.doubt, grid)
        centre, cover = moments(self.cases, self.at.shape[1])
        message = np.linalg.inv(cover + 1e-7 * np.eye(self.at.shape[1])) - matrix
        size, axes = np.linalg.eigh((message + message.transpose(0, 2, 1)) / 2)
        message = (axes * np.clip(size, 1.0, 1e6)[:, None, :]) @ axes.transpose(0, 2, 1)
        pull = times(matrix + message, centre) - score
        message, pull = _KEPT * told + (1 - _KEPT) * message, _KEPT * pulled + (1 - _KEPT) * pull
        for number, (stratum, at, block) in enumerate(blocks):
            stratum.precision[block], stratum.pull[at] = message[number], pull[number]


def _alike(strata: list[_Messages]) -> list[_Alike]:
    """Put cells of the same number of effects together."""
    cells: dict[int, list[tuple[_Messages, int, np.ndarray]]] = {}
    for stratum in strata:
        for group, at in enumerate(stratum.members):
            cells.setdefault(len(at), []).append((stratum, group, at))
    found = []
    for _, rows in sorted(cells.items()):
        messages, groups, at = zip(*rows, strict=True)
        doubt = np.array([message.part.doubt[group] for message, group in zip(messages, groups, strict=True)])
        found.append(_Alike(list(messages), list(groups), np.stack(at), doubt, []))
    return found


def within_strata(estimates: Pair, band: tuple[float, float], grades: Grades | None = None) -> pd.DataFrame | None:
    """Posterior of every target, or None where a target reaches over several strata or nothing compares.

    Parameters
    ----------
    estimates : the country-product-dummy pair
    band : levels that are in order
    grades : what the mix of grades adds to the levels, where it is known: no part of a level

    Returns
    -------
    DataFrame in the order of `estimates.keys`: mean, low, high (log), outside, apart (probabilities).
    """
    known, targets, large = estimates.mixed.information, estimates.targets, estimates.large
    if not known or targets.count != len(targets.target):
        return None
    parts = []
    for told in known:
        group = np.searchsorted(told.groups, large.group[told.candidates])
        mix, doubt = np.zeros((2, len(told.groups)))
        if grades is not None:
            of = targets.target[told.groups]
            mix, doubt = grades.shift[of], grades.variance[of]
        parts.append(Part(told, targets.group_weight[told.groups], group, large.share[told.candidates], mix, doubt))
    found = judge(parts, band)
    columns = {name: getattr(found, name) for name in ("mean", "low", "high", "outside", "apart")}
    return pd.DataFrame(columns, index=targets.target[found.group]).reindex(range(targets.count))


def judge(parts: list[Part], band: tuple[float, float]) -> Posterior:
    """Posterior of every group's level against the weighted others of its stratum.

    Parameters
    ----------
    parts : strata
    band : levels that are in order

    Notes
    -----
    Cells differ in grade and terms of trade that the code does not see. How much the cells without a practice scatter
    beyond their errors says by how much; at most 0.025, so that it cannot explain a breach away.
    """
    grid, strata = Grid.start(), [_Messages(part) for part in parts]
    kinds = _alike(strata)
    for _ in range(_ROUNDS):
        share, apart, asked = grid.pseudo.copy(), CHANCE_APART * _PRIOR_ENTERPRISES, _PRIOR_ENTERPRISES
        square, cells = 0.0, 0.0
        for stratum in strata:
            stratum.solve()
        for kind in kinds:
            kind.update(grid)
            asked += kind.at.size - len(kind.at)
            for case in kind.cases:
                share += case.weight.sum(0)
                apart += float(case.weight.sum()) * len(case.who)
                # Of a departure without a practice, what is not the mix of grades.
                own = grid.ordinary / (grid.ordinary + kind.doubt)
                found = own**2 * (case.mean[:, 0] ** 2 + case.variance[:, 0]) + own * kind.doubt
                square += float((case.weight[:, 0] * found).sum())
                cells += float(case.weight[:, 0].sum())
        grid.share, grid.apart = share / share.sum(), apart / asked
        step = square / max(cells, 1e-9) / grid.ordinary
        grid.ordinary = float(np.clip(grid.ordinary * step**_STRIDE, 1e-8, MOST_ORDINARY**2))
    return _levels(strata, kinds, grid, band)


def _levels(strata: list[_Messages], kinds: list[_Alike], grid: Grid, band: tuple[float, float]) -> Posterior:
    """Level of every group against the others of its stratum."""
    start = np.cumsum([0, *[len(stratum.part.weight) for stratum in strata]])
    place = {id(stratum): int(at) for stratum, at in zip(strata, start[:-1], strict=True)}
    rows = [np.array([place[id(s)] + g for s, g in zip(k.strata, k.group, strict=True)]) for k in kinds]
    departures = [_departures(kind, grid) for kind in kinds]
    centre, spread = np.zeros(start[-1]), np.zeros(start[-1])
    for at, (weight, mean, variance, _) in zip(rows, departures, strict=True):
        centre[at] = (weight * mean).sum(1)
        spread[at] = (weight * (variance + mean**2)).sum(1) - centre[at] ** 2
    reference, doubt = np.full(start[-1], np.nan), np.full(start[-1], np.nan)
    for stratum, first, last in zip(strata, start[:-1], start[1:], strict=True):
        others = against_others(stratum.part.weight)
        np.fill_diagonal(others, 0.0)
        reference[first:last], doubt[first:last] = others @ centre[first:last], others**2 @ spread[first:last]
    result = np.full((5, start[-1]), np.nan)
    for at, (weight, mean, variance, apart) in zip(rows, departures, strict=True):
        known = np.isfinite(reference[at])
        weight, at = weight[known], at[known]
        middle = mean[known] + reference[at, None]
        sd = np.sqrt(variance[known] + doubt[at, None])
        below = (weight * ndtr((np.log(band[0]) - middle) / sd)).sum(1)
        above = (weight * ndtr((middle - np.log(band[1])) / sd)).sum(1)
        low, high = (_quantile(weight, middle, sd, level) for level in _TAIL)
        result[:, at] = (weight * middle).sum(1), low, high, np.maximum(below, above), apart[known]
    labels = np.concatenate([stratum.part.known.groups for stratum in strata])
    return Posterior(labels, *result)


def _departures(kind: _Alike, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and variances (B, cases x K) of the cells' departures, and probability of one apart (B,).

    A departure is the practice plus the enterprises' own by share. What is ordinary stays out: of what the lines show
    the practice keeps the share width / (width + ordinary).
    """
    ordinary = grid.ordinary + kind.doubt[:, None]
    keep = grid.width**2 / (grid.width**2 + ordinary)
    none = np.zeros((len(kind.at), 1))
    own = [s.part.share[at[1:] - len(s.part.weight)] for s, at in zip(kind.strata, kind.at, strict=True)]
    share = np.hstack([none, np.array(own).reshape(len(kind.at), -1)])
    weights, means, variances, apart = [], [], [], np.zeros(len(kind.at))
    for case in kind.cases:
        part = share[:, case.who]
        slope = keep + (part * case.slope).sum(1)[:, None]
        weights.append(case.weight)
        means.append((1 - keep) * grid.centre + slope * case.mean + (part * case.at).sum(1)[:, None])
        rest = (part * times(case.cover, part)).sum(1)[:, None]
        variances.append(slope**2 * case.variance + keep * ordinary + rest)
        apart += case.weight.sum(1) if len(case.who) else 0.0
    return np.hstack(weights), np.hstack(means), np.hstack(variances), apart


def _quantile(weight: np.ndarray, mean: np.ndarray, sd: np.ndarray, level: float) -> np.ndarray:
    """Quantiles of B normal mixtures by bisection, (B,)."""
    low, high = (mean - 6 * sd).min(1), (mean + 6 * sd).max(1)
    for _ in range(30):
        middle = (low + high) / 2
        below = (weight * ndtr((middle[:, None] - mean) / sd)).sum(1) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
