"""How good a ranking is at the shares that can be inspected, with its ceiling and its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.statistics import share_of

SHARES = (0.01, 0.02, 0.04, 0.05, 0.10)
COLUMNS = (
    "split",
    "strategy",
    "selected_share",
    "precision",
    "recall",
    "recovered_share",
    "low95",
    "high95",
    "judged",
    "effective",
)


def shares_with(rate: float) -> tuple[float, ...]:
    """The usual shares, and the one selected."""
    return SHARES if any(np.isclose(rate, SHARES)) else tuple(sorted((*SHARES, rate)))


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
    weight: np.ndarray | None = None,
    split: str = "time",
    shares: Sequence[float] = SHARES,
) -> pd.DataFrame:
    """Precision, recall and amount recovered by strategy and selected share.

    Parameters
    ----------
    scores : mapping of strategy to scores (higher is riskier), each of length n
    finding : array of 0 and 1, the outcome of every unit; missing where nobody looked
    recovered : array, optional
        Amount at stake on units with a finding; recovered_share is missing without it.
    cluster : array, optional
        Units of one cluster (enterprise, or identical goods) are not independent of each other.
    weight : array, optional
        Number of units that each unit with an outcome stands for; 1 by default.
    split : str
        Written into the result.
    shares : sequence of float, of all n units

    Returns
    -------
    DataFrame with the columns of `COLUMNS`; low95 and high95 bound the precision (see `shares.share_of`), judged
    counts the selected units whose outcome is known.
    """
    known = Outcomes.of(finding, recovered, cluster, weight)
    rows = []
    for name in map(str, scores):
        order = np.argsort(-np.asarray(scores[name], dtype=float), kind="stable")
        for share in shares:
            chance = np.zeros(len(order))
            chance[order[: max(1, round(share * len(order)))]] = 1.0
            rows.append({"split": split, "strategy": name, "selected_share": share, **known.reached(chance)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of n units.

    Attributes
    ----------
    finding : 1.0, 0.0, or missing where nobody looked
    amount : at stake where there is a finding, else 0; None where none is known
    cluster : of every unit
    weight : units that each stands for, 0 where the outcome is unknown
    """

    finding: np.ndarray
    amount: np.ndarray | None
    cluster: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(
        cls, finding: np.ndarray, recovered: np.ndarray | None, cluster: np.ndarray | None, weight: np.ndarray | None
    ) -> Outcomes:
        """Outcomes from arrays that may be left out."""
        y = np.asarray(finding, dtype=float)
        amount = None if recovered is None else np.nan_to_num(np.asarray(recovered, dtype=float)) * np.nan_to_num(y)
        known = np.where(np.isnan(y), 0.0, 1.0 if weight is None else weight)
        return cls(y, amount, np.arange(len(y)) if cluster is None else np.asarray(cluster), known)

    def reached(self, chance: np.ndarray) -> dict[str, float]:
        """What a selection reaches that takes every unit with the chance given (0 to 1)."""
        w = self.weight * chance
        hit = share_of(self.finding, w, self.cluster)
        return {
            "precision": hit.value,
            "recall": _part(w, self.weight, np.nan_to_num(self.finding)),
            "recovered_share": float("nan") if self.amount is None else _part(w, self.weight, self.amount),
            "low95": hit.low,
            "high95": hit.high,
            "judged": hit.counted,
            "effective": hit.effective,
        }

    def selected(self, chance: np.ndarray) -> dict[str, float]:
        """What a selection reaches: its targeted units (chance 1) and its random draw among the others.

        The hit rate is the mean of the two streams by their size, its interval by the method of variance estimates
        recovery. Source: Zou and Donner (2008), Statistics in Medicine 27.
        """
        sure = self.reached((chance >= 1).astype(float))
        drawn = self.reached(np.where(chance < 1, chance, 0.0))
        part = float(chance[chance < 1].sum() / chance.sum()) if chance.sum() else 0.0
        if part == 0 or not drawn["judged"] or not sure["judged"]:
            return sure
        value = (1 - part) * sure["precision"] + part * drawn["precision"]
        below, above = (
            float(np.hypot((1 - part) * (sure[b] - sure["precision"]), part * (drawn[b] - drawn["precision"])))
            for b in ("low95", "high95")
        )
        both = {name: sure[name] + drawn[name] for name in ("recall", "recovered_share")}
        return {**sure, **both, "precision": value, "low95": max(value - below, 0.0), "high95": min(value + above, 1.0)}


def _part(chosen: np.ndarray, every: np.ndarray, stake: np.ndarray) -> float:
    whole = float(every @ stake)
    return float(chosen @ stake) / whole if whole > 0 else float("nan")


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
    score: np.ndarray,
    finding: np.ndarray,
    recovered: np.ndarray | None = None,
    *,
    weight: np.ndarray | None = None,
    points: int = 100,
) -> pd.DataFrame:
    """Precision, recall and amount recovered along the share selected.

    Parameters
    ----------
    score : array, higher is riskier
    finding, recovered, weight : see `evaluate`
    points : int, rows of the result

    Returns
    -------
    DataFrame (selected_share, precision, recall, recovered_share, ceiling), `points` rows from 0.5 % to 100 %.
    """
    known = Outcomes.of(finding, recovered, None, weight)
    order = np.argsort(-np.asarray(score, dtype=float), kind="stable")
    w, y = known.weight[order], np.nan_to_num(known.finding[order])
    shares = np.geomspace(0.005, 1.0, points)
    last = np.maximum(1, np.round(shares * len(y)).astype(int)) - 1
    found, looked = np.cumsum(w * y), np.cumsum(w)
    with np.errstate(invalid="ignore"):
        table = pd.DataFrame({"selected_share": shares, "precision": found[last] / looked[last]})
    table["recall"] = found[last] / found[-1] if found[-1] > 0 else np.nan
    amount = np.zeros(len(y)) if known.amount is None else np.cumsum(w * known.amount[order])
    table["recovered_share"] = amount[last] / amount[-1] if amount[-1] > 0 else np.nan
    prevalence = found[-1] / looked[-1] if looked[-1] > 0 else float("nan")
    table["ceiling"] = [ceiling(prevalence, s) for s in shares]
    return table
