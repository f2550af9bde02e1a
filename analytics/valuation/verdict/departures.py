"""What one cell departs by, given what its lines and the other cells tell: size of a practice, and who stands apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from analytics.valuation.regression.large import APART

_STEP, _LARGEST = 0.01, 0.30
CHANCE_APART = 0.01  # first guess of the probability that a large enterprise stands apart for itself
CHANCE_JOINED, CHANCE_JOINT = 0.04, 0.5  # of a cell in which several do, and of each large enterprise of such a cell
_ORDINARY_CELLS = 10.0  # cells' worth of belief in no departure
_SHAPE_CELLS = 7.0  # cells' worth of belief in departures of about 0.08
_ORDINARY = 0.02  # spread (log) of honest differences between cells: first guess


@dataclass
class Grid:
    """Sizes of a practice with their shares, and how often enterprises stand apart, alone or together."""

    centre: np.ndarray
    width: np.ndarray
    share: np.ndarray
    pseudo: np.ndarray
    apart: float = CHANCE_APART
    joined: float = CHANCE_JOINED
    joint: float = CHANCE_JOINT
    ordinary: float = _ORDINARY**2  # variance of honest differences between cells, which are no part of a level
    own: pd.DataFrame | None = None  # of large enterprises (`name`) of the cells: what their other chapters tell

    def chance(self, apart: int, size: int) -> tuple[float, float]:
        """Probability that just these `apart` of `size` large enterprises stand apart, and that they do it together.

        In most cells each does with a small chance of its own; in a few it is usual among the large ones. So one who is
        seen to stand apart makes it likelier of the others.
        """
        alone = (1 - self.joined) * self.apart**apart * (1 - self.apart) ** (size - apart)
        together = self.joined * self.joint**apart * (1 - self.joint) ** (size - apart)
        return alone + together, together / (alone + together)

    @classmethod
    def start(cls) -> Grid:
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
class Case:
    """Part of the posterior of B cells: some of their large enterprises stand apart, the others do not.

    Attributes
    ----------
    weight : (B, K) probability of the case with each size of practice
    mean, variance : (B, K) of the cell's departure
    who : (w,) positions of those apart among a cell's effects
    cover : (B, w, w) covariance of theirs given the cell's departure
    slope, at : (B, w) their mean is `at` + `slope` x departure
    """

    weight: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    who: np.ndarray
    cover: np.ndarray
    slope: np.ndarray
    at: np.ndarray


def cases(matrix: np.ndarray, score: np.ndarray, doubt: np.ndarray, grid: Grid) -> list[Case]:
    """Posterior of B cells' departures and large enterprises, as a mixture over who stands apart.

    Parameters
    ----------
    matrix, score : (B, m, m) and (B, m), what each cell's lines and the other cells tell of its effects
    doubt : (B,) variance of what the mix of grades may still add
    """
    spread = grid.width**2 + grid.ordinary + doubt[:, None]
    found = []
    size = score.shape[1] - 1
    for chosen in product((0, 1), repeat=size):
        who = 1 + np.flatnonzero(chosen)
        cover = np.linalg.inv(matrix[:, who[:, None], who] + np.eye(len(who)) / APART**2)
        across, own = matrix[:, 0, who], score[:, who]
        slope, at = -times(cover, across), times(cover, own)
        rest = matrix[:, 0, 0] + (across * slope).sum(1)
        pull = score[:, 0] - (across * at).sum(1)
        evidence = 0.5 * (own * at).sum(1) + 0.5 * np.linalg.slogdet(cover)[1] - len(who) * np.log(APART)
        evidence += np.log(grid.chance(len(who), size)[0])
        precision = np.maximum(rest[:, None] + 1 / spread, 1e-6)
        mean = (pull[:, None] + grid.centre / spread) / precision
        log = np.log(np.maximum(grid.share, 1e-300)) + evidence[:, None] + 0.5 * precision * mean**2
        log += -0.5 * grid.centre**2 / spread - 0.5 * np.log(precision * spread)
        found.append(Case(log, mean, 1 / precision, who, cover, slope, at))
    top = np.max([case.weight.max(1) for case in found], axis=0)
    for case in found:
        case.weight = np.exp(case.weight - top[:, None])
    total = np.sum([case.weight.sum(1) for case in found], axis=0)
    for case in found:
        case.weight /= total[:, None]
    return found


def times(matrix: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Products of B matrices (B, w, w) with B vectors (B, w)."""
    return (matrix @ x[:, :, None])[:, :, 0]


def _outer(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Outer products of B vectors each, (B, w, w)."""
    return x[:, :, None] * y[:, None, :]


def moments(cases: list[Case], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Means (B, m) and covariances (B, m, m) of the cells' effects over their cases."""
    count = len(cases[0].weight)
    mean, second = np.zeros((count, size)), np.zeros((count, size, size))
    for case in cases:
        total, first = case.weight.sum(1)[:, None], (case.weight * case.mean).sum(1)[:, None]
        square = (case.weight * (case.mean**2 + case.variance)).sum(1)[:, None]
        mean[:, 0] += first[:, 0]
        second[:, 0, 0] += square[:, 0]
        mean[:, case.who] += total * case.at + first * case.slope
        across = case.at * first + case.slope * square
        second[:, 0, case.who] += across
        second[:, case.who, 0] += across
        mixed = _outer(case.at, case.slope) * first[:, :, None]
        both = total[:, :, None] * (case.cover + _outer(case.at, case.at)) + mixed + mixed.transpose(0, 2, 1)
        second[:, case.who[:, None], case.who] += both + square[:, :, None] * _outer(case.slope, case.slope)
    return mean, second - _outer(mean, mean)
