"""Whether outcomes speak for all lines: random lines spread as all lines are, findings known as soon as clean ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.smuggling.features.units import Units

SPREAD = ("enterprise_id", "declarant_id", "district", "port", "hs2", "origin", "regime")
"""What a stream drawn at random is spread over as all lines of the month are."""
_DRAWS, _FEWEST = 200, 30  # draws that say what chance brings; random units below which nothing is told
FAR = 6.0  # standard deviations of chance, over all columns and two populations, that no even draw reaches
_RECENT, _EARLY = 0.25, 0.5  # share of the lines that are judged; of those old enough to tell how long outcomes take
_OUTCOMES = 15  # findings, and clean outcomes, with a day that tell it


def unevenness(frame: pd.DataFrame) -> tuple[float, str]:
    """How far the random lines are from being spread as all lines are, in standard deviations of chance, and over what.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`

    Returns
    -------
    (largest of the columns' deviations, its column); (0, "") where no or few units were drawn, or by unequal chances

    Notes
    -----
    Chi-square of the counts of declarations against those of their months, set against 200 draws with seed 0. What
    was targeted may have been taken out before the draw: the smaller deviation of the two populations counts.
    """
    units = Units.of(frame)
    drawn = units.some((frame["selection_stream"] == "random").fillna(False).to_numpy(dtype=bool))
    targeted = units.some(frame["inspected"].to_numpy(dtype=bool)) & ~drawn
    if drawn.sum() < _FEWEST or _by_chances(frame) or drawn.mean() > 0.5:
        return 0.0, ""
    heads = frame.iloc[units.first]
    month = (heads["day"].to_numpy(dtype=int) // 30).astype(int)
    worst, where = 0.0, ""
    for column in (c for c in SPREAD if c in heads):
        code = pd.factorize(heads[column], use_na_sentinel=False)[0]
        if code.max(initial=0) == 0:
            continue
        found = min(_deviation(code, month, drawn, every) for every in (np.ones(len(code), bool), ~targeted))
        worst, where = max((worst, where), (found, column))
    return worst, where


def _by_chances(frame: pd.DataFrame) -> bool:
    """Whether random lines have recorded chances that differ: then they are not meant to be spread evenly."""
    if "selection_probability" not in frame:
        return False
    chance = frame.loc[(frame["selection_stream"] == "random").fillna(False), "selection_probability"]
    return bool(chance.nunique() > 1)


def _deviation(code: np.ndarray, month: np.ndarray, drawn: np.ndarray, population: np.ndarray) -> float:
    """Chi-square of the drawn counts, in standard deviations of draws from the same months."""
    rng, kinds = np.random.default_rng(0), int(code.max()) + 1
    expected, drawings = np.zeros(kinds), []
    for m in np.unique(month[drawn]):
        pool = code[(month == m) & population]
        n = int((drawn & (month == m)).sum())
        expected += n * np.bincount(pool, minlength=kinds) / len(pool)
        drawings.append(pool[rng.integers(0, len(pool), (_DRAWS, n))])
    by_chance = np.concatenate(drawings, axis=1)
    there = expected > 0

    def distance(codes: np.ndarray) -> float:
        count = np.bincount(codes, minlength=kinds)
        return float(((count - expected)[there] ** 2 / expected[there]).sum())

    usual = np.array([distance(codes) for codes in by_chance])
    return (distance(code[drawn]) - usual.mean()) / max(float(usual.std()), 1e-9)


def missing_findings(frame: pd.DataFrame) -> float:
    """Share of the newest lines' findings that cannot be known yet while clean outcomes are: by what both took before.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`

    Returns
    -------
    Share among inspected lines of the last quarter: of findings not known yet, less that of clean outcomes
    """
    dated = frame[frame["label"].notna() & ~frame["assumed_delay"].astype(bool)]
    looked = frame[frame["inspected"].astype(bool)]
    if dated.empty or looked.empty:
        return 0.0
    day, last = frame["day"].to_numpy(), int(frame["day"].max())
    old = dated[dated["day"] <= np.quantile(day, _EARLY)]
    took = (old["known_day"] - old["day"]).to_numpy(dtype=float)
    found = old["label"].to_numpy() == 1
    if min(found.sum(), (~found).sum()) < _OUTCOMES:
        return 0.0
    age = (last - looked.loc[looked["day"] >= np.quantile(day, 1 - _RECENT), "day"]).to_numpy(dtype=float)
    if not len(age):
        return 0.0
    open_ = [1 - np.searchsorted(np.sort(t), age, side="right").mean() / len(t) for t in (took[found], took[~found])]
    return float(max(open_[0] - open_[1], 0.0))
