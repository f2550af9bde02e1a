"""The question of a study: what is selected, how, and what it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from analytics.smuggling.features.units import Unit
from analytics.smuggling.models.fitting import Fitting
from analytics.smuggling.models.risk_model import Objective


@dataclass(frozen=True)
class Question:
    """What a study is asked.

    Attributes
    ----------
    model, label_delay, half_life : see `Fitting`
    objective : see `score`
    unit, rate, explore, most_per_enterprise, capacity : see `select`
    exploration : "fixed" (the random share is drawn evenly) or "adaptive" (by what it learns; see `exploration`)
    evaluate_from, evaluation_share : first day judged, or the share of the lines judged; see `splits.time_split`
    purge : take training copies of judged lines out when the audit flags them
    leave_out_leaks : leave columns out that tell outcomes which nobody knew
    yellow_findings, red_findings : see `grade`
    refit_weeks : weeks after which the weekly loop fits its model anew; 0 leaves the loop out
    seed : of every random number
    """

    model: str = "blend"
    objective: Objective = "hit_rate"
    unit: Unit = "declaration"
    rate: float = 0.04
    explore: float = 0.1
    exploration: str = "fixed"
    most_per_enterprise: int | None = None
    capacity: int | None = None
    label_delay: int = 28
    half_life: float = 180.0
    evaluate_from: str | None = None
    evaluation_share: float = 0.25
    purge: bool = True
    leave_out_leaks: bool = True
    yellow_findings: int = 2
    red_findings: int = 4
    refit_weeks: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.exploration not in ("fixed", "adaptive"):
            raise ValueError(f'exploration must be "fixed" or "adaptive", got "{self.exploration}".')

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Question:
        """Make it from what is named alike, such as a notebook's parameters."""
        return cls(**{f.name: given[f.name] for f in fields(cls) if f.name in given})

    @property
    def fitting(self) -> Fitting:
        """How its model is fitted."""
        return Fitting(self.model, self.label_delay, self.half_life, seed=self.seed)
