"""A value of an indicator with what stands behind it: cases, interval, and what it may be judged as at best."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from analytics.language import Text
from analytics.statistics import exact_limits
from analytics.targets import Status

LEAST_UNITS = 10
"""Units that a share of a whole must have been counted over before it can be met; this suite's own choice."""


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
    units : how many were counted (declarations, handbooks), where what is divided may be money
    partial : whether only a part of the year was seen: then neither met nor missed
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    numerator: float = math.nan
    denominator: float = math.nan
    year: int | None = None
    ceiling: Status | None = None
    note: Text | None = None
    units: float = math.nan
    partial: bool = False

    @property
    def few(self) -> bool:
        """Whether too little was counted for the share to be met."""
        return self.units < LEAST_UNITS

    def with_note(self, en: str, zh: str, **changed: object) -> Measure:
        """Add a remark to those that the measure has."""
        note = Text(f"{self.note.en}; {en}", f"{self.note.zh}；{zh}") if self.note else Text(en, zh)
        return replace(self, note=note, **changed)  # type: ignore[arg-type]


def process(cases: float, of: float, year: int | None = None, unknown: float = 0, **more: object) -> Measure | None:
    """Rate (in percent) of a process that could have gone otherwise: exact limits after Clopper and Pearson.

    Parameters
    ----------
    cases, of : those that went as wanted, of those whose outcome is known
    unknown : further ones whose outcome nobody knows; the interval allows that all of them, or none, went as wanted
    """
    if not of > 0:
        return None
    low, high = exact_limits(cases, of, unknown)
    made = Measure(100 * cases / of, 100 * low, 100 * high, cases, of, year, **more)  # type: ignore[arg-type]
    if not unknown:
        return made
    return made.with_note(
        f"of {of + unknown:,.0f} cases {unknown:,.0f} have no known outcome; the interval allows for either",
        f"共{of + unknown:,.0f}件中{unknown:,.0f}件结果不明，区间已计入两种可能",
    )


def census(
    part: float, of: float, year: int | None = None, units: float | None = None, **more: object
) -> Measure | None:
    """Share (in percent) of a whole that was counted completely: no interval, for nothing is random in it.

    Parameters
    ----------
    part, of : counted, in cases or money
    units : how many were counted, where `of` is money; `of` without it
    """
    if not of > 0:
        return None
    counted = of if units is None else units
    made = Measure(100 * part / of, numerator=part, denominator=of, year=year, units=counted, **more)  # type: ignore[arg-type]
    if not made.few:
        return made
    return made.with_note(f"only {counted:g} were counted", f"仅清点{counted:g}件")
