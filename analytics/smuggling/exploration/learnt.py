"""What the outcomes at hand teach a bandit before it splits a budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.smuggling.exploration.bandit import TARGETED, Record, Strata


@dataclass(frozen=True)
class Learnt:
    """Record of past inspections by stratum, and how units fall into strata.

    Attributes
    ----------
    record : Record
    strata : Strata
    """

    record: Record
    strata: Strata

    @classmethod
    def of(cls, outcomes: pd.DataFrame, risk: np.ndarray, chapter: np.ndarray, half_life: float = 180.0) -> Learnt:
        """Learn from outcomes, month by month.

        Parameters
        ----------
        outcomes : DataFrame (declaration_id, date, chapter, probability, finding, targeted), inspected lines with the
            chance that a model which saw none of their outcomes gives them
        risk, chapter : of the units to be selected from; bands and chapters are theirs
        half_life : days
        """
        strata, record = Strata.of(risk, chapter), Record(half_life)
        ordered = outcomes.sort_values("probability", ascending=False, kind="stable")
        units = ordered.groupby("declaration_id", sort=False).agg(
            date=("date", "first"), chapter=("chapter", "first"), probability=("probability", "first"),
            finding=("finding", "max"), targeted=("targeted", "max"),
        )  # fmt: skip
        names = strata.names(units["probability"].to_numpy(), units["chapter"].to_numpy(dtype=object))
        units = units.assign(stratum=np.where(units["targeted"].to_numpy(dtype=bool), TARGETED, names))
        for month, part in units.groupby(units["date"].dt.to_period("M")):
            day = (month.end_time - pd.Timestamp("2000-01-01")).days
            stratum, expected, found = (part[c].to_numpy() for c in ("stratum", "probability", "finding"))
            record.learn(stratum, expected, found, float(day))
        return cls(record, strata)
