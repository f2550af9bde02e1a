"""Steps studied on declarations: leads, what a placebo date would have told, duty at stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.panels.from_declarations import usable
from analytics.early_warning.panels.panel import JOIN, WarningDataError
from analytics.early_warning.steps.step import Step
from analytics.early_warning.steps.switches import COLUMNS, RULE, Rule, switches
from analytics.shown import Shown
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine

_NEEDED = ("date", "hs_code", "origin", "enterprise_id", "value")
_WANTED = (*_NEEDED, "quantity", "net_mass_kg", "seller_id", "direction")
_HEADING = 4
_PLACEBOS = (-4, -7, -10)
"""Months by which the step's date is moved back to see what chance would tell."""


@dataclass(frozen=True, repr=False)
class StepFindings(Shown):
    """What was found around duty steps.

    Attributes
    ----------
    steps : studied
    leads : DataFrame, one row an enterprise that moved goods: step, kind ("origin" or "code"), enterprise, goods, and
        the columns of `switches.COLUMNS`; duty (a year, what the step would have brought on the goods moved)
    chance : switches that a placebo date tells, mean over up to three dates before each step, summed over steps;
        missing where the data do not reach back far enough for one
    compared : enterprises with goods in the old place before a step
    """

    steps: tuple[Step, ...]
    leads: pd.DataFrame
    chance: float
    compared: int

    @property
    def said(self) -> str:
        """The result in one line."""
        told = f"{len(self.leads)} leads ({self.chance:.1f} by chance)"
        return f"{len(self.steps)} steps, {told}, {self.compared} enterprises compared"

    def summary(self) -> pd.DataFrame:
        """Enterprises that moved goods, most duty first."""
        return self.leads.drop(columns="unit", errors="ignore")

    @property
    def precision(self) -> float:
        """Share of the leads beyond chance, estimated from placebo dates; missing without leads."""
        return float(np.maximum(0.0, 1 - self.chance / len(self.leads))) if len(self.leads) else float("nan")


def study_steps(declarations: Any, steps: Sequence[Step], rule: Rule = RULE) -> StepFindings:
    """Study duty steps: goods that moved to another origin, or to a sibling code of the same heading.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame with date, hs_code, origin, enterprise_id, value, a quantity
        and optional seller_id
    steps : as from `parse_steps`
    rule : what makes a switch

    Raises
    ------
    WarningDataError
        For missing columns, or a step whose months the data do not hold.
    """
    lines = _lines(declarations, steps)
    found, chance, compared = [], 0.0, 0
    for step in steps:
        _held(lines, step, rule)
        kinds = ["code"] if step.origin == "all" else ["origin", "code"]
        for kind in kinds:
            flows, old = _flows(lines, step, kind)
            told = _told(flows, step.date, old, rule)
            found.append(told.assign(step=f"{step.date:%Y-%m-%d} {step.code} {step.origin}", kind=kind,
                                     duty=12 * step.rise * told["gained"]))  # fmt: skip
            compared += flows[flows["place"].isin(old) & (flows["month"] < step.date)]["unit"].nunique()
            dates = [step.date + pd.DateOffset(months=m) for m in _PLACEBOS]
            first = flows["month"].min() + pd.DateOffset(months=rule.before)
            placebo = [len(_told(flows, d, old, rule)) for d in dates if d >= first]
            chance += sum(placebo) / len(placebo) if placebo else float("nan")
    leads = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(COLUMNS))
    leads[["enterprise", "goods"]] = leads["unit"].astype(str).str.split(JOIN, n=1, expand=True).reindex(columns=[0, 1])
    leads = leads.sort_values("duty", ascending=False, kind="stable", ignore_index=True)
    return StepFindings(tuple(steps), leads, chance, compared)


def _told(flows: pd.DataFrame, date: pd.Timestamp, old: set[str], rule: Rule) -> pd.DataFrame:
    table = switches(flows, date, old, rule)
    return table[table["is_switch"].astype(bool)]


def _lines(declarations: Any, steps: Sequence[Step]) -> pd.DataFrame:
    """Monthly sums of the headings that steps touch."""
    table = usable(as_ibis(declarations, _WANTED))
    lacking = [c for c in _NEEDED if c not in table.columns]
    weights = [c for c in ("net_mass_kg", "quantity") if c in table.columns]
    if lacking or not weights:
        raise WarningDataError(
            f"A duty step is studied on the columns {', '.join(_NEEDED)} and net_mass_kg or quantity; missing: "
            f"{', '.join(lacking or ['net_mass_kg'])}. Map them in a column map."
        )
    headings = sorted({step.code[:_HEADING] for step in steps})
    table = table.filter(table["hs_code"].substr(0, _HEADING).isin(headings))
    keys = ["hs_code", "origin", "enterprise_id", *(["seller_id"] if "seller_id" in table.columns else [])]
    made = table.mutate(month=table["date"].cast("timestamp").truncate("M").cast("date"))
    sums = made.group_by(["month", *keys]).aggregate(value=made["value"].sum(), quantity=made[weights[0]].sum())
    frame = engine.fetch(sums.order_by(["month", *keys]))
    frame["month"] = pd.to_datetime(frame["month"]).astype("datetime64[ns]")
    return frame[frame["quantity"] > 0].rename(columns={"seller_id": "seller"})


def _held(lines: pd.DataFrame, step: Step, rule: Rule) -> None:
    start = step.date.to_period("M").to_timestamp()
    months = lines["month"]
    need_first, need_last = start - pd.DateOffset(months=rule.before), start + pd.DateOffset(months=rule.after - 1)
    if months.empty or months.min() > need_first or months.max() < need_last:
        have = "none of its heading" if months.empty else f"{months.min():%Y-%m} to {months.max():%Y-%m}"
        raise WarningDataError(
            f"The step of {step.date:%Y-%m-%d} on {step.code} needs lines from {need_first:%Y-%m} to "
            f"{need_last:%Y-%m}; the data hold {have}. Give a longer source, or leave the step out."
        )


def _flows(lines: pd.DataFrame, step: Step, kind: str) -> tuple[pd.DataFrame, set[str]]:
    """Flows of units between places: origins of the same code, or codes of the same origin."""
    code = lines["hs_code"].astype(str)
    if kind == "origin":
        kept = lines[code.str.startswith(step.code)]
        unit = kept["enterprise_id"].astype(str) + JOIN + kept["hs_code"].astype(str)
        return kept.assign(unit=unit, place=kept["origin"].astype(str), goods=kept["hs_code"].astype(str)), {
            step.origin
        }
    near = code.str.startswith(step.code[:_HEADING])
    if step.origin != "all":
        near &= lines["origin"] == step.origin
    kept = lines[near]
    unit = kept["enterprise_id"].astype(str) + JOIN + kept["origin"].astype(str)
    old = {c for c in kept["hs_code"].astype(str).unique() if c.startswith(step.code)}
    return kept.assign(unit=unit, place=kept["hs_code"].astype(str), goods=kept["origin"].astype(str)), old
