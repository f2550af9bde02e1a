"""Indicators of audits, handbooks and transit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from analytics.language import Text
from analytics.scorecard.compute.declared import ALL, Found
from analytics.scorecard.measure import Measure, census, process

_ON_THE_WAY = pd.Timedelta(days=30)  # a transit declared so recently may still be travelling
_OPEN_YEAR = Text("the year's audits are compared with the trade of the same year", "以当年稽查覆盖与当年进出口值相比")


def audits(rows: pd.DataFrame, year: int, active_before: set[str], trade: float) -> Found:
    """Coverage and effectiveness of post-clearance control, by the date of closing.

    Parameters
    ----------
    active_before : enterprises with business in the year before, the denominator of the appraisal rule
    trade : value of the year's declarations
    """
    closed = rows[rows["closed_on"].dt.year == year]
    if active_before:
        reached = len(set(closed["enterprise_id"].dropna()) & active_before)
        yield "followup_enterprise_coverage", ALL, process(reached, len(active_before), year)
    if "covered_value" in rows.columns and trade > 0:
        covered = float(closed["covered_value"].fillna(0).sum())
        yield "followup_business_coverage", ALL, census(covered, trade, year, note=_OPEN_YEAR)
    known = closed[closed["finding"].notna()]
    yield from _groups(known, "followup_effectiveness",
                       lambda part: process(float(part["finding"].astype(bool).sum()), len(part), year))  # fmt: skip


def handbooks(rows: pd.DataFrame, year: int, end: pd.Timestamp) -> Found:
    """Write-off on time, with those overdue and open in the denominator; shares of trade behind either fence."""
    limit = rows["due_on"]
    if "extended_to" in rows.columns:
        limit = rows["extended_to"].fillna(limit)
    due = rows[(limit.dt.year == year) & (limit <= end)].assign(limit=limit)
    yield from _groups(
        due, "handbook_ontime_writeoff_rate",
        lambda part: process(float((part["written_off_on"] <= part["limit"]).sum()), len(part), year),
    )  # fmt: skip
    if "trade_value" not in rows.columns:
        return
    trade = rows[rows["due_on"].dt.year == year].dropna(subset=["trade_value"])
    whole = float(trade["trade_value"].sum())
    if "physical_fence" in rows.columns:
        inside = float(trade.loc[trade["physical_fence"].fillna(False).astype(bool), "trade_value"].sum())
        yield "physical_fence_share", ALL, census(inside, whole, year)
    if "kind" in rows.columns:
        inside = float(trade.loc[trade["kind"].isin(["electronic", "book"]), "trade_value"].sum())
        yield "info_fence_share", ALL, census(inside, whole, year)


def transit(rows: pd.DataFrame, year: int, end: pd.Timestamp) -> Found:
    """Eligible consignments that were transferred; those declared less than a month ago may be on the way."""
    if "eligible" not in rows.columns:
        return
    ours = rows[rows["eligible"].fillna(False).astype(bool) & (rows["arrived_on"].dt.year == year)]
    travelling = ours["filed_on"] > end - _ON_THE_WAY
    done = ours["filed_on"].notna() & (ours["delivered_on"].notna() | travelling)
    yield from _groups(ours.assign(done=done), "transit_fulfilment_rate",
                       lambda part: process(float(part["done"].sum()), len(part), year))  # fmt: skip


def _groups(
    rows: pd.DataFrame, indicator: str, measure: Callable[[pd.DataFrame], Measure | None]
) -> Iterator[tuple[str, str, Measure | None]]:
    yield indicator, ALL, measure(rows)
    if "district" in rows.columns:
        for district, part in rows.groupby("district"):
            yield indicator, str(district), measure(part)
