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
    weighted : each random line counts by its recorded chance, since they were not drawn evenly
    """

    value: float
    low: float
    high: float
    naive: float
    random_lines: int
    effective_lines: float = float("nan")
    weighted: bool = False


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
    weight = _weights(frame, random, int((~targeted).sum()))
    sample = _Sample(label[random], _joined(stratum, random), random, weight, cluster[random])
    p, low, high, effective = _among_others(sample, ~targeted, level)
    certain = label[known & targeted]
    share = certain.mean() if len(certain) else 0.0
    others = (~targeted).mean()
    value, low, high = (others * x + (1 - others) * share for x in (p, low, high))
    return Rate(float(value), float(low), float(high), naive, int(random.sum()), effective, bool(np.ptp(weight) > 0))


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


@dataclass(frozen=True)
class _Sample:
    """The random stream: outcomes, stratum of every line, which lines they are, weights and clusters."""

    label: np.ndarray
    stratum: np.ndarray
    at: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray


def _weights(frame: pd.DataFrame, random: np.ndarray, others: int) -> np.ndarray:
    """One over the chance of each random line where the recorded chances are those of its draw, else 1 for all.

    They are where their inverses add up to the lines that targeting left. Chances of another thing, such as those of
    being inspected at all, do not; a stream drawn evenly needs none.
    """
    alike = np.ones(int(random.sum()))
    if "selection_probability" not in frame:
        return alike
    chance = frame["selection_probability"].to_numpy(dtype=float)[random]
    if not np.all((chance > 0) & (chance <= 1)):
        return alike
    stands = 1.0 / np.clip(chance, 1e-4, 1.0)
    error = float(np.sqrt(np.sum(stands * np.maximum(stands - 1, 0))))
    told = abs(stands.sum() - others) <= 3 * error + 0.05 * others and error < 0.5 * others
    return stands if told else alike


def _among_others(sample: _Sample, others: np.ndarray, level: float) -> tuple[float, float, float, float]:
    """Rate among untargeted lines, its bounds and the effective number of lines."""
    y, w, n = sample.label, sample.weight, len(sample.label)
    share = np.bincount(sample.stratum[others], minlength=sample.stratum.max() + 1) / others.sum()
    at = sample.stratum[sample.at]
    drawn = np.bincount(at, weights=w, minlength=len(share))
    mean = np.bincount(at, weights=w * y, minlength=len(share)) / np.maximum(drawn, 1e-12)
    p = float(share @ mean)
    effective = float(n)
    if 0 < p < 1:
        codes, names = pd.factorize(sample.cluster)
        total = np.bincount(codes, weights=share[at] * w / drawn[at] * (y - mean[at]))
        clusters = len(names)
        free = max(clusters - len(share), 1)
        variance = float(clusters / free * np.sum(total**2))
        loss = stats.t.ppf(0.5 + level / 2, max(n - 1, 1)) / stats.t.ppf(0.5 + level / 2, free)
        effective = min(effective, p * (1 - p) / variance * loss**2) if variance > 0 else effective
    else:
        effective = min(effective, float(w.sum() ** 2 / np.sum(w**2)))  # no variance to tell: by the weights alone
    low, high = proportion_confint(p * effective, effective, 1 - level, method="beta")
    return p, float(low), float(high), effective
