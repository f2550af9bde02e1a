"""How much non-compliance there is, though only selected lines were looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

CENSUS = 0.95  # share of lines with an outcome from which they are taken for all
LEAST_IN_STRATUM = 50  # random lines; thinner strata are joined to their neighbour


@dataclass(frozen=True)
class Rate:
    """An estimated rate with its 95 % interval.

    Attributes
    ----------
    value, low, high : share of all lines on which an inspection would have a finding; missing without a random stream
    naive : the hit rate of all inspections, which overstates it where inspections are targeted
    random_lines : lines of the random stream that it rests on
    effective_lines : independent lines that they are worth
    """

    value: float
    low: float
    high: float
    naive: float
    random_lines: int
    effective_lines: float = float("nan")


def finding_rate(
    frame: pd.DataFrame, strata: np.ndarray | None = None, cluster: np.ndarray | None = None, level: float = 0.95
) -> Rate:
    """Share of lines with a finding, were all inspected: post-stratified by the random stream.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, all lines of a period
    strata : int array, optional
        Ordered post-strata known for every line (fifths of the score, say); by default one stratum.
    cluster : array, optional
        Lines drawn together; by default declaration_id where the frame has it.
    level : float, of the interval

    Returns
    -------
    Rate

    Notes
    -----
    Targeted lines count as found. Among the others the random stream is a random sample of declarations; strata are
    weighted by their lines. The interval is Clopper and Pearson's for the effective number of lines: the number that
    would give the clustered, post-stratified variance, with the loss of degrees of freedom, and never more than were
    drawn. Source: Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data; Parker et al. (2017), NCHS data presentation standards for proportions. Lines
    whose outcome is still open are left out of the sample, not taken for clean.
    """
    label = frame["label"].to_numpy()
    known = ~np.isnan(label)
    drawn = (frame["selection_stream"] == "random").fillna(False).to_numpy(dtype=bool)
    targeted = frame["inspected"].to_numpy(dtype=bool) & ~drawn
    random = known & drawn
    naive = float(label[known].mean()) if known.any() else float("nan")
    if known.mean() >= CENSUS:  # every line has an outcome: they speak for themselves
        random, targeted = known, np.zeros(len(frame), dtype=bool)
    if not random.any():  # targeted outcomes say nothing of lines that nobody chose
        return Rate(float("nan"), float("nan"), float("nan"), naive, 0, 0.0)
    stratum = np.zeros(len(frame), dtype=int) if strata is None else np.asarray(strata)
    if cluster is None:
        cluster = frame["declaration_id"].to_numpy() if "declaration_id" in frame else np.arange(len(frame))
    p, low, high, effective = _among_others(label, random, ~targeted, _joined(stratum, random), cluster, level)
    certain = label[known & targeted]
    share = certain.mean() if len(certain) else 0.0
    others = (~targeted).mean()
    value, low, high = (others * x + (1 - others) * share for x in (p, low, high))
    return Rate(float(value), float(low), float(high), naive, int(random.sum()), effective)


def _joined(stratum: np.ndarray, random: np.ndarray) -> np.ndarray:
    """Strata with enough random lines each: thin ones join the next."""
    levels, code = np.unique(stratum, return_inverse=True)
    drawn = np.bincount(code[random], minlength=len(levels))
    group, at, held = np.zeros(len(levels), dtype=int), 0, 0
    for i, count in enumerate(drawn):
        group[i] = at
        held += int(count)
        if held >= LEAST_IN_STRATUM and drawn[i + 1 :].sum() >= LEAST_IN_STRATUM:
            at, held = at + 1, 0
    return group[code]


def _among_others(
    label: np.ndarray, random: np.ndarray, others: np.ndarray, stratum: np.ndarray, cluster: np.ndarray, level: float
) -> tuple[float, float, float, float]:
    """Rate among untargeted lines, its bounds and the effective number of lines."""
    n = int(random.sum())
    if n == 0:
        return float("nan"), float("nan"), float("nan"), 0.0
    share = np.bincount(stratum[others], minlength=stratum.max() + 1) / others.sum()
    drawn = np.bincount(stratum[random], minlength=len(share))
    mean = np.bincount(stratum[random], weights=label[random], minlength=len(share)) / np.maximum(drawn, 1)
    p = float(share @ mean)
    effective = float(n)
    if 0 < p < 1:
        at = stratum[random]
        codes, names = pd.factorize(cluster[random])
        total = np.bincount(codes, weights=share[at] / drawn[at] * (label[random] - mean[at]))
        clusters = len(names)
        free = max(clusters - len(share), 1)
        variance = float(clusters / free * np.sum(total**2))
        loss = stats.t.ppf(0.5 + level / 2, max(n - 1, 1)) / stats.t.ppf(0.5 + level / 2, free)
        effective = min(effective, p * (1 - p) / variance * loss**2) if variance > 0 else effective
    low, high = proportion_confint(p * effective, effective, 1 - level, method="beta")
    return p, float(low), float(high), effective
