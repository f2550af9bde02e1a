"""What a ranking is judged against: the truth of simulated data, or the outcomes of inspections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics import tables
from analytics.smuggling.features.units import Unit, Units
from analytics.smuggling.models.calibration import Design, design


@dataclass(frozen=True)
class Answers:
    """Outcomes of the judged units (declarations, or lines).

    Attributes
    ----------
    basis : "truth" (simulated), "all_inspected" (every unit has an outcome, and nobody knows of others), "weighted"
        (outcomes of inspections, each with the number of units that it stands for) or "inspected_only" (outcomes that
        speak for themselves alone, since nobody drew at random)
    units : of the evaluation lines
    finding : 1.0 finding, 0.0 none, missing where nobody looked, by unit
    weight : units that each outcome stands for, 0 where there is none
    amount : tax at stake by unit; None where none is known
    by_line, lost : finding of every line, and the tax at stake on it
    design : how the outcomes came about; None for the truth
    """

    basis: str
    units: Units
    finding: np.ndarray
    weight: np.ndarray
    amount: np.ndarray | None
    by_line: np.ndarray
    lost: np.ndarray
    design: Design | None = None

    @property
    def known(self) -> int:
        """Units with an outcome."""
        return int((self.weight > 0).sum())

    @property
    def prevalence(self) -> float:
        """Share of findings among all units, as far as the outcomes tell it."""
        return float(np.average(np.nan_to_num(self.finding), weights=self.weight)) if self.known else float("nan")


def answers(evaluation: pd.DataFrame, truth: pd.DataFrame | None = None, unit: Unit = "declaration") -> Answers:
    """Outcomes of evaluation lines by unit, from the truth where it is given."""
    units = Units.of(evaluation, unit)
    if truth is not None:
        lost = truth.assign(line_no=truth["line_no"].astype(int)).drop_duplicates(["declaration_id", "line_no"])
        keys = evaluation[["declaration_id"]].assign(line_no=evaluation["line_no"].astype(int))
        joined = keys.merge(
            lost[["declaration_id", "line_no", "tax_lost"]], how="left", on=["declaration_id", "line_no"]
        )
        bad = joined["tax_lost"].notna().to_numpy(dtype=float)
        lost_tax = joined["tax_lost"].fillna(0).clip(lower=0).to_numpy()
        return Answers("truth", units, units.most(bad), np.ones(len(units)), units.total(lost_tax), bad, lost_tax)
    label, how = evaluation["label"].to_numpy(), design(evaluation, units)
    basis = {"census": "all_inspected", "none": "inspected_only"}.get(how.by, "weighted")
    recovered = evaluation["recovered"].to_numpy()
    amount = units.total(recovered) if np.nansum(recovered) > 0 else None
    return Answers(basis, units, units.most(label), how.weight, amount, label, recovered, how)


def truth_of(source: str) -> pd.DataFrame | None:
    """Non-compliant lines of a simulated source, drawn again from its seed; None for any other source.

    Parameters
    ----------
    source : such as "simulated:lines=60000,seed=7"
    """
    if not source.startswith("simulated:") or " + " in source:
        return None
    given: dict[str, Any] = dict(part.split("=", 1) for part in source.removeprefix("simulated:").split(","))
    made = tables.simulate(**{k: v if k == "setting" else int(v) for k, v in given.items()})  # type: ignore[arg-type]
    return made.truth["lines"]
