"""The audit plan: enterprises by tax at stake in the years that an audit looks back, within the wanted coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from analytics.shown import Shown
from analytics.smuggling.audit.outcomes import OutcomeAudit, audit_outcomes, left_out
from analytics.smuggling.evaluation.splits import without_outcomes
from analytics.smuggling.features.frames import InputError, as_pandas, columns_of, prepare
from analytics.smuggling.followup.classes import facts, order_on
from analytics.smuggling.followup.pooling import pooled
from analytics.smuggling.followup.promise import Promise, promise
from analytics.smuggling.followup.trusted import Trusted, trusted_traders
from analytics.smuggling.links.rings import Rings, rings
from analytics.smuggling.models.fitting import Fitting, fit_prepared
from analytics.smuggling.models.risk_model import RiskModel, scored
from analytics.smuggling.selection.estimation import finding_rate


@dataclass(frozen=True)
class AuditQuestion:
    """What is planned.

    Attributes
    ----------
    years : that an audit looks back
    enterprise_coverage, business_coverage : shares of enterprises, and of the value declared, to be audited in a year
    spare_trusted : leave trusted traders out
    half_life, seed : of the model
    """

    years: float = 2.0
    enterprise_coverage: float = 0.05
    business_coverage: float = 0.15
    spare_trusted: bool = True
    half_life: float = 180.0
    seed: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> AuditQuestion:
        """Make it from what is named alike, such as a notebook's parameters."""
        return cls(**{f.name: given[f.name] for f in fields(cls) if f.name in given})


@dataclass(repr=False)
class AuditPlan(Shown):
    """Whom to audit.

    Attributes
    ----------
    question : AuditQuestion
    model : RiskModel fitted on all lines
    leaks : columns that told outcomes; left out
    firms : DataFrame by enterprise_id, most at stake first: lines, value, at_stake, expected_findings, share_of_stake,
        category, trusted, planned (bool), why ("stake" or "coverage")
    facts : what the data hold of legal facts, by enterprise
    trusted : trusted traders against the others; None where no class is given
    promise : what the plan is expected to bring
    rings : linked enterprises with their findings; None where no enterprises are given
    first, last : days of the window
    enterprises_covered, value_covered, stake_covered : shares that the planned enterprises hold
    """

    question: AuditQuestion
    model: RiskModel
    leaks: OutcomeAudit
    firms: pd.DataFrame
    facts: pd.DataFrame
    trusted: Trusted | None
    promise: Promise
    rings: Rings | None
    first: pd.Timestamp
    last: pd.Timestamp
    enterprises_covered: float
    value_covered: float
    stake_covered: float

    @property
    def said(self) -> str:
        """The result in one line."""
        return (
            f"{int(self.firms['planned'].sum()):,} of {len(self.firms):,} enterprises, "
            f"{self.stake_covered:.0%} of the expected tax at stake"
        )

    def summary(self) -> pd.DataFrame:
        """Enterprises planned, most tax at stake first."""
        columns = ["lines", "value", "at_stake", "expected_findings", "share_of_stake", "why"]
        return self.firms.loc[self.firms["planned"], columns].reset_index()


