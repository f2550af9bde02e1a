"""The country-product-dummy pair: a mixed model for systematic price differences and a value-weighted regression.

Both are linear in the log unit values once robust weights are fixed, so one rule gives the variance of either: the
squared influence of each enterprise, enterprise x group, product x group and line, times its variance component.
Cells are absorbed; what is left is solved stratum by stratum (chapter by chapter). Sources: Summers (1973); Rao (2005);
Henderson (1975) for the mixed model equations; Rao (1971) for quadratic estimation of variance components.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import nnls
from scipy.sparse import csc_array, csr_array
from threadpoolctl import threadpool_limits

from analytics.valuation.robust import Observations

_DIFFUSE = 1e4  # prior variance of group levels and slopes: no more than a guard against singular systems
VARIANCE_START = {"enterprise": 0.06**2, "enterprise_group": 0.03**2, "product_group": 0.03**2}


@dataclass(frozen=True)
class Stratum:
    """One regression: the lines of a chapter, with design matrix and cell-absorbed normal equations."""

    rows: np.ndarray
    groups: np.ndarray
    design: csr_array
    cell: np.ndarray
    cells: int
    precision: np.ndarray
    normal: np.ndarray
    moment: np.ndarray
    blocks: dict[str, slice]

    @property
    def fixed(self) -> int:
        """Number of fixed effects: one a group, and the slope on log size."""
        return len(self.groups) + 1

    def absorb(self, x: np.ndarray) -> np.ndarray:
        """Deviation of the columns of x (n, k) from their weighted cell means."""
        total = np.bincount(self.cell, self.precision, self.cells)
        keep = csr_array((self.precision, (self.cell, np.arange(len(self.cell)))), shape=(self.cells, len(self.cell)))
        means = (keep @ x) / np.where(total > 0, total, 1.0)[:, None]
        return x - means[self.cell]


def _local(code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels, local = np.unique(code, return_inverse=True)
    return labels, local


def strata(obs: Observations, precision: np.ndarray, *, random: bool = True) -> Iterator[Stratum]:
    """Build the cell-absorbed normal equations of every stratum.

    Parameters
    ----------
    precision : (N,) weights
    random : bool
        With the columns of the random effects, or the fixed effects alone.
    """
    order = np.argsort(obs.stratum, kind="stable")
    ends = np.cumsum(np.bincount(obs.stratum))
    for rows in np.split(order, ends[:-1]):
        rows = rows[precision[rows] > 0]
        if len(rows):
            yield _stratum(obs, precision[rows], rows, random)


def _stratum(obs: Observations, w: np.ndarray, rows: np.ndarray, random: bool) -> Stratum:
    groups, group = _local(obs.group[rows])
    _, cell = _local(obs.cell[rows])
    cells, n = int(cell.max()) + 1, len(rows)
    columns, data, blocks, at = [group], [np.ones(n)], {}, len(groups) + 1
    columns.append(np.full(n, len(groups)))
    size = obs.log_size[rows]
    data.append(size - size.mean())
    for name, code in obs.random.items() if random else ():
        labels, local = _local(code[rows])
        blocks[name] = slice(at, at + len(labels))
        columns.append(local + at)
        data.append(np.ones(n))
        at += len(labels)
    row = np.tile(np.arange(n), len(columns))
    design = csr_array((np.concatenate(data), (row, np.concatenate(columns))), shape=(n, at))
    by_cell = csr_array((w, (cell, np.arange(n))), shape=(cells, n))
    total = by_cell.sum(1)
    crossed = (by_cell @ design).tocsr()
    scaled = crossed.multiply(1 / total[:, None]).tocsr()
    weighted = design.multiply(w[:, None]).tocsr()
    normal = (design.T @ weighted - crossed.T @ scaled).toarray()
    y = obs.log_price[rows] - (by_cell @ obs.log_price[rows] / total)[cell]
    moment = weighted.T @ y - scaled.T @ (by_cell @ y)
    return Stratum(rows, groups, design, cell, cells, w, normal, moment, blocks)


def variance_components(
    parts: list[Stratum], shrinkage: float, start: dict[str, float], rounds: int = 4
) -> dict[str, float]:
    """Estimate the variances of the random effects from weighted squares of their raw effects.

    Each level's raw effect is its moment over its diagonal; the expectation of a weighted sum of their squares is
    linear in the variances, whatever the weights, so equating them is unbiased (quadratic estimation). Levels are
    weighted by how well they are known under the current variances.

    Parameters
    ----------
    parts : strata with random effects
    shrinkage : error variance in units of 1 / precision
    start : first guess of the variances
    """
    names = list(parts[0].blocks) if parts else []
    if not names:
        return dict(start)
    raw, diagonal, squares, member = [], [], [], []
    for part in parts:
        k = part.fixed
        fixed = part.normal[:k, :k] + np.eye(k) / _DIFFUSE
        cross = np.linalg.solve(fixed, part.normal[:k, k:])
        rest = part.normal[k:, k:] - part.normal[:k, k:].T @ cross
        moment = part.moment[k:] - cross.T @ part.moment[:k]
        d = np.diag(rest).copy()
        known = d > 1e-6
        raw.append((moment[known] / d[known]) ** 2)
        diagonal.append(d[known])
        rest *= rest
        spans = [slice(s.start - k, s.stop - k) for s in part.blocks.values()]
        squares.append(np.stack([rest[:, s].sum(1)[known] for s in spans], 1) / d[known, None] ** 2)
        member.append(np.concatenate([np.full(s.stop - s.start, f) for f, s in enumerate(spans)])[known])
    effect, known_by, influence, block = (np.concatenate(x) for x in (raw, diagonal, squares, member))
    variance = np.array([start[name] for name in names])
    for _ in range(rounds):
        expected = influence @ variance + shrinkage / known_by
        w = expected**-2.0
        size = len(names)
        left = np.array([[(w * influence[:, k])[block == f].sum() for k in range(size)] for f in range(size)])
        right = np.array([(w * (effect - shrinkage / known_by))[block == f].sum() for f in range(size)])
        scale = 1 / np.maximum(np.diag(left), 1e-300)
        variance, _ = nnls(left * scale[:, None], right * scale)
        variance = np.maximum(variance, 1e-7)
    return dict(zip(names, map(float, variance), strict=True))


@dataclass(frozen=True)
class Estimate:
    """Log level of each target against the weighted others.

    Attributes
    ----------
    log : (H,) estimate; missing where nothing compares
    error : (H,) standard error
    enterprises : (H,) effective number of enterprises behind the estimate; missing without enterprises
    """

    log: np.ndarray
    error: np.ndarray
    enterprises: np.ndarray


@dataclass(frozen=True)
class Targets:
    """What is to be estimated: groups of strata, compared within their stratum and averaged over strata.

    Attributes
    ----------
    group_weight : (G,) value of each group, its weight among "the others"
    base : (G,) True for groups that serve as the reference; None compares each group with all others
    target : (G,) target each group belongs to
    count : number of targets, H
    """

    group_weight: np.ndarray
    base: np.ndarray | None
    target: np.ndarray
    count: int

    def contrast(self, groups: np.ndarray) -> np.ndarray:
        """Contrast matrix of a stratum's groups; rows without anything to compare with are missing."""
        weight = self.group_weight[groups]
        if self.base is None:
            return against_others(weight)
        share = np.where(self.base[groups], weight, 0.0)
        if share.sum() <= 0:
            return np.full((len(groups), len(groups)), np.nan)
        return np.eye(len(groups)) - share / share.sum()


