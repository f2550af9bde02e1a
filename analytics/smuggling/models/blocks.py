"""Predictions by blocks of lines that stay in the processor's cache, one thread a core.

Trees read a line's features at random; over all lines at once that is a walk through main memory.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from joblib import cpu_count  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

BLOCK = 4096  # lines


def by_blocks(predict: Callable[[np.ndarray], np.ndarray], X: np.ndarray, lines: int = BLOCK) -> np.ndarray:
    """Predictions of all lines, the same as `predict(X)`.

    Parameters
    ----------
    predict : of an estimator that treats every line by itself and lets other threads run meanwhile
    X : array (lines, features)
    lines : int, in a block; more where a call by itself is dear
    """
    blocks = [np.ascontiguousarray(X[i : i + lines]) for i in range(0, len(X), lines)]
    if len(blocks) < 2:  # asking for the limit costs more than a few lines do
        return predict(X)
    # a new thread does not inherit the limit of this one
    pool = ThreadPoolExecutor(cpu_count(), initializer=threadpool_limits, initargs=(1,))
    with threadpool_limits(1), pool:
        return np.concatenate(list(pool.map(predict, blocks)))


def in_parts(compute: Callable[[int, int], np.ndarray], count: int, lines: int) -> np.ndarray:
    """What `compute(first, last)` gives of all lines, part by part on all cores.

    Parameters
    ----------
    compute : of lines first to last - 1; lets other threads run meanwhile
    count, lines : all lines, and those of a part
    """
    if count <= lines:
        return compute(0, count)
    with threadpool_limits(1), ThreadPoolExecutor(cpu_count(), initializer=threadpool_limits, initargs=(1,)) as pool:
        found = [pool.submit(compute, i, min(i + lines, count)) for i in range(0, count, lines)]
        return np.concatenate([part.result() for part in found])
