"""Whether trusted traders deserve to be spared: what was found of them, and what is expected of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEAST = 20  # inspected lines of trusted traders that tell anything


@dataclass(frozen=True)
class Trusted:
    """Trusted traders against all others.

    Attributes
    ----------
    enterprises, share_of_lines, share_of_stake : how many, and their parts of lines and of the tax at stake
    inspected, findings, rate : of their inspected lines
    others_inspected, others_findings, others : the same of the others
    low, high : 95 % limits of the ratio of their rate to the others'
    verdict : "deserved" (surely below, by lines drawn at random), "by choice" (surely below, by lines chosen on
        purpose), "not deserved" (not below), "not told" (cannot be parted), "too few"
    by_random : lines drawn at random alone were compared, since targeting looks at the two differently
    """

    enterprises: int
    share_of_lines: float
    share_of_stake: float
    inspected: int
    findings: int
    rate: float
    others_inspected: int
    others_findings: int
    others: float
    low: float
    high: float
    verdict: str
    by_random: bool


def trusted_traders(lines: pd.DataFrame, stake: pd.Series, trusted: pd.Index) -> Trusted:
    """Compare finding rates of trusted traders and of all others.

    Parameters
    ----------
    lines : DataFrame (enterprise_id, label, selection_stream)
    stake : tax at stake by enterprise_id
    trusted : their enterprise_id

    Notes
    -----
    By the random stream where it holds at least 20 lines of theirs and a finding on either side, else by all
    inspected lines. Limits of the ratio of two Poisson rates by the binomial of one given their sum.
    Source: Przyborowski and Wilenski (1940), Biometrika 31.
    """
    own = lines["enterprise_id"].isin(trusted).to_numpy()
    label = lines["label"].to_numpy()
    random = (lines["selection_stream"] == "random").fillna(False).to_numpy(dtype=bool)
    known = ~np.isnan(label)
    use = known & random
    by_random = bool((use & own).sum() >= LEAST and label[use].sum() > 0)
    use = use if by_random else known
    n1, n0 = int((use & own).sum()), int((use & ~own).sum())
    k1, k0 = int(label[use & own].sum()), int(label[use & ~own].sum())
    low, high = _ratio(k1, n1, k0, n0)
    verdict = "not told"
    if n1 < LEAST or n0 < LEAST or k0 == 0:
        verdict = "too few"
    elif high < 1:  # those chosen on purpose say nothing of the others of their class
        verdict = "deserved" if by_random else "by choice"
    elif k1 / n1 >= k0 / n0:
        verdict = "not deserved"
    return Trusted(
        len(trusted), float(own.mean()), float(stake[stake.index.isin(trusted)].sum() / max(stake.sum(), 1e-9)),
        n1, k1, k1 / n1 if n1 else float("nan"), n0, k0, k0 / n0 if n0 else float("nan"), low, high, verdict, by_random,
    )  # fmt: skip


def _ratio(k1: int, n1: int, k0: int, n0: int) -> tuple[float, float]:
    """95 % limits of (k1/n1) / (k0/n0)."""
    if not n1 or not n0 or k1 + k0 == 0:
        return 0.0, float("inf")
    share_low = stats.beta.ppf(0.025, k1, k0 + 1) if k1 else 0.0
    share_high = stats.beta.ppf(0.975, k1 + 1, k0) if k0 else 1.0
    odds = [s / (1 - s) if s < 1 else float("inf") for s in (share_low, share_high)]
    return float(odds[0] * n0 / n1), float(odds[1] * n0 / n1)
