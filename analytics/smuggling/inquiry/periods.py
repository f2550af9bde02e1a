"""The lines of a study: prepared, audited for leaks, split in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.audit import copies
from analytics.smuggling.audit.outcomes import KEPT, OutcomeAudit, audit_outcomes, left_out
from analytics.smuggling.audit.records import Records
from analytics.smuggling.evaluation.splits import time_split
from analytics.smuggling.features.frames import LATER, columns_of, prepare
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.selection.estimation import Rate, finding_rate


@dataclass(frozen=True)
class Periods:
    """Lines audited and split in time: what is learnt from, and what is judged.

    Attributes
    ----------
    frame : all prepared lines, without leaking columns
    columns : those of the source that the model may ask for again
    leaks : columns left out
    told : what the audit of columns saw
    all_train, train : earlier lines, and those that copy no judged line where copies are purged
    evaluation, start : judged lines, and their first day
    records : whether the records are what they seem
    audit : copies of judged lines in training
    purged : copies were taken out
    rate : estimated finding rate of `train`
    """

    frame: pd.DataFrame
    columns: list[str]
    leaks: list[str]
    told: OutcomeAudit
    all_train: pd.DataFrame
    train: pd.DataFrame
    evaluation: pd.DataFrame
    start: pd.Timestamp
    records: Records
    audit: copies.LeakAudit
    purged: bool
    rate: Rate

    @classmethod
    def of(cls, declarations: Any, q: Question) -> Periods:
        """Prepare, audit, leave out, split, purge."""
        frame = _in_no_order(prepare(declarations, label_delay=q.label_delay))
        told, leaks = leaks_in(frame)
        told = replace(told, by_contract=tuple(c for c in LATER if c in columns_of(declarations)))
        leaks = leaks if q.leave_out_leaks else []
        frame = left_out(frame, leaks)
        columns = [c for c in columns_of(declarations) if c in frame.columns and c not in leaks]
        train, evaluation, start = time_split(frame, evaluate_from=q.evaluate_from, share=q.evaluation_share)
        audit = copies.audit(train, evaluation)
        purged = bool(audit.flagged and q.purge)
        kept = copies.purge(train, evaluation).reset_index(drop=True) if purged else train
        records, rate = Records.of(frame, q.label_delay), finding_rate(kept)
        return cls(frame, columns, leaks, told, train, kept, evaluation, start, records, audit, purged, rate)


def leaks_in(frame: pd.DataFrame) -> tuple[OutcomeAudit, list[str]]:
    """What the audit of columns saw, and the columns that it takes from a study: they tell outcomes nobody knew.

    Parameters
    ----------
    frame : DataFrame from `frames.prepare`
    """
    told = audit_outcomes(frame, finding_rate(frame).value)
    return told, [s for s in told.sources if s not in KEPT]


def _in_no_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Lines by day, then by a hash of their declaration: the order of a file may tell outcomes, and ties follow it."""
    mixed = pd.util.hash_pandas_object(frame["declaration_id"], index=False).to_numpy()
    order = np.lexsort((frame["line_no"].to_numpy(), mixed, frame["day"].to_numpy()))
    return frame.iloc[order].reset_index(drop=True)
