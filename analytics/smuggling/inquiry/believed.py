"""Whether probabilities can be believed: of all units, and at the top where they are used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.smuggling.features.units import Unit
from analytics.smuggling.inquiry.answers import Answers
from analytics.smuggling.models.calibration import calibration_error, reliability
from analytics.statistics import Share, share_of

LEAST_JUDGED = 20  # outcomes within the selection below which nothing is said of its calibration
IN_A_PART = 30  # outcomes wanted in each part of the selection


@dataclass(frozen=True)
class Calibration:
    """Predicted against observed risk.

    Attributes
    ----------
    table : part ("all" or "selected"), predicted, observed, low95, high95, units; tenths of all units, and parts of
        the targeted ones, up to ten
    error : mean gap between predicted and observed over the tenths of all
    expected, observed : mean predicted risk of the targeted units, and what inspections found of it
    """

    table: pd.DataFrame
    error: float
    expected: float
    observed: Share

    @classmethod
    def of(cls, lines: pd.DataFrame, chosen: pd.DataFrame, found: Answers, unit: Unit) -> Calibration:
        """Judge the probabilities of scored lines and of those `chosen` among them."""
        column = "probability" if unit == "line" else "declaration_risk"
        p = lines[column].to_numpy()[found.units.first]
        targeted = (chosen["stream"] == "targeted").to_numpy()[found.units.first]
        top = np.flatnonzero(targeted)
        observed = share_of(found.finding[top], found.weight[top])
        parts = [reliability(p, found.finding, found.weight).assign(part="all")]
        if observed.counted:
            pieces = int(np.clip(observed.counted // IN_A_PART, 1, 10))
            parts.append(reliability(p[top], found.finding[top], found.weight[top], pieces).assign(part="selected"))
        error = calibration_error(p, found.finding, found.weight)
        expected = float(p[top].mean()) if len(top) else float("nan")
        return cls(pd.concat(parts, ignore_index=True), error, expected, observed)

    @property
    def ratio(self) -> float:
        """Expected over observed within the targeted units."""
        return self.expected / self.observed.value if self.observed.value > 0 else float("nan")

    @property
    def verdict(self) -> str:
        """Say "holds" where the expectation lies in the interval of what was observed, "low", "high", or "unknown"."""
        if self.observed.counted < LEAST_JUDGED or np.isnan(self.expected):
            return "unknown"
        if self.expected < self.observed.low:
            return "low"
        return "high" if self.expected > self.observed.high else "holds"
