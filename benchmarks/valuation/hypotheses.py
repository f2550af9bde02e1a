"""Hypotheses on cells, what lines tell of them, and draws from what is then likely: the algebra of `oracle.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, csr_array, diags_array, hstack
from scipy.sparse.linalg import splu

DRAWS, BURN = 600, 100


@dataclass
class Told:
    """What lines tell of M effects: log likelihood score' x - x' matrix x / 2."""

    matrix: np.ndarray
    score: np.ndarray


@dataclass
class Guess:
    """Hypotheses on one cell: log prior (K,), effects that they set (K, M of its block) and log levels (K,)."""

    prior: np.ndarray
    effects: np.ndarray
    level: np.ndarray


def centres(rest: np.ndarray, code: np.ndarray, scale: np.ndarray, df: float) -> tuple[np.ndarray, np.ndarray]:
    """Most likely centre of each code's lines, t with `df` degrees of freedom, and its precision."""
    size = int(code.max()) + 1
    if not np.isfinite(df):
        weight = scale**-2.0
        total = np.bincount(code, weight, size)
        return np.bincount(code, weight * rest, size) / total, total
    centre = pd.Series(rest).groupby(code).median().reindex(range(size)).to_numpy()
    for _ in range(25):
        weight = (df + 1) / (df * scale**2 + (rest - centre[code]) ** 2)
        centre = np.bincount(code, weight * rest, size) / np.bincount(code, weight, size)
    return centre, np.bincount(code, (df + 1) / (df + 3) / scale**2, size)


def told(frame: pd.DataFrame, random: dict[str, float], wanted: Sequence[np.ndarray], df: float) -> Told:
    """Integrate random effects (column: variance) out of the effects `wanted`, 0/1 columns over the lines."""
    both = [frame[c].to_numpy() for c in random] + [np.asarray(x, dtype=np.int64) for x in wanted]
    code = pd.MultiIndex.from_arrays(both).factorize()[0]
    y, precision = centres(frame["rest"].to_numpy(), code, frame["scale"].to_numpy(), df)
    first = np.unique(code, return_index=True)[1]
    x = np.column_stack([w[first] for w in wanted]).astype(float)
    columns, prior = [], []
    for name, variance in random.items():
        level, names = pd.factorize(frame[name].to_numpy()[first])
        count = len(names)
        columns.append(csr_array((np.ones(len(first)), (np.arange(len(first)), level)), shape=(len(first), count)))
        prior.append(np.full(count, 1 / variance))
    z = csr_array(hstack(columns))
    right = np.column_stack([x, y]) * precision[:, None]
    system = splu(csc_array(z.T @ diags_array(precision) @ z + diags_array(np.concatenate(prior))))
    whole = right - (z @ system.solve(z.T @ right)) * precision[:, None]
    return Told(x.T @ whole[:, :-1], x.T @ whole[:, -1])


def draws(info: Told, guesses: list[Guess], rng: np.random.Generator) -> np.ndarray:
    """Log levels of a block's cells in draws of their hypotheses, Gibbs where they hang together, (DRAWS, cells)."""
    size = len(info.score)
    near = np.linalg.solve(info.matrix + 1e-9 * np.trace(info.matrix) * np.eye(size), info.score)
    # From what each cell's lines say: one at a time, cells would not leave a start at which all must move together.
    state = [int(np.argmin(((g.effects - near)[:, g.effects.any(0)] ** 2).sum(1))) for g in guesses]
    effects = np.sum([g.effects[s] for g, s in zip(guesses, state, strict=True)], axis=0)
    pulls = [g.prior + g.effects @ info.score - 0.5 * ((g.effects @ info.matrix) * g.effects).sum(1) for g in guesses]
    kept = np.empty((DRAWS + BURN, len(guesses)))
    for step in range(len(kept)):
        for c, guess in enumerate(guesses):
            others = effects - guess.effects[state[c]]
            log = pulls[c] - guess.effects @ (info.matrix @ others)
            chance = np.exp(log - log.max()).cumsum()
            state[c] = int(np.searchsorted(chance, rng.random() * chance[-1]))
            effects = others + guess.effects[state[c]]
            kept[step, c] = guess.level[state[c]]
    return kept[BURN:]
