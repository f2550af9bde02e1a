"""Enforcement studied: funnels of every decision and kind of decider, rules, and the test below the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from analytics.early_warning.enforced.alike import Funnel, apart, funnel
from analytics.early_warning.enforced.decisions import DECISIONS, decisions, held, strata, units
from analytics.early_warning.enforced.line import below_the_line
from analytics.early_warning.enforced.rules import judged
from analytics.early_warning.panels.panel import WarningDataError
from analytics.shown import Shown


@dataclass(frozen=True)
class EnforcementQuestion:
    """Settings of an evaluation.

    Attributes
    ----------
    alike : what makes two declarations alike: goods, direction, mode, regime, risk (band of the chance of selection)
    product_digits : digits of the code that make the goods
    """

    alike: Sequence[str] = ("goods", "direction", "mode", "risk")
    product_digits: int = 2

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> EnforcementQuestion:
        """Take the settings out of a notebook's `globals()`."""
        return cls(**{f.name: namespace[f.name] for f in fields(cls) if f.name in namespace})


@dataclass(frozen=True, repr=False)
class EnforcementFindings(Shown):
    """What was found.

    Attributes
    ----------
    question : what was asked
    funnels : every decision and kind of decider that the data hold, their units marked where they stand apart
    absent : decisions that the data do not hold
    declarations : compared
    months : first and last day
    rules : as from `rules.judged`; None where no rules were given
    hits_known : whether it is known which declaration a rule hit
    line : as from `line.below_the_line`; None where it cannot be tested
    """

    question: EnforcementQuestion
    funnels: tuple[Funnel, ...]
    absent: tuple[str, ...]
    declarations: int
    months: tuple[pd.Timestamp, pd.Timestamp]
    rules: pd.DataFrame | None
    hits_known: bool
    line: pd.DataFrame | None

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.apart)} of {self.comparisons:,} comparisons apart, {self.declarations:,} declarations"

    def summary(self) -> pd.DataFrame:
        """Comparisons, those that stand apart first."""
        columns = ["kind", "unit", "decision", "compared", "observed", "others", "low95", "high95", "apart"]
        return self.table.reindex(columns=columns)

    @property
    def table(self) -> pd.DataFrame:
        """All comparisons, one row a unit and decision, those that stand apart first."""
        parts = [f.table.assign(kind=f.unit, decision=f.decision) for f in self.funnels if len(f.table)]
        if not parts:
            return pd.DataFrame(columns=["kind", "decision", "unit", "z", "apart", "half"])
        table = pd.concat(parts, ignore_index=True)
        order = table["z"].abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order].sort_values("apart", ascending=False, kind="stable", ignore_index=True)

    @property
    def apart(self) -> pd.DataFrame:
        """Comparisons that stand apart, the furthest first."""
        table = self.table
        return table[table["apart"].astype(bool)].reset_index(drop=True)

    @property
    def comparisons(self) -> int:
        """Units times decisions that could be compared."""
        return sum(len(f.table) for f in self.funnels)

    @property
    def small(self) -> int:
        """Units times decisions with too few comparable declarations to be told from others."""
        return sum(f.small for f in self.funnels)


def study_enforcement(
    declarations: Any, question: EnforcementQuestion, rules: Any = None, hits: Any = None
) -> EnforcementFindings:
    """Evaluate enforcement.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame with declaration_id, date, hs_code, one of district, port,
        officer_id, and what is recorded of decisions: inspected, lane, accepted_at and released_at, finding,
        confirmed_value, confirmed_hs_code, confirmed_origin
    question : settings
    rules : table rules, optional
    hits : table rule_hits, optional

    Raises
    ------
    WarningDataError
        For missing columns, one decider alone, or no decision to compare.
    """
    rows = decisions(declarations, question.product_digits)
    asked, who = held(rows), units(rows)
    if not asked or not who:
        what = "no decision of either kind (inspected, lane, released_at)" if not asked else "no two deciders"
        raise WarningDataError(f"Nothing to compare: the declarations hold {what}. Give a source that records them.")
    made = [funnel(rows, d, u, strata(d, u, question.alike)) for u in who for d in asked]
    return EnforcementFindings(
        question,
        tuple(apart(made)),
        tuple(d for d in DECISIONS if d not in asked),
        len(rows),
        (rows["date"].min(), rows["date"].max()),
        None if rules is None else judged(rules, rows, hits),
        hits is not None,
        below_the_line(rows),
    )
