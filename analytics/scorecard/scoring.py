"""Compute a plan's indicators from the tables at hand, each for the year that it was seen in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.scorecard.card import MILESTONE, Key, Scorecard, Sources
from analytics.scorecard.compute import declared, given, supervised
from analytics.scorecard.compute.declared import ALL
from analytics.scorecard.measure import Measure
from analytics.scorecard.plan import Goal, own_plan, the_plan


def score(
    sources: Sources, year: int | None = None, district: str | None = None, root: Path | None = None,
    since: int | None = None,
) -> Scorecard:  # fmt: skip
    """Compute a plan's indicators and judge them.

    Parameters
    ----------
    sources : Sources
        `targets` is a plan of the user's own; without it the 64 statements of the plan are judged.
    year : judged; by default the last year of which the declarations (else the indicators) hold December
    district : judged; by default all together
    root : paths of results are relative to it
    since : a further year to be computed, with which an evaluation compares

    Returns
    -------
    Scorecard
    """
    goals = the_plan() if sources.targets is None else own_plan(sources.targets)
    wanted = {g.restates or g.id: g for g in goals if not g.restates}
    counts = None if sources.declarations is None else declared.by_declaration(sources.declarations)
    end = _end(sources)
    at = year or _last_year(sources, end)
    measures: dict[Key, Measure] = {}
    months = {} if counts is None else declared.months_seen(sources.declarations)
    for which in sorted({at - 1, at, *(() if since is None else (since,))}):
        seen = 12 if counts is None else months.get(which, 0)
        _keep(measures, wanted, which, _as_far_as_seen(_of_year(sources, counts, which, end), seen, end))
    rows = sources.frame("indicators")
    unread: dict[str, int] = {}
    if rows is not None:
        names = rows["indicator_id"].astype(str)
        counted = names[~names.isin(list(wanted))].value_counts(sort=False)
        unread = {str(name): int(n) for name, n in counted.items()}
        _keep(measures, wanted, None, given.indicators(rows, wanted))
    if sources.results:
        # Each by its own year: the verdict of another year says nothing of this one.
        found = given.results(sources.results, root or Path(), wanted, simulated=sources.simulated)
        _keep(measures, wanted, None, found)
    return Scorecard(goals, at, district or ALL, measures, since, unread)


def _of_year(sources: Sources, counts: pd.DataFrame | None, year: int, end: pd.Timestamp | None) -> declared.Found:
    """All measures of a year that the tables at hand allow."""
    trade, before = 0.0, set[str]()
    audits = sources.frame("audits")
    if counts is not None:
        if (counts["year"] == year).any():
            yield from declared.from_counts(counts, year)
            yield from declared.data_accuracy(sources.declarations, year)
            yield from declared.enterprises(sources.declarations, audits, year)
        trade = float(counts.loc[counts["year"] == year, "value"].sum())
        before = declared.active(sources.declarations, year - 1)
    if audits is not None:
        yield from supervised.audits(audits, year, before, trade)
    last = end if end is not None else pd.Timestamp(f"{year}-12-31")
    handbooks, transit = sources.frame("handbooks"), sources.frame("transit")
    if handbooks is not None:
        yield from supervised.handbooks(handbooks, year, last)
    if transit is not None:
        yield from supervised.transit(transit, year, last)


def _keep(
    measures: dict[Key, Measure], goals: Mapping[str, Goal], year: int | None,
    found: Iterable[tuple[str, str, Measure | None]],
) -> None:  # fmt: skip
    for name, district, measure in found:
        if measure is None or name not in goals or not np.isfinite(measure.value):
            continue
        at = MILESTONE if goals[name].comparator == "milestone" else (year if year is not None else measure.year)
        if at is not None:
            measures[name, at, district] = measure


def _as_far_as_seen(found: declared.Found, months: int, end: pd.Timestamp | None) -> declared.Found:
    """Measures of a year of which only a part was seen: neither met nor missed, and they say so."""
    for name, district, m in found:
        if m is None or m.year is None:
            continue
        ends = end is not None and end < pd.Timestamp(m.year, 12, 1)
        if months < 12:
            yield name, district, m.with_note(f"declarations of {months} of 12 months", f"仅有{months}个月报关单",
                                              partial=True)  # fmt: skip
        elif ends:
            yield name, district, m.with_note("the year is not over in the data", "数据未覆盖全年", partial=True)
        else:
            yield name, district, m


_EVENTS = {"audits": "closed_on", "handbooks": "written_off_on", "transit": "delivered_on"}


def _end(sources: Sources) -> pd.Timestamp | None:
    """Last day that the tables know of: what was due later cannot be overdue yet."""
    days = []
    account, frame = getattr(sources.declarations, "accounting", None), sources.declarations
    if account is not None:
        days.append(account.last_period)
    elif isinstance(frame, pd.DataFrame):
        days.append(frame["date"].max())
    for name, column in _EVENTS.items():
        rows = sources.frame(name)
        if rows is not None and column in rows.columns:
            days.append(rows[column].max())
    known = [pd.Timestamp(day) for day in days if day is not None and not pd.isna(day)]
    return max(known, default=None)


def _last_year(sources: Sources, end: pd.Timestamp | None) -> int:
    if end is not None:
        return end.year if end.month == 12 else end.year - 1
    rows = sources.frame("indicators")
    years = [] if rows is None else [int(y) for y in rows["period"].astype(str).str[:4] if y.isdigit()]
    return max(years, default=pd.Timestamp.today().year - 1)
