"""The alarm ledger: what was told, what became of it, and how often it was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

OUTCOMES: Final = ("confirmed", "unfounded", "open")


@dataclass(frozen=True)
class HitRate:
    """Share of listed alarms that were confirmed, of those decided.

    Attributes
    ----------
    decided, confirmed : listed alarms with an outcome, and those confirmed
    rate, low95, high95 : missing where nothing is decided (Wilson's interval)
    """

    decided: int
    confirmed: int
    rate: float
    low95: float
    high95: float


def with_outcomes(alarms: pd.DataFrame, outcomes: pd.DataFrame | None, period: str = "month") -> pd.DataFrame:
    """Add the column `outcome` to alarms.

    Parameters
    ----------
    alarms : as from `telling.tell`
    outcomes : series, since, outcome ("confirmed", "unfounded" or "open"); None where no ledger is kept
    period : "month" or "week": a day of it names it

    Returns
    -------
    DataFrame; outcome is "" where none is known. An outcome counts for every row of the same series and first month.
    """
    if outcomes is None or outcomes.empty:
        return alarms.assign(outcome="")
    known = outcomes.assign(since=pd.to_datetime(outcomes["since"]).dt.to_period(period[0].upper()).dt.start_time)
    known = known.drop_duplicates(["series", "since"], keep="last")[["series", "since", "outcome"]]
    merged = alarms.merge(known, on=["series", "since"], how="left")
    return merged.assign(outcome=merged["outcome"].fillna(""))


def hit_rate(alarms: pd.DataFrame) -> HitRate:
    """Hit rate of listed alarms whose outcome is decided."""
    decided = alarms[alarms["listed"] & alarms["outcome"].isin(OUTCOMES[:2])].drop_duplicates(["series", "since"])
    n, hits = len(decided), int((decided["outcome"] == "confirmed").sum())
    if not n:
        return HitRate(0, 0, float("nan"), float("nan"), float("nan"))
    low, high = proportion_confint(hits, n, method="wilson")
    return HitRate(n, hits, hits / n, float(low), float(high))


def by_month(alarms: pd.DataFrame, months: pd.DatetimeIndex) -> pd.DataFrame:
    """Count episodes by the month they were told and what became of them.

    Returns
    -------
    DataFrame, one row a month told: month, told, lasting, passed, open, known, listed.
    """
    rows = []
    for month in months:
        those = alarms[alarms["told"] == month]
        opened = those[those["opened"]]
        counts = opened["status"].value_counts()
        states = {state: int(counts.get(state, 0)) for state in ("lasting", "passed", "open", "known")}
        rows.append({"month": month, "told": len(opened), **states, "listed": int(those["listed"].sum())})
    return pd.DataFrame(rows)
