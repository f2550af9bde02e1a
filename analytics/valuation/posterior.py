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
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analytics.valuation.dummies import Pair
from analytics.valuation.information import Information
from analytics.valuation.mixed import against_others

SLAB = 0.2  # spread (log) of what an enterprise that stands apart does
_STEP, _LARGEST = 0.01, 0.30
_ROUNDS = 7
_KEPT = 0.4  # damping: how much of a cell's last message stays
_APART = 0.02  # first guess of the probability that a large enterprise stands apart
_PRIOR_ENTERPRISES = 50.0  # enterprises' worth of that guess
_ORDINARY_CELLS = 10.0  # cells' worth of belief in no departure
_SHAPE_CELLS = 7.0  # cells' worth of belief in departures of about 0.08
_ORDINARY, _MOST_ORDINARY = 0.02, 0.025  # spread (log) of honest differences between cells: first guess, and limit
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
    """

    known: Information
    weight: np.ndarray
    group: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class Posterior:
    """Log level of each group against the others, in the order of the strata.

    Attributes
    ----------
    group : labels
    mean, low, high : posterior mean and central 95 %
    outside : probability that the level lies outside the band
    apart : probability that at least one large enterprise stands apart
    """

    group: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    outside: np.ndarray
    apart: np.ndarray


@dataclass
class _Grid:
    """Sizes of a practice with their shares, and how often enterprises stand apart."""

    centre: np.ndarray
    width: np.ndarray
    share: np.ndarray
    pseudo: np.ndarray
    apart: float = _APART
    ordinary: float = _ORDINARY**2  # variance of honest differences between cells, which are no part of a level

    @classmethod
    def start(cls) -> _Grid:
        steps = np.arange(2 * _STEP, _LARGEST + _STEP / 2, _STEP)
        centre = np.concatenate([[0.0, 0.0], steps, -steps])
        width = np.concatenate([[0.003, 0.012], np.full(2 * len(steps), 0.6 * _STEP)])
        shape = np.exp(-0.5 * (centre / 0.08) ** 2) + 0.05
        shape[0] = 0
        shape /= shape.sum()
        share = 0.15 * shape
        share[0] = 0.85
        pseudo = _SHAPE_CELLS * shape
        pseudo[0] = _ORDINARY_CELLS
        return cls(centre, width, share, pseudo)


@dataclass
class _Case:
    """Part of a cell's posterior: some of its large enterprises stand apart, the others do not.

    Attributes
    ----------
    weight : (K,) probability of the case with each size of practice
    mean, variance : (K,) of the cell's departure
    who : positions of those apart among the cell's effects
    cover : covariance of theirs given the cell's departure
    slope, at : their mean is `at` + `slope` x departure
    """

    weight: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    who: np.ndarray
    cover: np.ndarray
    slope: np.ndarray
    at: np.ndarray


def _cases(matrix: np.ndarray, score: np.ndarray, grid: _Grid) -> list[_Case]:
    """Posterior of a cell's departure and of its large enterprises, as a mixture over who stands apart."""
    spread = grid.width**2 + grid.ordinary
    found, logs = [], []
    odds = np.log(grid.apart), np.log1p(-grid.apart)
    for chosen in product((0, 1), repeat=len(score) - 1):
        who = 1 + np.flatnonzero(chosen)
        cover = np.linalg.inv(matrix[np.ix_(who, who)] + np.eye(len(who)) / SLAB**2)
        across, own = matrix[0, who], score[who]
        rest = matrix[0, 0] - across @ cover @ across
        pull = score[0] - across @ cover @ own
        evidence = 0.5 * own @ cover @ own + 0.5 * np.linalg.slogdet(cover)[1] - len(who) * np.log(SLAB)
        evidence += len(who) * odds[0] + (len(score) - 1 - len(who)) * odds[1]
        precision = np.maximum(rest + 1 / spread, 1e-6)
        mean = (pull + grid.centre / spread) / precision
        log = np.log(np.maximum(grid.share, 1e-300)) + evidence + 0.5 * precision * mean**2
        log += -0.5 * grid.centre**2 / spread - 0.5 * np.log(precision * spread)
        logs.append(log)
        found.append(_Case(log, mean, 1 / precision, who, cover, -cover @ across, cover @ own))
    top = max(float(log.max()) for log in logs)
    total = sum(float(np.exp(log - top).sum()) for log in logs)
    for case, log in zip(found, logs, strict=True):
        case.weight = np.exp(log - top) / total
    return found


