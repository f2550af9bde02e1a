"""Levels put back on what alignment took off, against the bulk of the others.

The fine model compares aligned prices. What a group's lines were moved by comes back by value, exactly: the value of
its lines over the same at aligned prices. And the reference is the bulk of the others, not their mean: one guilty
district of four must not push the three innocent ones out of the band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.valuation.comparison.keys import contrasted
from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.regression.mixed import against_others

BULK = 0.05  # log distance from the others' weighted median within which they are the bulk
_GOODS = ("product", "unit", "like")
_MOVED = 0.5  # share of a group's value that alignment moved, from which on its fine contrast is not drawn towards zero


@dataclass(frozen=True)
class Restored:
    """What alignment took off each target, in the order of the targets, (H,).

    Attributes
    ----------
    log : log of value over value at aligned prices
    share : share of the value that alignment moved
    goods : sum of squared shares of the target's goods: 1 where it holds one
    contracts : the same of its contracts, enterprise x goods
    family : code of the targets that are compared with each other
    weight : value at aligned prices
    doubt : variance of `log`, where it is not known which lines belong to a practice
    base : True for the targets of the base period, which the others are compared with; None for none
    """

    log: np.ndarray
    share: np.ndarray
    goods: np.ndarray
    contracts: np.ndarray
    family: np.ndarray
    weight: np.ndarray
    doubt: np.ndarray
    base: np.ndarray | None = None

    @property
    def moved(self) -> np.ndarray:
        """True where most of the value was moved, (H,)."""
        return self.share >= _MOVED

    def against_bulk(self, contrast: np.ndarray) -> np.ndarray:
        """Log levels against the bulk of the others, from contrasts of aligned prices against all others, (H,).

        Over time against the base period and nothing else: were most periods dear, the bulk would call them 1.
        """
        result = np.full(len(contrast), np.nan)
        for code in np.unique(self.family):
            at = np.flatnonzero((self.family == code) & np.isfinite(contrast))
            if self.base is not None:
                then = at[self.base[at]]
                usual = np.average(self.log[then], weights=self.weight[then]) if len(then) else np.nan
                result[at] = contrast[at] + self.log[at] - usual
            elif len(at) > 1:
                weight = self.weight[at]
                effect = (1 - weight / weight.sum()) * contrast[at]
                total = effect + self.log[at]
                every = against_others(weight)
                np.fill_diagonal(every, 0.0)
                result[at] = contrast[at] + self.log[at] - every @ effect - bulk(total, weight) @ total
        return result


def restored(compared: pd.DataFrame, keys: pd.DataFrame, by: Sequence[str], base_period: str | None) -> Restored:
    """What alignment took off each of `keys`.

    Parameters
    ----------
    compared : DataFrame, one row a cell, group and enterprise: columns of `by`, product, unit, value, aligned_value
    keys : DataFrame of the targets, columns `by`
    """
    names = list(by)
    moved = np.abs(np.log(compared["value"] / compared["aligned_value"])) > 1e-9
    frame = compared.assign(moved_value=compared["aligned_value"].where(moved, 0.0))
    sums = frame.groupby(names, observed=True)[["value", "aligned_value", "moved_value", "aligned_doubt"]].sum()
    goods, contracts = (
        frame.groupby(list(dict.fromkeys([*names, *parts])), observed=True)["aligned_value"].sum()
        for parts in (_GOODS, (*_GOODS, "origin", "enterprise"))
    )
    square, of_contracts = (part.pow(2).groupby(level=names).sum() for part in (goods, contracts))
    index = pd.MultiIndex.from_frame(keys[names]) if len(names) > 1 else pd.Index(keys[names[0]])
    found = sums.reindex(index)
    aligned = found["aligned_value"].to_numpy()
    fixed = [c for c in names if c not in contrasted(by, base_period)]
    family = keys.groupby(fixed, sort=True).ngroup().to_numpy() if fixed else np.zeros(len(keys), dtype=np.int64)
    return Restored(
        log=np.log(found["value"].to_numpy() / aligned),
        share=found["moved_value"].to_numpy() / aligned,
        goods=square.reindex(index).to_numpy() / aligned**2,
        contracts=of_contracts.reindex(index).to_numpy() / aligned**2,
        family=family,
        weight=aligned,
        doubt=found["aligned_doubt"].to_numpy() / aligned**2,
        base=(keys["period"] == base_period).to_numpy() if base_period is not None else None,
    )


def put_back(estimates: Pair, back: Restored) -> pd.DataFrame:
    """Both regressions against the bulk of the others, with what alignment took off put back."""
    ordinary = estimates.variances.get("cell", 0.0)
    return estimates.keys.assign(
        log_level=back.against_bulk(estimates.mixed.log),
        sampling=estimates.mixed.error,
        error=np.sqrt(estimates.mixed.error**2 + ordinary + back.doubt),
        log_weighted=back.against_bulk(estimates.weighted.log),
        weighted_error=np.sqrt(estimates.weighted.error**2 + ordinary + back.doubt),
        enterprises=estimates.mixed.enterprises,
        moved_share=back.share,
    )


def bulk(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weights of the others that make each group's reference, (G, G): those near the weighted median of all.

    Of three and more groups none outweighs the rest, so that a large one alone is never the bulk; where nobody is near
    the middle, as with two groups that differ, the nearest others are the reference.
    """
    size = len(total)
    bounded = weight.astype(float)
    if size > 2:
        top = int(np.argmax(bounded))
        bounded[top] = min(bounded[top], 0.9 * (bounded.sum() - bounded[top]))
    if not bounded.sum() > 0:
        return np.full((size, size), np.nan)
    order = np.argsort(total, kind="stable")
    away = np.abs(total - _middle(total[order], bounded[order]))
    off = np.where(np.eye(size, dtype=bool), np.inf, away[None, :])
    reach = np.maximum(BULK, off.min(axis=1)) + 1e-12
    chosen = np.where((off <= reach[:, None]) & np.isfinite(off), weight[None, :], 0.0)
    sums = chosen.sum(axis=1, keepdims=True)
    return np.divide(chosen, sums, out=np.full((size, size), np.nan), where=sums > 0)


def _middle(ordered: np.ndarray, weight: np.ndarray) -> float:
    """Weighted median of values in ascending order."""
    reached = np.cumsum(weight)
    half, slack = reached[-1] / 2, 1e-9 * reached[-1]
    low = ordered[min(int(np.searchsorted(reached, half - slack)), len(ordered) - 1)]
    high = ordered[min(int(np.searchsorted(reached, half + slack)), len(ordered) - 1)]
    return float((low + high) / 2)
