"""Indicators of audits, handbooks and transit."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analytics.language import Text
from analytics.scorecard.compute.declared import ALL, Found, findings_alone
from analytics.scorecard.measure import Measure, census, process

_ON_THE_WAY = pd.Timedelta(days=30)  # consignments that came so recently cannot be judged yet
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
        yield "followup_business_coverage", ALL, census(covered, trade, year, len(closed), note=_OPEN_YEAR)
    found = _groups(closed.assign(went=closed["finding"]), "followup_effectiveness", year)
    for indicator, district, measure in found:
        yield indicator, district, findings_alone(measure)


def handbooks(rows: pd.DataFrame, year: int, end: pd.Timestamp) -> Found:
    """Write-off on time, with those overdue and open in the denominator; shares of trade behind either fence."""
    limit = rows["due_on"]
    if "extended_to" in rows.columns:
        limit = rows["extended_to"].fillna(limit)
    due = rows[((limit.dt.year == year) & (limit <= end)) | limit.isna()]
    went = (due["written_off_on"] <= limit[due.index]).astype("boolean").mask(limit[due.index].isna())
    closed = rows["written_off_on"].notna().all()
    yield from _closed_only(_groups(due.assign(went=went), "handbook_ontime_writeoff_rate", year), bool(closed))
    if "trade_value" not in rows.columns:
        return
    trade = rows[(rows["due_on"].dt.year == year) | rows["due_on"].isna()]
    if "physical_fence" in rows.columns:
        yield "physical_fence_share", ALL, _share(trade, trade["physical_fence"].astype("boolean"), year)
    if "kind" in rows.columns:
        inside = trade["kind"].isin(["electronic", "book"]).astype("boolean").mask(trade["kind"].isna())
        yield "info_fence_share", ALL, _share(trade, inside, year)


def _share(trade: pd.DataFrame, inside: pd.Series, year: int) -> Measure | None:
    """Share of the trade value inside; handbooks of which that, the date or the value is not known leave it open."""
    dark = inside.isna() | trade["trade_value"].isna() | trade["due_on"].isna()
    known = trade[~dark]
    made = census(float(known.loc[inside[~dark].astype(bool), "trade_value"].sum()),
                  float(known["trade_value"].sum()), year, len(known))  # fmt: skip
    if made is None or not dark.any():
        return made
    n = int(dark.sum())
    en, zh = f"{n:,} handbooks lack kind, fence, date or value", f"{n:,}本手册缺种类、围网、日期或金额"
    return made.with_note(en, zh, ceiling="watch")


def transit(rows: pd.DataFrame, year: int, end: pd.Timestamp) -> Found:
    """Eligible consignments that were transferred, of those that came at least a month before the data end.

    What came later may still be declared and delivered: it is neither done nor missing. A consignment declared within
    that month and not delivered is open, one of which eligibility or arrival is not known as well.
    """
    if "eligible" not in rows.columns:
        return
    eligible, came = rows["eligible"].astype("boolean"), rows["arrived_on"]
    ours = rows[eligible.fillna(True) & ((came.dt.year == year) & (came <= end - _ON_THE_WAY) | came.isna())]
    went = (ours["filed_on"].notna() & ours["delivered_on"].notna()).astype("boolean")
    open_ = (ours["filed_on"] > end - _ON_THE_WAY) & ours["delivered_on"].isna()
    went = went.mask(open_ | ours["arrived_on"].isna() | eligible[ours.index].isna())
    closed = rows["delivered_on"].notna().all()
    yield from _closed_only(_groups(ours.assign(went=went), "transit_fulfilment_rate", year), bool(closed))


def _closed_only(found: Found, closed: bool) -> Found:
    """Rates that are not met where the file holds closed cases alone: it may have been drawn by what it is to show."""
    for indicator, district, measure in found:
        if measure is not None and closed:
            en = "no case of the file is open: if it was drawn by completion, the others are missing"
            measure = measure.with_note(en, "文件中无未办结记录：如按办结情况提取，则缺少其余记录", ceiling="watch")
        yield indicator, district, measure


def _groups(rows: pd.DataFrame, indicator: str, year: int) -> Iterator[tuple[str, str, Measure | None]]:
    """Rate of column `went` (missing where nobody knows), for all and by district."""
    yield indicator, ALL, _rate(rows["went"], year)
    if "district" in rows.columns:
        for district, part in rows.groupby("district"):
            yield indicator, str(district), _rate(part["went"], year)


def _rate(went: pd.Series, year: int) -> Measure | None:
    known = went.dropna().astype(bool)
    return process(float(known.sum()), len(known), year, len(went) - len(known))
