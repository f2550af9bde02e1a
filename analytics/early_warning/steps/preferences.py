"""Use of preferences: by origin, what could have come in under an agreement, what did, and what left from elsewhere."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from analytics.early_warning.panels.from_declarations import usable
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine

_MONTHS = 12
_DIGITS = 6
COLUMNS = ("origin", "eligible", "claimed", "used", "used_before", "elsewhere")


def preferences(declarations: Any) -> pd.DataFrame | None:
    """Use of preferences in the last twelve months and the twelve before, by origin.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame with date, hs_code, origin, value, preference and optional
        departure_country

    Returns
    -------
    DataFrame with COLUMNS, the largest claimed value first. eligible: value of the goods (six
        digits) and origins for which anybody claimed a preference in these two years; claimed: value that did; used and
        used_before: claimed over eligible, last twelve months and the twelve before (missing without eligible value);
        elsewhere: share of the claimed value that left from another country than its origin (missing where departures
        are not known). None where the declarations hold no preference.
    """
    wanted = ("date", "hs_code", "origin", "value", "preference", "departure_country", "direction")
    table = usable(as_ibis(declarations, wanted))
    if "preference" not in table.columns or not {"origin", "value", "date"} <= set(table.columns):
        return None
    last = engine.one_row(table.aggregate(last=table["date"].max()))["last"]
    end = pd.Timestamp(last).to_period("M").to_timestamp()
    start, middle = end - pd.DateOffset(months=2 * _MONTHS - 1), end - pd.DateOffset(months=_MONTHS - 1)
    sums = _sums(table.filter(table["date"].cast("date") >= start.date()), middle)
    if not (sums["claimed"] > 0).any():
        return None
    open_to = sums.groupby(["good", "origin"])["claimed"].transform("sum") > 0
    sums = sums[open_to]
    now, before = sums[sums["recent"]].groupby("origin"), sums[~sums["recent"]].groupby("origin")
    found = now[["value", "claimed", "elsewhere"]].sum(min_count=1).rename(columns={"value": "eligible"})
    earlier = before[["value", "claimed"]].sum().reindex(found.index)
    found = found.assign(
        used=found["claimed"] / found["eligible"],
        used_before=earlier["claimed"] / earlier["value"],
        elsewhere=found["elsewhere"] / found["claimed"].where(found["claimed"] > 0),
    )
    table = found.reset_index().sort_values("claimed", ascending=False, kind="stable", ignore_index=True)
    return table[list(COLUMNS)]


def _sums(table: Any, middle: pd.Timestamp) -> pd.DataFrame:
    claims = table["preference"].cast("string").fill_null("") != ""
    made = table.mutate(
        good=table["hs_code"].substr(0, _DIGITS),
        recent=table["date"].cast("date") >= middle.date(),
        claimed_value=ibis.cases((claims, table["value"]), else_=0.0),
    )
    away = ibis.literal(None).cast("float64")
    if "departure_country" in table.columns:
        moved = (made["departure_country"] != made["origin"]).fill_null(False)
        away = ibis.cases((moved, made["claimed_value"]), else_=0.0)
    made = made.mutate(away=away)
    sums = made.group_by(["good", "origin", "recent"]).aggregate(
        value=made["value"].sum(), claimed=made["claimed_value"].sum(), elsewhere=made["away"].sum()
    )
    return engine.fetch(sums.order_by(["good", "origin", "recent"]))
