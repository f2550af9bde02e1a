"""Containment as a range: what is known to be kept out, and between which bounds what is not known lies.

The plan's rate (98 %) has no public formula. Here: duty collected and recovered, over the duty that was due with what
escaped. What escaped is never seen; it is bounded from three sides, each with an assumption that is named and priced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analytics.errors import DataError
from analytics.statistics import NORMAL95

ASSUMPTIONS: Final = ("sample_interval", "missed_by_inspection", "undeclared_trade", "proved_cases")
"""In the order in which they widen the range."""

_DRAWS = 4000


class ContainmentError(DataError):
    """Figures from which no range can be computed."""


@dataclass(frozen=True)
class Evidence:
    """What is known of a place (a district, the nation) in a period; amounts in one currency.

    Attributes
    ----------
    collected : duty and tax collected
    proved : duty evaded in proved cases, found in the period and recovered
    gap, gap_low95, gap_high95 : duty not declared in declared goods, from a random sample, net of what was recovered
    detection_low, detection_high : share of wrong lines that a sampled examination finds, as a range
    missing, missing_low95, missing_high95 : duty on imports that the mirror misses; NaN where there is no mirror
    smuggled_low, smuggled_high : share of the mirror's missing imports that is undeclared trade, as a range; the rest
        is routes, statistics and what the sample sees already
    """

    collected: float
    proved: float
    gap: float
    gap_low95: float
    gap_high95: float
    detection_low: float = 0.7
    detection_high: float = 0.95
    missing: float = float("nan")
    missing_low95: float = float("nan")
    missing_high95: float = float("nan")
    smuggled_low: float = 0.0
    smuggled_high: float = 1.0


@dataclass(frozen=True)
class Containment:
    """The range.

    Attributes
    ----------
    low, high : share contained, 95 %: of draws over the sampling errors and over the ranges assumed
    worth : points of the range's width that go when an assumption is fixed at its middle
    unseen : assumptions that no data bear on here, such as undeclared trade without a mirror
    """

    low: float
    high: float
    worth: dict[str, float]
    unseen: tuple[str, ...]


def containment(evidence: Evidence, *, seed: int = 0) -> Containment:
    """Bound the share of duty that did not escape.

    Parameters
    ----------
    evidence : of one place and period
    seed : of the draws

    Raises
    ------
    ContainmentError
        For amounts or shares outside what is possible.

    Notes
    -----
    Escaped = gap / detection + smuggled x missing. Contained = (collected + proved) / (collected + proved + escaped).
    The gap and the missing duty are drawn from normals fitted to either side of their intervals and cut at nought;
    detection and the smuggled share uniformly from their ranges, since nothing better is known of them. Where there is
    no mirror, undeclared trade is not in the range, and `unseen` says so: the upper end is then too high by an unknown
    amount.
    """
    _check(evidence)
    whole = _range(evidence, seed, fixed=None)
    width = whole[1] - whole[0]
    mirror = np.isfinite(evidence.missing)
    worth = {}
    for name in ASSUMPTIONS[: 3 if mirror else 2]:
        low, high = _range(evidence, seed, fixed=name)
        worth[name] = max(0.0, width - (high - low))
    return Containment(*whole, worth, () if mirror else ("undeclared_trade",))


def like_with_like(places: pd.DataFrame, evidence: Sequence[Evidence], *, seed: int = 0) -> pd.DataFrame:
    """Ranges of several places beside each other, grouped as places are alike.

    Parameters
    ----------
    places : DataFrame with place, group (coastal, border, inland) and optional period, one row an Evidence
    evidence : in the same order

    Returns
    -------
    DataFrame: places' columns, low, high, like: places of the same group and period, itself included; apart: whether
    the range lies wholly outside that of its group's median place
    """
    ranges = [containment(e, seed=seed) for e in evidence]
    table = places.reset_index(drop=True).assign(low=[r.low for r in ranges], high=[r.high for r in ranges])
    keys = [k for k in ("group", "period") if k in table]
    median = table.groupby(keys)[["low", "high"]].transform("median")
    table["like"] = table.groupby(keys)["low"].transform("size")
    return table.assign(apart=(table["high"] < median["low"]) | (table["low"] > median["high"]))


def change(before: Evidence, after: Evidence, *, seed: int = 0) -> tuple[float, float]:
    """Bound by how much the share contained changed between two periods of a place, 95 %.

    What nobody knows (the skill of examinations, the undeclared share) is drawn once for both periods: it is the
    same in both unless something is known to have changed it. Sampling errors are drawn apart.
    """
    earlier, later = _draws(before, seed, None), _draws(after, seed, None, errors=seed + 1)
    low, high = np.quantile(later - earlier, [0.025, 0.975])
    return float(low), float(high)


def _range(e: Evidence, seed: int, fixed: str | None) -> tuple[float, float]:
    low, high = np.quantile(_draws(e, seed, fixed), [0.025, 0.975])
    return float(low), float(high)


def _draws(e: Evidence, seed: int, fixed: str | None, errors: int | None = None) -> np.ndarray:
    """Draws of the share contained; `errors` is another seed of the sampling errors."""
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((2, _DRAWS))
    uniform = rng.random((2, _DRAWS))
    if errors is not None:
        normal = np.random.default_rng(errors).standard_normal((2, _DRAWS))
    if fixed == "sample_interval":
        normal[0] = 0
    if fixed == "missed_by_inspection":
        uniform[0] = 0.5
    if fixed == "undeclared_trade":
        normal[1], uniform[1] = 0, 0.5
    gap = _drawn(normal[0], e.gap, e.gap_low95, e.gap_high95)
    escaped = gap / (e.detection_low + uniform[0] * (e.detection_high - e.detection_low))
    if np.isfinite(e.missing):
        missing = _drawn(normal[1], e.missing, e.missing_low95, e.missing_high95)
        escaped = escaped + missing * (e.smuggled_low + uniform[1] * (e.smuggled_high - e.smuggled_low))
    kept = e.collected + e.proved
    share: np.ndarray = kept / (kept + escaped)
    return share


def _drawn(normal: np.ndarray, value: float, low: float, high: float) -> np.ndarray:
    """Draws of an amount of nought or more whose interval need not be even about it."""
    side = np.where(normal < 0, value - low, high - value) / NORMAL95
    return np.maximum(value + normal * side, 0)


def _check(e: Evidence) -> None:
    for name in ("collected", "proved", "gap_high95"):
        if not getattr(e, name) >= 0:
            raise ContainmentError(f"{name}: {getattr(e, name)} must be an amount of nought or more.")
    if not e.collected + e.proved > 0:
        raise ContainmentError("collected: nothing was collected or recovered, so no share can be formed.")
    if not e.gap_low95 <= e.gap <= e.gap_high95:
        raise ContainmentError(f"gap: {e.gap} must lie in its interval {e.gap_low95} to {e.gap_high95}.")
    for low, high in (("detection_low", "detection_high"), ("smuggled_low", "smuggled_high")):
        a, b = getattr(e, low), getattr(e, high)
        if not 0 <= a <= b <= 1 or (low == "detection_low" and a == 0):
            raise ContainmentError(f"{low}, {high}: {a} and {b} must be shares, the first not above the second.")
