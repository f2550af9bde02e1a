"""Trees of scikit-learn as arrays: all trees take a step at once, so that one line costs a few array operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

CODES = 256  # raw codes of a category that boosting can tell apart


@dataclass(frozen=True)
class Trees:
    """Nodes of all trees, one after the other; a leaf is its own child.

    Attributes
    ----------
    roots : position of every tree's root
    feature, threshold, left, right, value : by node
    missing_left : where a missing value goes
    members : (categorical nodes, CODES) codes that go left, and one row of False for the others
    category : row of `members` by node, -1 for numbers
    depth : steps from the roots to the lowest leaf
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    missing_left: np.ndarray
    members: np.ndarray
    category: np.ndarray
    depth: int

    def sums(self, X: np.ndarray) -> np.ndarray:
        """Sum of all trees' values for every line of X (float64; codes of categories, missing where unknown)."""
        line = np.arange(len(X))[:, None]
        node = np.repeat(self.roots[None, :], len(X), axis=0)
        with np.errstate(invalid="ignore"):
            for _ in range(self.depth):
                x = X[line, self.feature[node]]
                left = x <= self.threshold[node]
                kind = self.category[node]
                if (kind >= 0).any():
                    code = np.nan_to_num(x, nan=0.0).astype(np.int64) % CODES
                    left = np.where(kind >= 0, self.members[kind, code], left)
                left = np.where(np.isnan(x), self.missing_left[node], left)
                node = np.where(left, self.left[node], self.right[node])
        return np.asarray(self.value[node].sum(axis=1))


def of_forest(trees: Iterable[Any]) -> Trees:
    """Trees of an extra-trees classifier; values are the chance of class 1."""
    parts = []
    for made in trees:
        t = made.tree_
        leaf = t.children_left < 0
        own, value = np.arange(t.node_count), t.value[:, 0, :]
        parts.append(
            {
                "feature": np.where(leaf, 0, t.feature),
                "threshold": t.threshold,
                "left": np.where(leaf, own, t.children_left),
                "right": np.where(leaf, own, t.children_right),
                "value": value[:, 1] / value.sum(axis=1),
                "missing_left": t.missing_go_to_left.astype(bool),
                "category": np.full(t.node_count, -1),
                "depth": np.array([t.max_depth]),
            }
        )
    return _joined(parts, [])


def of_boosting(rounds: Iterable[Iterable[Any]]) -> Trees:
    """Trees of a histogram booster with one tree a round."""
    parts: list[dict[str, np.ndarray]] = []
    members: list[np.ndarray] = []
    for (predictor,) in rounds:
        n = predictor.nodes
        leaf, own = n["is_leaf"].astype(bool), np.arange(len(n))
        split = n["is_categorical"].astype(bool) & ~leaf
        category = np.full(len(n), -1)
        category[split] = len(members) + np.arange(split.sum())
        members += [_bits(predictor.raw_left_cat_bitsets[i]) for i in n["bitset_idx"][split]]
        parts.append(
            {
                "feature": np.where(leaf, 0, n["feature_idx"]),
                "threshold": n["num_threshold"],
                "left": np.where(leaf, own, n["left"]),
                "right": np.where(leaf, own, n["right"]),
                "value": n["value"],
                "missing_left": n["missing_go_to_left"].astype(bool),
                "category": category,
                "depth": np.array([n["depth"].max()]),
            }
        )
    return _joined(parts, members)


def _bits(words: np.ndarray) -> np.ndarray:
    """Membership of every code in a set of eight 32-bit words."""
    codes = np.arange(CODES)
    return np.asarray((words[codes // 32] >> (codes % 32).astype(np.uint32)) & 1, dtype=bool)


def _joined(parts: list[dict[str, np.ndarray]], members: list[np.ndarray]) -> Trees:
    size = np.array([len(p["feature"]) for p in parts])
    start = np.cumsum(size) - size
    moved = {c: np.concatenate([p[c] + s for p, s in zip(parts, start, strict=True)]) for c in ("left", "right")}
    kept = ("feature", "threshold", "value", "missing_left", "category")
    columns = {c: np.concatenate([p[c] for p in parts]) for c in kept}
    sets = np.array([*members, np.zeros(CODES, dtype=bool)])
    depth = int(max(p["depth"][0] for p in parts))
    return Trees(roots=start, members=sets, depth=depth, **moved, **columns)
