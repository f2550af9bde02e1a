"""How good a ranking is at the shares of lines that can be inspected, with its ceiling and its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

SHARES = (0.01, 0.02, 0.04, 0.05, 0.10)
COLUMNS = ("split", "strategy", "selected_share", "precision", "recall", "recovered_share", "low95", "high95")


def ceiling(prevalence: float, share: float) -> float:
    """Best precision that any ranking can reach: min(1, prevalence / share)."""
    return min(1.0, prevalence / share) if share > 0 else 1.0


def precision_at(score: np.ndarray, finding: np.ndarray, share: float = 0.04) -> float:
    """Share of findings among the highest-scored `share` of lines (ties broken by position)."""
    count = max(1, round(share * len(score)))
    return float(finding[np.argsort(-score, kind="stable")[:count]].mean())


def evaluate(
    scores: Mapping[str, np.ndarray] | pd.DataFrame,
    finding: np.ndarray,
    *,
    recovered: np.ndarray | None = None,
    cluster: np.ndarray | None = None,
    split: str = "time",
    shares: Sequence[float] = SHARES,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Precision, recall and amount recovered by strategy and selected share.

    Parameters
    ----------
    scores : mapping of strategy to scores (higher is riskier), each of length n
    finding : array of 0 and 1, the outcome of every line
    recovered : array, optional
        Amount at stake on lines with a finding; recovered_share is missing without it.
    cluster : array, optional
        Lines of one cluster (enterprise, or identical goods) are drawn together in the bootstrap.
    split : str
        Written into the result.
    shares : sequence of float
    draws, seed : int
        Bootstrap samples of clusters, and their seed.

    Returns
    -------
    DataFrame with the columns of `COLUMNS`; low95 and high95 bound the precision.
    """
    y = np.asarray(finding, dtype=float)
    amount = None if recovered is None else np.nan_to_num(np.asarray(recovered, dtype=float)) * y
    weights = bootstrap_weights(np.arange(len(y)) if cluster is None else cluster, draws, seed)
    rows = []
    for name in map(str, scores):
        order = np.argsort(-np.asarray(scores[name], dtype=float), kind="stable")
        for share in shares:
            count = max(1, round(share * len(y)))
            top = order[:count]
            low, high = np.nanpercentile(_resampled(y, order, weights, share), [2.5, 97.5])
            rows.append(
                {
                    "split": split,
                    "strategy": name,
                    "selected_share": share,
                    "precision": y[top].mean(),
                    "recall": y[top].sum() / y.sum() if y.sum() else np.nan,
                    "recovered_share": np.nan
                    if amount is None or not amount.sum()
                    else amount[top].sum() / amount.sum(),
                    "low95": low,
                    "high95": high,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def bootstrap_weights(cluster: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """How often each line is drawn when clusters are drawn with replacement: shape (draws, n), small integers."""
    codes, known = pd.factorize(np.asarray(cluster))
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(known), np.full(len(known), 1 / len(known)), size=draws).astype(np.int16)
    return counts[:, codes]


def _resampled(y: np.ndarray, order: np.ndarray, weights: np.ndarray, share: float) -> np.ndarray:
    """Precision at `share` in every bootstrap sample: the ranking is kept, the cut moves with the sample's size."""
    result = np.empty(len(weights))
    for i, w in enumerate(weights):
        drawn = w[order].astype(float)
        running = np.cumsum(drawn)
        inside = running <= max(1.0, round(share * running[-1]))
        total = drawn[inside].sum()
        result[i] = (drawn[inside] * y[order][inside]).sum() / total if total else np.nan
    return result


def paired_difference(
    first: np.ndarray, second: np.ndarray, finding: np.ndarray, cluster: np.ndarray, share: float = 0.04,
    draws: int = 1000, seed: int = 0,
) -> tuple[float, float, float]:  # fmt: skip
    """Difference of two rankings' precision at `share` on the same lines, with a 95 % cluster-bootstrap interval.

    Parameters
    ----------
    first, second : scores of shape (n,), or (k, n) for k repetitions (folds dealt anew), whose precisions are averaged
    finding, cluster : arrays of length n
    share : float
    draws, seed : int
        Bootstrap samples of clusters, the same for every repetition, and their seed.

    Returns
    -------
    (difference, low, high)
    """
    y = np.asarray(finding, dtype=float)
    weights = bootstrap_weights(cluster, draws, seed)
    gap, gaps = 0.0, np.zeros(draws)
    pairs = list(zip(np.atleast_2d(first), np.atleast_2d(second), strict=True))
    for a, b in pairs:
        gap += (precision_at(a, y, share) - precision_at(b, y, share)) / len(pairs)
        at_a, at_b = (_resampled(y, np.argsort(-score, kind="stable"), weights, share) for score in (a, b))
        gaps += (at_a - at_b) / len(pairs)
    low, high = np.nanpercentile(gaps, [2.5, 97.5])
    return gap, float(low), float(high)


def gains(
    score: np.ndarray, finding: np.ndarray, recovered: np.ndarray | None = None, points: int = 100
) -> pd.DataFrame:
    """Precision, recall and amount recovered along the share selected.

    Returns
    -------
    DataFrame (selected_share, precision, recall, recovered_share, ceiling), `points` rows from 0.5 % to 100 %.
    """
    y = np.asarray(finding, dtype=float)
    order = np.argsort(-np.asarray(score, dtype=float), kind="stable")
    found = np.cumsum(y[order])
    shares = np.geomspace(0.005, 1.0, points)
    count = np.maximum(1, np.round(shares * len(y)).astype(int))
    table = pd.DataFrame(
        {"selected_share": shares, "precision": found[count - 1] / count, "recall": found[count - 1] / max(y.sum(), 1)}
    )
    amount = np.zeros(len(y)) if recovered is None else np.nan_to_num(recovered) * y
    total = amount.sum()
    table["recovered_share"] = np.cumsum(amount[order])[count - 1] / total if total else np.nan
    table["ceiling"] = [ceiling(float(y.mean()), s) for s in shares]
    return table