def against_others(weight: np.ndarray) -> np.ndarray:
    """Contrast matrix (G, G): each group against the weighted mean of the others."""
    total = weight.sum() - weight
    full = np.broadcast_to(weight, (len(weight), len(weight)))
    contrast = -np.divide(full, total[:, None], out=np.full(full.shape, np.nan), where=total[:, None] > 0)
    np.fill_diagonal(contrast, np.where(total > 0, 1.0, np.nan))
    return contrast


def estimate(
    obs: Observations, parts: list[Stratum], variances: dict[str, float], targets: Targets, noise: np.ndarray
) -> Estimate:
    """Levels of the targets with standard errors, for either weighting.

    Parameters
    ----------
    parts : strata, with random effects (generalised least squares) or without (weighted least squares)
    variances : variance components
    targets : what is compared with what
    noise : (N,) error variance of each observation

    Notes
    -----
    The influence of every observation on every target is known, so the variance of a target is the sum over random
    effects of variance x squared influence of each level; an enterprise in several chapters is one level throughout.
    """
    with threadpool_limits(1):
        return _estimate(obs, parts, variances, targets, noise)


def _estimate(
    obs: Observations, parts: list[Stratum], variances: dict[str, float], targets: Targets, noise: np.ndarray
) -> Estimate:
    log, variance, share = np.zeros(targets.count), np.zeros(targets.count), np.zeros(targets.count)
    solved = []
    for part in parts:
        contrast = targets.contrast(part.groups)
        known = np.isfinite(contrast).all(1)
        if len(part.groups) > 1 and known.any():
            solved.append((part, known, *_influence(part, contrast[known], variances)))
            np.add.at(share, targets.target[part.groups[known]], targets.group_weight[part.groups[known]])
    levels: dict[str, list[np.ndarray]] = {name: [] for name in obs.random}
    for part, known, influence, effect in solved:
        groups = part.groups[known]
        target = targets.target[groups]
        weight = targets.group_weight[groups] / share[target]
        np.add.at(log, target, weight * effect)
        np.add.at(variance, target, weight**2 * ((influence**2).T @ noise[part.rows]))
        for name, code in obs.random.items():
            labels, local = np.unique(code[part.rows], return_inverse=True)
            shape = (len(labels), len(local))
            sums = csr_array((np.ones(len(local)), (local, np.arange(len(local)))), shape=shape) @ influence
            at = np.stack([np.repeat(labels, len(target)), np.tile(target, len(labels)), (sums * weight).ravel()])
            levels[name].append(at)
    enterprises = np.full(targets.count, np.nan)
    for name, found in levels.items():
        total, square = _by_level(found, targets.count)
        variance += variances[name] * square
        if name == "enterprise":
            enterprises = np.divide(total**2, square, out=enterprises, where=square > 0)
    log[share <= 0], variance[share <= 0] = np.nan, np.nan
    return Estimate(log, np.sqrt(variance), enterprises)


def _by_level(found: list[np.ndarray], targets: int) -> tuple[np.ndarray, np.ndarray]:
    """Sum of absolute and of squared influences of the levels of a random effect, by target."""
    if not found:
        return np.zeros(targets), np.zeros(targets)
    level, target, value = np.concatenate(found, axis=1)
    table = csc_array((value, (level.astype(np.int64), target.astype(np.int64))), shape=(int(level.max()) + 1, targets))
    return np.abs(table).sum(0), (table**2).sum(0)


def _influence(part: Stratum, contrast: np.ndarray, variances: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Influence of each line on each contrast (n, k), and the contrasts themselves (k,)."""
    system = part.normal.copy()
    system[np.diag_indices(part.fixed)] += 1 / _DIFFUSE
    for name, span in part.blocks.items():
        at = np.arange(span.start, span.stop)
        system[at, at] += 1 / variances[name]
    factor = cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
    right = np.zeros((len(part.moment), len(contrast)))
    right[: len(part.groups)] = contrast.T
    solved = cho_solve(factor, right, check_finite=False)
    influence = part.precision[:, None] * part.absorb(part.design @ solved)
    return influence, solved.T @ part.moment
