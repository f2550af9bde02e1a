"""What a ranking is judged against: the truth of simulated data, or the outcomes of inspections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics import tables


@dataclass(frozen=True)
class Answers:
    """Outcomes of the judged lines.

    Attributes
    ----------
    basis : "truth" (simulated), "all_inspected" (every line has an outcome) or "inspected_only" (the outcomes of the
        lines that were inspected, which targeting chose)
    at : positions of the evaluation lines that have an answer
    finding : 1.0 finding, 0.0 none, of these lines
    amount : tax at stake on them; None where none is known
    """

    basis: str
    at: np.ndarray
    finding: np.ndarray
    amount: np.ndarray | None

    @property
    def prevalence(self) -> float:
        """Share of findings among the judged lines."""
        return float(self.finding.mean())


def answers(evaluation: pd.DataFrame, truth: pd.DataFrame | None = None) -> Answers:
    """Outcomes of evaluation lines, from the truth where it is given."""
    if truth is not None:
        lost = truth.assign(line_no=truth["line_no"].astype(int)).drop_duplicates(["declaration_id", "line_no"])
        keys = evaluation[["declaration_id"]].assign(line_no=evaluation["line_no"].astype(int))
        joined = keys.merge(
            lost[["declaration_id", "line_no", "tax_lost"]], how="left", on=["declaration_id", "line_no"]
        )
        finding = joined["tax_lost"].notna().to_numpy(dtype=float)
        amount = joined["tax_lost"].fillna(0).clip(lower=0).to_numpy()
        return Answers("truth", np.arange(len(evaluation)), finding, amount)
    label = evaluation["label"].to_numpy()
    judged = np.flatnonzero(~np.isnan(label))
    amount = evaluation["recovered"].to_numpy()[judged]
    basis = "all_inspected" if len(judged) >= 0.95 * len(evaluation) else "inspected_only"
    return Answers(basis, judged, label[judged], amount if np.nansum(amount) > 0 else None)


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
