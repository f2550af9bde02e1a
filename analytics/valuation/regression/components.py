"""Variance components of the mixed model: how far enterprises, contracts and groups scatter beyond their lines.

Source: Rao (1971) for quadratic estimation of variance components.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import lsq_linear

from analytics.valuation.regression.robust import GOOD, MONTH, SEASON, Observations, Weighting
from analytics.valuation.regression.strata import Stratum

_TRUNCATED = 2.0
_SEASON_ROUNDS, _PRIOR_CELLS = 6, 10.0  # rounds; cells' worth of the usual variance in a good's own
NOTHING, MOST = 1e-7, 0.25  # variance (log) of an effect that cannot be told, and the largest that is believed
_FEWEST_LEVELS, _LEAST_INFLUENCE, _RIDGE = 3, 0.01, 1e-3
_TRUNCATED_SQUARE = 0.7737  # mean square of a standard normal within two standard deviations
VARIANCE_START = {
    "enterprise": 0.06**2,
    "enterprise_group": 0.03**2,
    "contract": 0.08**2,
    "product_group": 0.03**2,
    MONTH: 0.05**2,
    GOOD: 0.3**2,  # about its median: as good as free
    SEASON: 0.05**2,
}


def variance_components(
    obs: Observations, parts: list[Stratum], shrinkage: float, start: dict[str, float], rounds: int = 6
) -> dict[str, float]:
    """Estimate the variances of the random effects from weighted squares of their raw effects.

    Each level's raw effect is its moment over its diagonal; the expectation of a weighted sum of their squares is
    linear in the variances, whatever the weights, so equating them is unbiased (quadratic estimation). Levels are
    weighted by how well they are known under the current variances. Effects beyond two standard deviations are left
    out, so that a few enterprises with prices of their own do not pass for the spread of all (truncated moments).

    Parameters
    ----------
    parts : strata with random effects
    shrinkage : error variance in units of 1 / precision
    start : first guess of the variances
    """
    names = list(parts[0].blocks) if parts else []
    if not names:
        return dict(start)
    found = [_raw_effects(part, obs.log_price[part.rows]) for part in parts]
    effect, known_by, influence, block = (np.concatenate(x) for x in zip(*found, strict=True))
    first = np.array([start[name] for name in names])
    size = len(names)
    own = [influence[block == f, f] for f in range(size)]
    # An effect that its group or its cells explain already cannot be told from them: it is taken as nothing.
    told = np.array([len(x) >= _FEWEST_LEVELS and x.mean() >= _LEAST_INFLUENCE for x in own], dtype=bool)
    variance = np.where(told, first, NOTHING)
    if not told.any():
        return {**start, **dict(zip(names, map(float, variance), strict=True))}
    for _ in range(rounds):
        expected = influence @ variance + shrinkage / known_by
        w = np.where(effect < _TRUNCATED**2 * expected, expected**-2.0, 0.0)
        left = np.array([[(w * influence[:, k])[block == f].sum() for k in range(size)] for f in range(size)])
        rest = effect / _TRUNCATED_SQUARE - shrinkage / known_by
        right = np.array([(w * rest)[block == f].sum() for f in range(size)])
        scale = 1 / np.maximum(np.diag(left), 1e-300)
        rows = np.vstack([left * scale[:, None], np.sqrt(_RIDGE) * np.eye(size)])[:, told]
        wanted = np.concatenate([right * scale, np.sqrt(_RIDGE) * first])
        variance = np.full(size, NOTHING)
        variance[told] = np.maximum(lsq_linear(rows, wanted, bounds=(0.0, MOST)).x, NOTHING)
    return {**start, **dict(zip(names, map(float, variance), strict=True))}


def _raw_effects(part: Stratum, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Squared raw effect, information, influence of each effect's variance (L, F), and effect number of every level."""
    f = part.fixed
    fixed, cross = part.fixed_block
    size, axes = np.linalg.eigh((fixed + fixed.T) / 2)
    root = axes / np.sqrt(
        np.maximum(size, size[-1] * 1e-14)
    )  # root @ root.T is the inverse, also where prices are equal
    low = cross.T @ root  # what the fixed effects explain: the block less low @ low.T
    moment = part.moment(y)
    rest = moment[f:] - low @ (root.T @ moment[:f])
    block = part.random_block()
    own = block.diagonal()
    diagonal = own - (low**2).sum(1)
    squared = block.multiply(block).tocsr()
    columns, member = [], np.empty(len(own), dtype=np.int64)
    for number, span in enumerate(part.blocks.values()):
        at = slice(span.start - f, span.stop - f)
        member[at] = number
        inside = squared[:, at].sum(1) - 2 * (low * (block[:, at] @ low[at])).sum(1)
        columns.append(inside + ((low @ (low[at].T @ low[at])) * low).sum(1))
    # A level that its group or its cells already explain says nothing of the variance.
    known = diagonal > 1e-3 * np.maximum(own, 1e-12)
    influence = np.stack(columns, 1)[known] / diagonal[known, None] ** 2
    return (rest[known] / diagonal[known]) ** 2, diagonal[known], influence, member[known]


def season_variance(obs: Observations, fitted: Weighting, variances: dict[str, float]) -> tuple[float, np.ndarray]:
    """Variance (log) of the months of one good about the good and the month of its chapter: usual, and by cell (C,).

    The square of a cell's raw effect is that variance plus those of its lines and of what is left unknown of their
    contracts. The usual one weights cells by how well they are known, those beyond two standard deviations left out;
    a good whose price moves more has one of its own, so that its lines are compared within their months.

    Parameters
    ----------
    obs : Observations with cells
    fitted : first fit, with any variance
    variances : of the other effects
    """
    w, rest = fitted.precision, fitted.residual + fitted.season[obs.cell]
    total, good = np.bincount(obs.cell, w), np.zeros(int(obs.cell.max()) + 1, dtype=np.int64)
    good[obs.cell] = obs.random[GOOD]
    share = w / np.maximum(total, 1e-300)[obs.cell]
    square = np.bincount(obs.cell, share * rest) ** 2
    error = fitted.shrinkage / np.maximum(total, 1e-300)
    if "contract" in obs.random:
        level = obs.random["contract"]
        left = 1 / (1 / variances["contract"] + np.bincount(level, w))
        error = error + np.bincount(obs.cell, share**2 * left[level])
    # With the good's own mean taken off, a good of m cells shows m - 1 of their m differences.
    many = np.bincount(good[total > 0], minlength=int(good.max()) + 1)
    part = 1 - 1 / np.maximum(many, 1)[good]
    told = (total > 0) & (part > 0)
    usual = VARIANCE_START[SEASON]
    for _ in range(_SEASON_ROUNDS if told.sum() >= _FEWEST_LEVELS else 0):
        expected = (usual + error) * np.maximum(part, 0.1)
        weight = np.where(told & (square < _TRUNCATED**2 * expected), part * expected**-2.0, 0.0)
        more = weight * (square / _TRUNCATED_SQUARE - error * part)
        usual = float(np.clip(more.sum() / max((weight * part).sum(), 1e-300), NOTHING, MOST))
    weight = np.where(told, (usual + error) ** -2.0, 0.0)
    prior = _PRIOR_CELLS * np.bincount(good, weight, len(many)) / np.maximum(many, 1)
    own = np.bincount(good, weight * (square - error * part), len(many)) + prior * usual
    own = own / np.maximum(np.bincount(good, weight * part, len(many)) + prior, 1e-300)
    return usual, np.clip(np.where(prior > 0, own, usual), usual / 4, MOST)[good]
