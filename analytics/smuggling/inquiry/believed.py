"""Whether probabilities can be believed: of all units, and at the top where they are used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.smuggling.evaluation.assisted import Assisted
from analytics.smuggling.features.units import Unit
from analytics.smuggling.inquiry.answers import Answers
from analytics.smuggling.models.calibration import calibration_error, reliability
from analytics.statistics import Share, share_of

LEAST_JUDGED = 20  # outcomes within the selection below which nothing is said of its calibration
WIDEST = 0.30  # width of an interval that can judge a share of the selection
IN_A_PART = 30  # outcomes wanted in each part of the selection


@dataclass(frozen=True)
class Calibration:
    """Predicted against observed risk.

    Attributes
    ----------
    table : part ("all" or "selected"), predicted, observed, low95, high95, units; tenths of all units, and parts of
        the targeted ones, up to ten
    error : mean gap between predicted and observed over the tenths of all
    expected, observed : mean predicted risk of the targeted units, and the share with a finding as outcomes tell it
    """

    table: pd.DataFrame
    error: float
    expected: float
    observed: Share

    @classmethod
    def of(
        cls, lines: pd.DataFrame, chosen: pd.DataFrame, found: Answers, unit: Unit, assist: Assisted | None = None
    ) -> Calibration:
        """Judge the probabilities of scored lines and of those `chosen` among them, by `assist` where it is given."""
        column = "probability" if unit == "line" else "declaration_risk"
        p = lines[column].to_numpy()[found.units.first]
        targeted = (chosen["stream"] == "targeted").to_numpy()[found.units.first]
        top = np.flatnonzero(targeted)
        observed = share_of(found.finding[top], found.weight[top])
        parts = [reliability(p, found.finding, found.weight).assign(part="all")]
        if observed.counted:
            pieces = int(np.clip(observed.counted // IN_A_PART, 1, 10))
            parts.append(reliability(p[top], found.finding[top], found.weight[top], pieces).assign(part="selected"))
            observed = assist.share(targeted.astype(float)) if assist is not None else observed
        error = calibration_error(p, found.finding, found.weight)
        expected = float(p[top].mean()) if len(top) else float("nan")
        return cls(pd.concat(parts, ignore_index=True), error, expected, observed)

    @property
    def ratio(self) -> float:
        """Expected over observed within the targeted units."""
        return self.expected / self.observed.value if self.observed.value > 0 else float("nan")

    @property
    def verdict(self) -> str:
        """Say "holds" where the expectation lies in the interval of what was observed, "low", "high", or "unknown".

        An interval that holds nearly everything vouches for nothing.
        """
        if self.observed.counted < LEAST_JUDGED or np.isnan(self.expected):
            return "unknown"
        if self.expected < self.observed.low:
            return "low"
        if self.expected > self.observed.high:
            return "high"
        return "holds" if self.observed.high - self.observed.low <= WIDEST else "unknown"
