"""What a step of the detector is: a month or a week, with the constants of each and its place in the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analytics.early_warning.detector import lunar


@dataclass(frozen=True)
class Place:
    """Where in the calendar a step lies.

    Attributes
    ----------
    month : 0 is January
    into : share of the next month's seasonal effect that the step sees, the rest being that of `month`
    lunar : share of the step that holidays take (the Lunar New Year; of a week, China's National Day too)
    """

    month: int
    into: float = 0.0
    lunar: float = 0.0

    @property
    def calendar(self) -> int:
        """The month that the step belongs to."""
        return self.month if self.into < 0.5 else (self.month + 1) % 12


@dataclass(frozen=True)
class Pace:
    """Constants of the detector for steps of one length.

    Attributes
    ----------
    name : "month" or "week"
    steps : a year
    level, slope, season : variances added at each step, in units of the noise variance
    damping : of the slope
    memory, longest : of the noise, by step, and steps behind it at most
    least_seen : a series seen in fewer steps is not missed
    candidates : a shift may have begun in this step or in so many less one before
    """

    name: str
    steps: int
    level: float
    slope: float
    season: float
    damping: float
    memory: float
    longest: float
    least_seen: int
    candidates: int

    @property
    def warm_up(self) -> int:
        """Steps of a series before anything is told of it: two years."""
        return 2 * self.steps

    def places(self, days: pd.DatetimeIndex, *, use_lunar: bool) -> list[Place]:
        """Place of each step, given its first day."""
        return [self.place(day, use_lunar=use_lunar) for day in days]

    def place(self, day: pd.Timestamp, *, use_lunar: bool) -> Place:
        """Place of the step that begins on a day.

        A week is placed by its Thursday, between the middles of two months: twelve effects, drawn straight from one to
        the next.
        """
        if self.name == "month":
            return Place(day.month - 1, 0.0, lunar.share(day) if use_lunar else 0.0)
        thursday = day + dt.timedelta(days=3)
        part = (thursday.day - 0.5) / thursday.days_in_month - 0.5
        month, into = (thursday.month - 1, part) if part >= 0 else ((thursday.month - 2) % 12, 1 + part)
        return Place(month, into, lunar.share_of_week(day) if use_lunar else 0.0)

    def after(self, day: pd.Timestamp) -> pd.Timestamp:
        """First day of the step after."""
        return day + (pd.DateOffset(months=1) if self.name == "month" else dt.timedelta(weeks=1))


MONTH: Final = Pace("month", 12, 0.04, 1e-5, 1e-4, 0.98, 0.98, 60, 6, 6)
WEEK: Final = Pace("week", 52, 0.003, 1e-6, 2.5e-5, 0.995, 0.99, 120, 26, 10)
PACES: Final = {pace.name: pace for pace in (MONTH, WEEK)}
