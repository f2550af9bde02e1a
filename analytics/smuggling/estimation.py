"""How much non-compliance there is, though only selected lines were looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rate:
    """An estimated rate with its 95 % interval.

    Attributes
    ----------
    value, low, high : share of all lines on which an inspection would have a finding
    naive : the hit rate of all inspections, which overstates it where inspections are targeted
    random_lines : lines of the random stream that it rests on
    """

    value: float
    low: float
    high: float
    naive: float
    random_lines: int


def finding_rate(frame: pd.DataFrame, strata: np.ndarray | None = None, draws: int = 4000, seed: int = 0) -> Rate:
    """Share of lines with a finding, were all inspected: post-stratified by the random stream.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`, all lines of a period
    strata : int array, optional
        Post-strata known for every line (fifths of the score, say); by default one stratum.
    draws, seed : int
        Of the posterior.

    Returns
    -------
    Rate

    Notes
    -----
    Targeted lines count as found. Among the others the random stream is a simple random sample: in each stratum its
    findings have a beta posterior (prior worth half a finding at the overall rate), and the strata's rates are
    weighted by their lines. Lines whose outcome is still open are left out of the sample, not taken for clean.
    """
    label = frame["label"].to_numpy()
    known = ~np.isnan(label)
    targeted = frame["inspected"].to_numpy(dtype=bool) & (frame["selection_stream"] != "random").to_numpy()
    random = known & ~targeted
    if not random.any():  # every line inspected, or no random stream: the inspected lines speak for themselves only
        random, targeted = known, np.zeros(len(frame), dtype=bool)
    stratum = np.zeros(len(frame), dtype=int) if strata is None else np.asarray(strata)
    rng = np.random.default_rng(seed)
    total, point = np.zeros(draws), 0.0
    levels = np.unique(stratum[~targeted])
    overall = (label[random].sum() + 0.5) / (random.sum() + 1)
    for level in levels:
        rest = (stratum == level) & ~targeted
        k, n = label[rest & random].sum(), (rest & random).sum()
        a, b = 0.5, 0.5 * (1 - overall) / overall  # half a finding at the overall rate: thin strata lean on all
        total += rest.sum() * rng.beta(k + a, n - k + b, draws)
        point += rest.sum() * (k + a) / (n + a + b)
    certain = label[known & targeted]
    share = certain.mean() if len(certain) else 0.0
    count = targeted.sum()
    low, high = np.percentile((total + count * share) / len(frame), [2.5, 97.5])
    naive = float(label[known].mean()) if known.any() else float("nan")
    return Rate(float((point + count * share) / len(frame)), float(low), float(high), naive, int(random.sum()))
