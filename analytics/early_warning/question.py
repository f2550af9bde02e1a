"""What is asked of the watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from analytics.early_warning.detector.pace import PACES, Pace


@dataclass(frozen=True)
class Question:
    """Settings of a watch.

    Attributes
    ----------
    by : dimensions of the declarations whose crossings are watched
    measures : watched of each crossing
    product_digits : digits of the HS code that make a product; 0 for all
    least_months : a series seen in fewer is not watched
    quiet_years : years in which a quiet series is told once
    told_months : last months whose alarms are told; thresholds come from the months before
    list_length : alarms listed a month
    least_value : series of a smaller value a year are watched but not listed
    lunar_new_year : whether the Lunar New Year moves the months
    known_events : announced policy events, which are no alarm
    period : "month", or "week" (Monday to Sunday) of declarations
    """

    by: Sequence[str] = ("product", "origin")
    measures: Sequence[str] = ("unit_value", "value")
    product_digits: int = 6
    least_months: int = 24
    quiet_years: float = 5.0
    told_months: int = 12
    list_length: int = 5
    least_value: float = 0.0
    lunar_new_year: bool = True
    known_events: Sequence[str] = ()
    period: str = "month"

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Question:
        """Take the settings out of a notebook's `globals()`."""
        return cls(**{f.name: namespace[f.name] for f in fields(cls) if f.name in namespace})

    @property
    def pace(self) -> Pace:
        """What a step of the watch is."""
        return PACES[self.period]

    @property
    def rate(self) -> float:
        """Episodes a series and step."""
        return 1 / (self.pace.steps * self.quiet_years)

    @property
    def told_steps(self) -> int:
        """Last steps whose alarms are told."""
        return round(self.told_months * self.pace.steps / 12)
