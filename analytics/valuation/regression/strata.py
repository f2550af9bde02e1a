"""Strata of the country-product-dummy regressions: the lines of a chapter with their design matrix, cells absorbed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from analytics.valuation.regression.robust import SEASON, Observations

Variances = Mapping[str, float | np.ndarray]  # of a random effect, or of each of its levels

DIFFUSE = 1e4  # prior variance of group levels and slopes: no more than a guard against singular systems
_NEGLIGIBLE = 2e-6  # variance (log) below which a random effect is left out


@dataclass(frozen=True)
class Stratum:
    """One regression: the lines of a chapter with their design matrix, cells absorbed.

    Attributes
    ----------
    rows : positions of the lines among all observations
    groups : labels of the groups, in the order of the first columns
    design : (n, K) one column a group, one for log size, then one a level of each random effect
    cell, cells : code and number of cells
    tie : (cells,) precision with which each cell's price is tied to that of its good; 0 where cells are free
    precision : (n,) weights
    blocks : columns of each random effect
    labels : the level behind each of these columns
    """

    rows: np.ndarray
    groups: np.ndarray
    design: csr_array
    cell: np.ndarray
    cells: int
    tie: np.ndarray
    precision: np.ndarray
    blocks: dict[str, slice]
    labels: dict[str, np.ndarray]

    @property
    def fixed(self) -> int:
        """Number of fixed effects: one a group, and the slope on log size."""
        return len(self.groups) + 1

    @cached_property
    def _by_cell(self) -> csr_array:
        n = len(self.cell)
        return csr_array((self.precision, (self.cell, np.arange(n))), shape=(self.cells, n))

    @cached_property
    def _total(self) -> np.ndarray:
        """Weight of each cell and of what ties it: what is absorbed of a cell's mean, over its own weight."""
        return np.bincount(self.cell, self.precision, self.cells) + self.tie

    @cached_property
    def _mean(self) -> csr_array:
        """Weighted mean of each column by cell, (cells, K)."""
        return (self._by_cell @ self.design).multiply(1 / self._total[:, None]).tocsr()

    @cached_property
    def _weighted(self) -> csr_array:
        return self.design.multiply(self.precision[:, None]).tocsr()

    @cached_property
    def _transposed(self) -> tuple[csr_array, csr_array]:
        return self._weighted.T.tocsr(), (self._by_cell @ self.design).T.tocsr()

    def normal(self, x: np.ndarray) -> np.ndarray:
        """Product of the cell-absorbed normal matrix (K, K) with x."""
        rows, cells = self._transposed
        return rows @ (self.design @ x) - cells @ (self._mean @ x)

    def by_cell(self, columns: csr_array) -> tuple[csr_array, csr_array]:
        """Weighted sums of some columns by cell, transposed (K, cells), and their weighted means (cells, K)."""
        sums = self._by_cell @ columns
        return sums.T.tocsr(), sums.multiply(1 / self._total[:, None]).tocsr()

    def weigh(self, x: np.ndarray) -> np.ndarray:
        """Columns less their weighted cell means, times the weights, (n, k)."""
        return self.precision[:, None] * (x - ((self._by_cell @ x) / self._total[:, None])[self.cell])

    def absorb(self, x: np.ndarray) -> np.ndarray:
        """Fitted values less their weighted cell means, (n, k), for coefficients x (K, k)."""
        return self.design @ x - (self._mean @ x)[self.cell]

    @cached_property
    def fixed_block(self) -> tuple[np.ndarray, np.ndarray]:
        """Normal matrix of the fixed effects (f, f), and of fixed by random effects (f, K - f)."""
        f = self.fixed
        unit = np.zeros((self.design.shape[1], f))
        unit[:f] = np.eye(f)
        columns = self.normal(unit)
        return columns[:f] + np.eye(f) / DIFFUSE, columns[f:].T

    def moment(self, y: np.ndarray) -> np.ndarray:
        """Cell-absorbed moment of y (n,) with each column, (K,)."""
        centred = y - (self._by_cell @ y / self._total)[self.cell]
        return self._weighted.T @ centred

    def random_block(self) -> csr_array:
        """Cell-absorbed normal matrix of the random effects, sparse."""
        f = self.fixed
        z, mean = self.design[:, f:], self._mean[:, f:]
        return (z.T @ self._weighted[:, f:] - (self._by_cell @ z).T @ mean).tocsr()


def strata(obs: Observations, precision: np.ndarray, variances: Variances | None) -> Iterator[Stratum]:
    """Build the design of every stratum.

    Parameters
    ----------
    precision : (N,) weights
    variances : random effects that get columns, unless negligible; None for the fixed effects alone
    """
    names = [n for n in obs.random if variances is not None and np.max(variances[n]) > _NEGLIGIBLE]
    order = np.argsort(obs.stratum, kind="stable")
    ends = np.cumsum(np.bincount(obs.stratum))
    for part in np.split(order, ends[:-1]):
        rows = part[precision[part] > 0]
        if len(rows):
            yield _stratum(obs, precision[rows], rows, names, None if variances is None else variances.get(SEASON))


def _stratum(
    obs: Observations, w: np.ndarray, rows: np.ndarray, names: list[str], season: float | np.ndarray | None
) -> Stratum:
    groups, group = np.unique(obs.group[rows], return_inverse=True)
    of_cell, cell = np.unique(obs.cell[rows], return_inverse=True)
    tie = np.zeros(len(of_cell)) if season is None else 1 / of_levels(season, of_cell)
    n, at = len(rows), len(groups) + 1
    size = obs.log_size[rows]
    columns, data = [group, np.full(n, len(groups))], [np.ones(n), size - size.mean()]
    blocks: dict[str, slice] = {}
    labels: dict[str, np.ndarray] = {}
    for name in names:
        labels[name], local = np.unique(obs.random[name][rows], return_inverse=True)
        blocks[name] = slice(at, at + len(labels[name]))
        columns.append(local + at)
        data.append(np.ones(n))
        at += len(labels[name])
    row = np.tile(np.arange(n), len(columns))
    design = csr_array((np.concatenate(data), (row, np.concatenate(columns))), shape=(n, at))
    return Stratum(rows, groups, design, cell, len(of_cell), tie, w, blocks, labels)


def of_levels(variance: float | np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Variance of each of some levels of a random effect."""
    return np.broadcast_to(variance, labels.shape) if np.ndim(variance) == 0 else np.asarray(variance)[labels]