def audit_plan(
    declarations: Any, question: AuditQuestion | None = None, *, enterprises: Any = None, audits: Any = None
) -> AuditPlan:
    """Plan post-clearance audits.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
        Lines of all years at hand with outcomes; the last `years` of them are what audits look at.
    question : AuditQuestion, optional
    enterprises : Table or DataFrame, optional
        For the legal class.
    audits : Table or DataFrame, optional
        Past audits; without them nothing is promised.

    Notes
    -----
    Tax at stake of a line is its chance of a finding, pooled over its enterprise (`pooling`), times the amount a
    finding would bring; lines that were inspected have no part in it. Enterprises rank by the sum. Those planned are
    the first by stake up to the coverage of enterprises; should they hold less than the coverage of business, the
    enterprises with most stake for their value missing are added until they do.
    """
    q = question or AuditQuestion()
    frame = prepare(declarations)
    if frame["enterprise_id"].isna().all():
        raise InputError(
            'audit plan: column "enterprise_id" is missing or empty, and a plan names enterprises. Map the consignee '
            "to it; without it use risk selection, which ranks declarations."
        )
    told = audit_outcomes(frame, finding_rate(frame).value)
    frame = left_out(frame, told.sources)
    columns = [c for c in columns_of(declarations) if c in frame.columns and c not in told.sources]
    model = fit_prepared(frame, columns, Fitting(half_life=q.half_life, seed=q.seed))
    last = frame["date"].max()
    first = last - pd.Timedelta(days=round(365.25 * q.years)) + pd.Timedelta(days=1)
    firms = _stakes(frame, model, first)
    category = _category(enterprises)
    known = facts(frame, category, last)
    order = order_on(last)
    firms["category"] = category.reindex(firms.index).fillna("")
    firms["trusted"] = firms["category"].isin(order.trusted)
    firms["why"] = _planned(firms, q)
    firms["planned"] = firms["why"] != ""
    chosen = firms[firms["planned"]]
    past = None if audits is None else as_pandas(audits)
    return AuditPlan(
        q, model, told, firms, known,
        trusted_traders(frame, firms["at_stake"], firms.index[firms["trusted"]]) if firms["trusted"].any() else None,
        promise(firms, chosen.index, past, q.seed),
        None if enterprises is None else rings(enterprises, model.outcomes),
        max(first, frame["date"].min()), last,
        len(chosen) / max(len(firms), 1),
        float(chosen["value"].sum() / max(firms["value"].sum(), 1e-9)),
        float(chosen["at_stake"].sum() / max(firms["at_stake"].sum(), 1e-9)),
    )  # fmt: skip


def _stakes(frame: pd.DataFrame, model: RiskModel, first: pd.Timestamp) -> pd.DataFrame:
    """Lines, value, tax at stake and expected findings of every enterprise in the window."""
    blind = without_outcomes(frame)
    X = model.matrix(blind)
    lines = scored(model, blind, X, "hit_rate")[["enterprise_id", "probability", "expected_recovery"]]
    chance = pooled(lines.assign(label=frame["label"]), model)
    open_ = ((frame["date"] >= first) & frame["label"].isna()).to_numpy(dtype=float)
    amount = (lines["expected_recovery"] / lines["probability"]).to_numpy()
    within = (frame["date"] >= first).to_numpy(dtype=float)
    by = pd.DataFrame(
        {
            "enterprise_id": frame["enterprise_id"], "lines": within, "value": np.nan_to_num(frame["value"]) * within,
            "at_stake": chance * amount * open_, "expected_findings": chance * open_,
        }
    ).groupby("enterprise_id").sum()  # fmt: skip
    by = by[by["lines"] > 0].sort_values("at_stake", ascending=False, kind="stable")
    return by.assign(share_of_stake=by["at_stake"] / max(float(by["at_stake"].sum()), 1e-9))


def _category(enterprises: Any) -> pd.Series:
    if enterprises is None:
        return pd.Series(dtype="str")
    table = as_pandas(enterprises).drop_duplicates("enterprise_id").set_index("enterprise_id")
    return table["category"].astype("str") if "category" in table else pd.Series(dtype="str")


def _planned(firms: pd.DataFrame, q: AuditQuestion) -> np.ndarray:
    """Why each enterprise is planned: "stake", "coverage", or "" where it is not."""
    free = ~firms["trusted"].to_numpy() if q.spare_trusted else np.ones(len(firms), dtype=bool)
    count = int(np.ceil(q.enterprise_coverage * len(firms)))
    why = np.full(len(firms), "", dtype=object)
    why[np.flatnonzero(free)[:count]] = "stake"
    value = firms["value"].to_numpy()
    missing = q.business_coverage * value.sum() - value[why != ""].sum()
    rest = np.flatnonzero(free & (why == ""))
    for i in rest[np.argsort(-value[rest] * firms["at_stake"].to_numpy()[rest], kind="stable")]:
        if missing <= 0:
            break
        why[i] = "coverage"
        missing -= value[i]
    return why
