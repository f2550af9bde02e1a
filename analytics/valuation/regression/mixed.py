"""The country-product-dummy pair: a mixed model for systematic price differences and a value-weighted regression.

Both are linear in the log unit values once robust weights are fixed, so one rule gives the variance of either: the
squared influence of each enterprise, enterprise x group, product x group and line, times its variance component
(`components`).
What is left after the cells is solved stratum by stratum (`strata`). Sources: Summers (1973); Rao (2005);
Henderson (1975) for the mixed model equations.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csc_array, csr_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.valuation.regression.information import Information, information
from analytics.valuation.regression.robust import SEASON, Observations
from analytics.valuation.regression.strata import DIFFUSE, Stratum, Variances, of_levels


@dataclass(frozen=True)
class Estimate:
    """Log level of each target against the weighted others.

    Attributes
    ----------
    log : (H,) estimate; missing where nothing compares
    error : (H,) standard error
    enterprises : (H,) effective number of enterprises behind both sides of the estimate; missing without enterprises
    information : what the lines of each stratum say of its groups, where there are random effects
    """

    log: np.ndarray
    error: np.ndarray
    enterprises: np.ndarray
    information: list[Information] = field(default_factory=list)


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
    obs: Observations, parts: list[Stratum], variances: Variances, targets: Targets, noise: np.ndarray, own: np.ndarray
) -> Estimate:
    """Levels of the targets with standard errors, for either weighting.

    Parameters
    ----------
    parts : strata, with random effects (generalised least squares) or without (weighted least squares)
    variances : variance components
    targets : what is compared with what
    noise : (N,) error variance of each observation
    own : (N,) number of the large enterprise that an observation belongs to, -1 for none (see `information`)

    Notes
    -----
    The influence of every observation on every target is known, so the variance of a target is the sum over random
    effects of variance x squared influence of each level; an enterprise in several chapters is one level throughout.
    """
    with threadpool_limits(1):
        return _estimate(obs, parts, variances, targets, noise, own)


def _estimate(
    obs: Observations, parts: list[Stratum], variances: Variances, targets: Targets, noise: np.ndarray, own: np.ndarray
) -> Estimate:
    log, variance, share = np.zeros(targets.count), np.zeros(targets.count), np.zeros(targets.count)
    solved, told_all = [], []
    for part in parts:
        contrast = targets.contrast(part.groups)
        known = np.isfinite(contrast).all(1)
        if len(part.groups) > 1 and known.any():
            y = obs.log_price[part.rows]
            influence, effect, told = _influence(part, contrast[known], variances, y, own[part.rows])
            solved.append((part, known, influence, effect))
            told_all += [told] if told is not None else []
            np.add.at(share, targets.target[part.groups[known]], targets.group_weight[part.groups[known]])
    effects = {SEASON: obs.cell, **obs.random} if SEASON in variances else obs.random
    levels: dict[str, list[np.ndarray]] = {name: [] for name in effects}
    for part, known, influence, effect in solved:
        groups = part.groups[known]
        target = targets.target[groups]
        weight = targets.group_weight[groups] / share[target]
        np.add.at(log, target, weight * effect)
        np.add.at(variance, target, weight**2 * ((influence**2).T @ noise[part.rows]))
        for name, code in effects.items():
            labels, local = np.unique(code[part.rows], return_inverse=True)
            shape = (len(labels), len(local))
            sums = csr_array((np.ones(len(local)), (local, np.arange(len(local)))), shape=shape) @ influence
            at = np.stack([np.repeat(labels, len(target)), np.tile(target, len(labels)), (sums * weight).ravel()])
            levels[name].append(at)
    enterprises = np.full(targets.count, np.nan)
    for name, found in levels.items():
        total, square, spread = _by_level(found, targets.count, variances[name])
        variance += spread
        if name == "enterprise":
            enterprises = np.divide(total**2, square, out=enterprises, where=square > 0)
    log[share <= 0], variance[share <= 0] = np.nan, np.nan
    return Estimate(log, np.sqrt(variance), enterprises, told_all)


def _by_level(found: list[np.ndarray], targets: int, variance: float | np.ndarray) -> tuple[np.ndarray, ...]:
    """Sum of absolute influences, of squared ones and of squared ones times variance, by target."""
    if not found:
        return np.zeros(targets), np.zeros(targets), np.zeros(targets)
    level, target, value = np.concatenate(found, axis=1)
    shape = (int(level.max()) + 1, targets)
    table = csc_array((value, (level.astype(np.int64), target.astype(np.int64))), shape=shape)
    square = table**2
    return np.abs(table).sum(0), square.sum(0), square.T @ of_levels(variance, np.arange(shape[0]))


def _influence(
    part: Stratum, contrast: np.ndarray, variances: Variances, y: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Information | None]:
    """Influence of each line on each contrast (n, k), the contrasts themselves (k,), and what they come from."""
    size = len(part.groups)
    if part.blocks:
        prior = np.concatenate([1 / of_levels(variances[n], labels) for n, labels in part.labels.items()])
        known, projected = information(part, own, prior, y)
        # Not the symmetric matrix: with this one the influences add up exactly, however far the solver got.
        group = csr_array(part.design[:, :size])
        fixed = group.T @ projected[:, :size] + np.eye(size) / DIFFUSE
        influence = projected[:, :size] @ np.linalg.solve(fixed, contrast.T)
        return influence, influence.T @ y, known
    fixed, _ = part.fixed_block
    wanted = np.zeros((part.fixed, len(contrast)))
    wanted[:size] = contrast.T
    influence = part.precision[:, None] * part.absorb(np.linalg.solve(fixed, wanted))
    total = np.bincount(part.cell, part.precision, part.cells)
    centred = y - (np.bincount(part.cell, part.precision * y, part.cells) / total)[part.cell]
    return influence, influence.T @ centred, None
