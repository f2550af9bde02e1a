"""What the lines of a stratum say of its groups and of large enterprises within them, all else integrated out.

With the random effects' variances known, the log likelihood of the effects of interest is quadratic: an information
matrix and a score hold all that the lines tell of them. Source: Henderson (1975); McCulloch and Searle (2001), ch. 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from analytics.valuation.regression.strata import Stratum

_DIRECT = 10_000  # random effects up to which the system is factored: beyond, its factors outgrow the memory
_ENTRIES = 4_000_000  # of its matrix, likewise: where all effects meet in a few large cells it is as good as full
# Any solution of the random part leaves the contrasts unbiased; so near, lines in another order give the same levels.
_TOLERANCE = 1e-9
_SLOPE = 1e-4  # prior precision of the slope on log size: diffuse


@dataclass(frozen=True)
class Information:
    """Quadratic log likelihood of a stratum: score' x - x' matrix x / 2.

    Attributes
    ----------
    groups : (G,) labels of the groups, first in order of the effects
    candidates : (C,) numbers of the enterprises with an effect of their own, after the groups
    matrix : (G + C, G + C) information, cells and random effects integrated out
    score : (G + C,)
    """

    groups: np.ndarray
    candidates: np.ndarray
    matrix: np.ndarray
    score: np.ndarray


def information(part: Stratum, own: np.ndarray, prior: np.ndarray, y: np.ndarray) -> tuple[Information, np.ndarray]:
    """Integrate cells, slope and random effects out of the groups and of some enterprises.

    Parameters
    ----------
    part : stratum with its random effects
    own : (n,) number of the enterprise in its group that gets an effect of its own, -1 for none
    prior : (R,) prior precision of each random effect's level, in the order of the design
    y : (n,) log unit values

    Returns
    -------
    Information, and the projected columns of its effects, (n, G + C): their products with y are the score.
    """
    size, n = len(part.groups), len(part.cell)
    candidates, local = np.unique(own, return_inverse=True)
    first = int((candidates < 0).sum())  # the code -1, where there is one
    candidates = candidates[first:]
    at = np.flatnonzero(own >= 0)
    row = np.concatenate([np.arange(n), at])
    group = part.design[:, :size].indices
    column = np.concatenate([group, size + local[at] - first])
    wanted = csr_array((np.ones(len(row)), (row, column)), shape=(n, size + len(candidates))).toarray()
    # The slope is known far too well for a diffuse prior to converge: it is solved with the groups, then eliminated.
    wanted = np.hstack([wanted, part.design[:, size : size + 1].toarray()])
    other = part.design[:, size + 1 :]
    weighted = part.weigh(wanted)
    small = len(prior) <= _DIRECT and _entries(part, other) <= _ENTRIES
    solved = (_factored if small else _conjugate_gradients)(part, other, prior, other.T @ weighted)
    projected = weighted - part.weigh(other @ solved)
    matrix = wanted.T @ projected
    share = matrix[-1, :-1] / (matrix[-1, -1] + _SLOPE)
    projected = projected[:, :-1] - projected[:, -1:] * share
    matrix = wanted[:, :-1].T @ projected
    told = _contrasts((matrix + matrix.T) / 2, projected.T @ y, size)
    return Information(part.groups, candidates, *told), projected


def _contrasts(matrix: np.ndarray, score: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and score without what they say of a shift common to all groups: the price of the goods, and no level."""
    common = matrix[:, :groups].sum(1)
    total = common[:groups].sum()
    if not total > 1e-9 * np.trace(matrix):
        return matrix, score
    return matrix - np.outer(common, common) / total, score - common * (score[:groups].sum() / total)


def _entries(part: Stratum, other: csr_array) -> float:
    """Entries of the random effects' system at most: effects that share a cell meet in it."""
    cells, _ = part.by_cell(other)
    together = np.diff(cells.tocsc().indptr).astype(float)
    return min(float((together**2).sum()), float(other.shape[1]) ** 2)


def _factored(part: Stratum, other: csr_array, prior: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve the random effects' system for several right-hand sides by its sparse factors.

    An effect meets few others, so the factors hold hardly more entries than the matrix (minimum degree: George and Liu
    1989).
    """
    cells, mean = part.by_cell(other)
    weighted = other.multiply(part.precision[:, None]).T.tocsr()
    matrix = weighted @ other - cells @ mean + diags_array(prior)
    options = {"SymmetricMode": True}
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options).solve(right)


def _conjugate_gradients(part: Stratum, other: csr_array, prior: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve the random effects' system for several right-hand sides; the matrix itself is never formed."""
    weighted = other.multiply(part.precision[:, None]).T.tocsr()
    cells, mean = part.by_cell(other)
    diagonal = (weighted.multiply(other.T)).sum(1) - cells.multiply(mean.T).sum(1) + prior

    def times(x: np.ndarray) -> np.ndarray:
        return weighted @ (other @ x) - cells @ (mean @ x) + prior[:, None] * x

    found, active = np.zeros_like(right), np.arange(right.shape[1])
    x, residual = found, right.copy()
    scaled = residual / diagonal[:, None]
    direction = scaled.copy()
    strength = (residual * scaled).sum(0)
    goal = strength * _TOLERANCE**2
    for _ in range(500):
        open_ = strength > goal
        if 2 * open_.sum() <= len(active):  # what is solved already is left alone
            found[:, active] = x
            if not open_.any():
                break
            active, x, residual, direction = active[open_], x[:, open_], residual[:, open_], direction[:, open_]
            strength, goal = strength[open_], goal[open_]
        image = times(direction)
        step = strength / np.maximum((direction * image).sum(0), 1e-300)
        x += step * direction
        residual -= step * image
        scaled = residual / diagonal[:, None]
        fresh = (residual * scaled).sum(0)
        direction = scaled + (fresh / np.maximum(strength, 1e-300)) * direction
        strength = fresh
    found[:, active] = x
    return found
