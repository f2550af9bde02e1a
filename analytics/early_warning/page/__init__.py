"""What the page of the watch shows: functions that take its findings and return exhibits."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.briefing import Lead, Part
from analytics.early_warning.alarms import ledger
from analytics.early_warning.page import words
from analytics.early_warning.page.cards import cards
from analytics.early_warning.page.method import method, watch
from analytics.early_warning.page.opening import headline, verdict
from analytics.early_warning.page.record import groups, record
from analytics.early_warning.page.sight import share_told, sight
from analytics.early_warning.panels.panel import JOIN
from analytics.early_warning.study import Findings
from analytics.language import Text

SECTIONS: dict[str, Callable[[Findings], Part | None]] = {
    "cards": cards,
    "groups": groups,
    "record": record,
    "sight": sight,
    "watch": watch,
    "method": method,
}


def exhibits(found: Findings, place: Text) -> dict[str, Part]:
    """All parts of the page, in their order, by name; groups are left out where there are none."""
    parts = {"headline": headline(found, place), **{name: part(found) for name, part in SECTIONS.items()}}
    return {name: part for name, part in parts.items() if part is not None}


def figures(found: Findings) -> dict[str, float]:
    """Key figures of result.json."""
    alarms, rate = found.alarms, ledger.hit_rate(found.alarms)
    opened = alarms[alarms["opened"]]
    numbers = {
        "series": found.coverage.series,
        "series_watched": found.coverage.watched,
        "series_judged_last_month": int(found.judged["judged"].sum()),
        "series_ended": found.coverage.ended,
        "months_without_data": len(found.coverage.empty),
        "value_share_watched": found.coverage.share,
        "alarms_last_month": int((opened["told"] == found.last).sum()),
        "alarms_told_months": len(opened),
        "alarms_known_events": int((opened["status"] == "known").sum()),
        "leads_last_month": len(found.this_month),
        "years_between_alarms": found.measured_years(),
        "leads_decided": rate.decided,
        "leads_confirmed": rate.confirmed,
    }
    numbers |= {f"seen_fall_30_{w.panel.measure}": share_told(w, 0.3) for w in found.series}
    return {name: float(value) for name, value in numbers.items()}


def leads(found: Findings) -> list[Lead]:
    """The month's list for the board, then what was told before and goes on, each with its district."""
    at = list(found.series[0].panel.names.columns)
    still = found.going_on[(found.going_on["status"] != "known") & ~found.going_on["listed"]]
    made = []
    for alarm in pd.concat([found.this_month, still]).itertuples():
        parts = str(alarm.series).split(JOIN)
        district = parts[at.index("district")] if alarm.level == "series" and "district" in at else ""
        if alarm.level == "group" and str(alarm.series).startswith("district="):
            district = str(alarm.series).partition("=")[2]
        since = f"{alarm.since:{words.DATES[found.question.period]}}"
        made.append(Lead(words.lead(alarm, found.question.period), district, since))
    return made


def tables(found: Findings) -> dict[str, pd.DataFrame]:
    """Tables that other programs read, beside those of the exhibits."""
    return {"alarms": found.alarms.drop(columns="place")}


__all__ = [
    "SECTIONS",
    "cards",
    "exhibits",
    "figures",
    "groups",
    "headline",
    "leads",
    "method",
    "record",
    "sight",
    "tables",
    "verdict",
    "watch",
]
