"""A value of an indicator with what stands behind it: cases, interval, and what it may be judged as at best."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betaincinv

from analytics.language import Text
from analytics.targets import Status


@dataclass(frozen=True)
class Measure:
    """One indicator, year and district, in the indicator's unit.

    Attributes
    ----------
    value, low, high : with its 95 % interval; low and high are missing where every case was counted and none is random
    numerator, denominator : what was divided; missing where only the value is known
    year : of the figures (of completion, for a milestone)
    ceiling : the best status that it may have: "watch" for an upper bound, a pillar's own verdict
    note : what a reader must know, in both languages
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    numerator: float = math.nan
    denominator: float = math.nan
    year: int | None = None
    ceiling: Status | None = None
    note: Text | None = None


def process(cases: float, of: float, year: int | None = None, **more: object) -> Measure | None:
    """Rate (in percent) of a process that could have gone otherwise: exact limits after Clopper and Pearson."""
    if not of > 0:
        return None
    low = 0.0 if cases <= 0 else float(betaincinv(cases, of - cases + 1, 0.025))
    high = 1.0 if cases >= of else float(betaincinv(cases + 1, of - cases, 0.975))
    return Measure(100 * cases / of, 100 * low, 100 * high, cases, of, year, **more)  # type: ignore[arg-type]


def census(part: float, of: float, year: int | None = None, **more: object) -> Measure | None:
    """Share (in percent) of a whole that was counted completely: no interval, for nothing is random in it."""
    if not of > 0:
        return None
    return Measure(100 * part / of, numerator=part, denominator=of, year=year, **more)  # type: ignore[arg-type]
