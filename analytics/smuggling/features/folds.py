"""Folds that keep copies of the same goods together."""

from __future__ import annotations

import numpy as np


def grouped_folds(label: np.ndarray, groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Fold of every line: groups stay whole, findings and lines are spread evenly.

    Parameters
    ----------
    label : array of 0 and 1
    groups : integer code of the group of every line, 0 to the number of groups less one
    folds, seed : int

    Returns
    -------
    integer array, 0 to `folds` - 1

    Notes
    -----
    Groups are dealt out in turn, those with more findings first, then the larger ones, ties at random: what
    scikit-learn's StratifiedGroupKFold aims at, in one pass, however many groups there are.
    """
    lines = np.bincount(groups)
    found = np.bincount(groups, weights=label)
    order = np.lexsort((np.random.default_rng(seed).random(len(lines)), -lines, -found))
    turn = np.arange(len(order)) % (2 * folds)
    fold = np.empty(len(lines), dtype=int)
    fold[order] = np.minimum(turn, 2 * folds - 1 - turn)  # there and back, so that no fold always deals first
    return fold[groups]