def _moments(cases: list[_Case], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean (m,) and covariance (m, m) of a cell's effects over its cases."""
    mean, second = np.zeros(size), np.zeros((size, size))
    for case in cases:
        total, first = case.weight.sum(), float(case.weight @ case.mean)
        square = float(case.weight @ (case.mean**2 + case.variance))
        mean[0] += first
        second[0, 0] += square
        mean[case.who] += total * case.at + first * case.slope
        across = case.at * first + case.slope * square
        second[0, case.who] += across
        second[case.who, 0] += across
        mixed = np.outer(case.at, case.slope) * first
        both = total * (case.cover + np.outer(case.at, case.at)) + mixed + mixed.T
        second[np.ix_(case.who, case.who)] += both + square * np.outer(case.slope, case.slope)
    return mean, second - np.outer(mean, mean)


class _Messages:
    """A stratum's cells with what each has told the others: a normal message a cell."""

    def __init__(self, part: Part) -> None:
        self.part = part
        size, groups = len(part.known.score), len(part.weight)
        start = np.where(np.arange(size) < groups, 1 / 0.03**2, 1 / 0.02**2)
        self.precision, self.pull = np.diag(start), np.zeros(size)
        own = [groups + np.flatnonzero(part.group == g) for g in range(groups)]
        self.members = [np.concatenate([[g], at]).astype(np.int64) for g, at in enumerate(own)]
        self.cases: list[list[_Case]] = [[] for _ in self.members]

    def update(self, grid: _Grid) -> None:
        """Judge every cell by its own lines and the others' messages, and renew its message."""
        inverse = np.linalg.inv(self.part.known.matrix + self.precision)
        mean = inverse @ (self.part.known.score + self.pull)
        for number, at in enumerate(self.members):
            block = np.ix_(at, at)
            whole = np.linalg.inv(inverse[block])
            matrix, score = whole - self.precision[block], whole @ mean[at] - self.pull[at]
            cases = self.cases[number] = _cases(matrix, score, grid)
            centre, cover = _moments(cases, len(at))
            message = np.linalg.inv(cover + 1e-7 * np.eye(len(at))) - matrix
            size, axes = np.linalg.eigh((message + message.T) / 2)
            message = (axes * np.clip(size, 1.0, 1e6)) @ axes.T
            pull = (matrix + message) @ centre - score
            self.precision[block] = _KEPT * self.precision[block] + (1 - _KEPT) * message
            self.pull[at] = _KEPT * self.pull[at] + (1 - _KEPT) * pull


def within_strata(estimates: Pair, band: tuple[float, float]) -> pd.DataFrame | None:
    """Posterior of every target, or None where a target reaches over several strata or nothing compares.

    Parameters
    ----------
    estimates : the country-product-dummy pair
    band : levels that are in order

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
        parts.append(Part(told, targets.group_weight[told.groups], group, large.share[told.candidates]))
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
    grid, messages = _Grid.start(), [_Messages(part) for part in parts]
    for _ in range(_ROUNDS):
        share, apart, asked = grid.pseudo.copy(), _APART * _PRIOR_ENTERPRISES, _PRIOR_ENTERPRISES
        square, cells = 0.0, 0.0
        for stratum in messages:
            stratum.update(grid)
            for at, cases in zip(stratum.members, stratum.cases, strict=True):
                asked += len(at) - 1
                for case in cases:
                    share += case.weight
                    apart += float(case.weight.sum()) * len(case.who)
                    square += float(case.weight[0] * (case.mean[0] ** 2 + case.variance[0]))
                    cells += float(case.weight[0])
        grid.share, grid.apart = share / share.sum(), apart / asked
        grid.ordinary = min(square / max(cells, 1e-9), _MOST_ORDINARY**2)
    found = [_levels(stratum, grid, band) for stratum in messages]
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    return Posterior(np.concatenate([p.known.groups for p in parts]), *columns)


def _levels(
    stratum: _Messages, grid: _Grid, band: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean, low, high, probability outside and probability of an enterprise apart, by group."""
    part = stratum.part
    size = len(part.weight)
    mixtures = [_departure(stratum, g, grid) for g in range(size)]
    centre = np.array([w @ m for w, m, _, _ in mixtures])
    spread = np.array([w @ (v + m**2) - (w @ m) ** 2 for w, m, v, _ in mixtures])
    contrast = against_others(part.weight)
    result = np.full((size, 5), np.nan)
    for g, (weight, mean, variance, apart) in enumerate(mixtures):
        others = np.delete(contrast[g], g)
        if not np.isfinite(others).all():
            continue
        at = mean + others @ np.delete(centre, g)
        sd = np.sqrt(variance + others**2 @ np.delete(spread, g))
        inside = weight @ (ndtr((np.log(band[1]) - at) / sd) - ndtr((np.log(band[0]) - at) / sd))
        low, high = (_quantile(weight, at, sd, level) for level in _TAIL)
        result[g] = weight @ at, low, high, 1 - inside, apart
    return result[:, 0], result[:, 1], result[:, 2], result[:, 3], result[:, 4]


def _departure(stratum: _Messages, group: int, grid: _Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Weights, means and variances of a cell's practice plus its enterprises' own, and probability of one apart.

    What is ordinary stays out: of a cell's departure the practice keeps the share width / (width + ordinary).
    """
    keep = grid.width**2 / (grid.width**2 + grid.ordinary)
    weights, means, variances, apart = [], [], [], 0.0
    share = np.concatenate([[0.0], stratum.part.share[stratum.part.group == group]])
    for case in stratum.cases[group]:
        own = share[case.who]
        slope = keep + own @ case.slope
        weights.append(case.weight)
        means.append((1 - keep) * grid.centre + slope * case.mean + own @ case.at)
        variances.append(slope**2 * case.variance + keep * grid.ordinary + own @ case.cover @ own)
        apart += float(case.weight.sum()) if len(case.who) else 0.0
    return np.concatenate(weights), np.concatenate(means), np.concatenate(variances), apart


def _quantile(weight: np.ndarray, mean: np.ndarray, sd: np.ndarray, level: float) -> float:
    """Quantile of a normal mixture by bisection."""
    low, high = float((mean - 6 * sd).min()), float((mean + 6 * sd).max())
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if weight @ ndtr((middle - mean) / sd) < level else (low, middle)
    return (low + high) / 2
