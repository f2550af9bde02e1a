"""Elementary indices put together along a classification, with missing ones imputed from the level above."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.index_numbers.panel import IndexNumberError


def aggregate(
    elementary: pd.DataFrame,
    hierarchy: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    *,
    order: float = 1.0,
    chained: bool = True,
) -> pd.DataFrame:
    """Aggregate elementary price indices to every level of a classification.

    Parameters
    ----------
    elementary : DataFrame
        Period-on-period relatives, one row an elementary aggregate (index), one column a period, in order; missing
        where
        nothing was priced. The first column is the base and is taken as 1.
    hierarchy : DataFrame
        One row an elementary aggregate (index), one column a level from the top down, holding the names of the
        aggregates above it. Empty elementary aggregates (in the hierarchy, not in `elementary`) are imputed throughout.
    weights : mapping of elementary aggregate to its weight in the base period
    order : float
        Order of the mean: 1 for a Laspeyres-type (arithmetic), 0 for a geometric, -1 for a harmonic aggregate.
    chained : bool
        Return indices on the first period, or the period-on-period relatives.

    Returns
    -------
    DataFrame of the same periods; rows are the aggregates from the top down, then the elementary ones with missing
    relatives replaced by those of the nearest aggregate above that has one.

    Raises
    ------
    IndexNumberError
        When an elementary aggregate is not classified or carries no positive weight.

    Notes
    -----
    Weights are price-updated from period to period. Source: Consumer Price Index Manual (2020), ch. 9 and par. 6.126
    ff.
    (overall mean imputation).
    """
    unknown = [e for e in elementary.index if e not in hierarchy.index]
    if unknown:
        raise IndexNumberError(f"{len(unknown)} elementary indices are not in the hierarchy: {unknown[:5]}.")
    weight = pd.Series(weights, dtype=float).reindex(hierarchy.index)
    if not (weight > 0).all():
        bad = weight[~(weight > 0)]
        raise IndexNumberError(f"weights must be positive; {len(bad)} are not, first {bad.index[0]}: {bad.iloc[0]}.")
    relatives = elementary.reindex(hierarchy.index)
    relatives.iloc[:, 0] = 1.0
    names = [(level, name) for level in hierarchy.columns for name in dict.fromkeys(hierarchy[level])]
    rows = {name: np.ones(relatives.shape[1]) for _, name in names}
    filled = relatives.to_numpy(float, copy=True)
    current = weight.to_numpy(copy=True)
    for t in range(1, relatives.shape[1]):
        filled[:, t] = _impute(filled[:, t], current, hierarchy, order)
        for level, name in names:
            inside = (hierarchy[level] == name).to_numpy()
            rows[name][t] = _mean(filled[inside, t], current[inside], order)
        current = current * filled[:, t] ** order
    table = pd.DataFrame(
        np.vstack([*rows.values(), filled]), index=[*rows, *hierarchy.index], columns=relatives.columns
    )
    return table.cumprod(axis=1) if chained else table


def _mean(relatives: np.ndarray, weights: np.ndarray, order: float) -> float:
    share = weights / weights.sum()
    if order == 0:
        return float(np.exp((share * np.log(relatives)).sum()))
    return float((share * relatives**order).sum() ** (1 / order))


def _impute(relatives: np.ndarray, weights: np.ndarray, hierarchy: pd.DataFrame, order: float) -> np.ndarray:
    """Fill missing relatives with the mean of the nearest aggregate above that has one."""
    result = relatives.copy()
    for level in hierarchy.columns[::-1]:
        # From the bottom up: an aggregate keeps the weight of its missing members when it helps to fill those above.
        missing = np.isnan(result)
        if not missing.any():
            return result
        for name in hierarchy.loc[missing, level].unique():
            inside = (hierarchy[level] == name).to_numpy()
            known = inside & ~missing
            if known.any():
                result[inside & missing] = _mean(result[known], weights[known], order)
    missing = np.isnan(result)
    if missing.any():
        result[missing] = _mean(result[~missing], weights[~missing], order) if (~missing).any() else 1.0
    return result
