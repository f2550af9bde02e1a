"""Who carries a change: the enterprises, districts or origins inside a cell that moved with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.detector.pace import Pace
from analytics.early_warning.panels.from_declarations import columns_needed, usable, with_dimensions
from analytics.early_warning.panels.panel import JOIN
from analytics.early_warning.question import Question
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine

_BEFORE = 12
_NAMED = 3
_LEAST_SHARE = 0.1
CARRIERS = ("enterprise", "district", "origin")


def carrier_of(columns: Sequence[str], by: Sequence[str]) -> str | None:
    """What inside a cell can carry a change: the first of enterprise, district, origin at hand and not in the cell."""
    held = {"enterprise": "enterprise_id"}
    return next((c for c in CARRIERS if c not in by and held.get(c, c) in columns), None)


def carried_by(declarations: Any, alarms: pd.DataFrame, question: Question, carrier: str) -> pd.Series:
    """Name those who carry each alarm, with their share of the change.

    Parameters
    ----------
    declarations : as for the panels
    alarms : rows with series, since, told, kind, measure
    question : what was asked of the watch
    carrier : a dimension that is not in `by`

    Returns
    -------
    Series of text aligned to `alarms`, such as "E0012 (64 %), E0007 (21 %)". The change of a value is its monthly mean
    since the alarm's first month less that of the twelve months before; that of a unit value is value less quantity at
    the old unit value. Only those are named who carry at least a tenth of a change in its direction.
    """
    by = question.by
    wanted = (*columns_needed(by, carrier), "quantity", "net_mass_kg", "direction")
    keyed = with_dimensions(
        usable(as_ibis(declarations, wanted)), [*by, carrier], question.product_digits, question.period
    )
    text = keyed[by[0]].cast("string")
    for dimension in by[1:]:
        text = text + JOIN + keyed[dimension].cast("string")
    keyed = keyed.mutate(cell=text)
    chosen = keyed.filter(keyed["cell"].isin(sorted(alarms["series"].unique())))
    sums = chosen.group_by(["cell", "month", carrier]).aggregate(
        value=chosen["value"].sum(), quantity=chosen["weight"].sum()
    )
    frame = engine.fetch(sums).rename(columns={carrier: "who"})
    frame["month"] = pd.to_datetime(frame["month"]).astype("datetime64[ns]")
    cells = {str(cell): rows for cell, rows in frame.groupby("cell")}
    named = [_named(cells.get(str(a.series)), a, question.pace) for a in alarms.itertuples()]
    return pd.Series(named, index=alarms.index, dtype=object)


def _named(cell: pd.DataFrame | None, alarm: Any, pace: Pace) -> str:
    if cell is None:
        return ""
    now = cell[(cell["month"] >= alarm.since) & (cell["month"] <= alarm.told)]
    before = cell[(cell["month"] < alarm.since) & (cell["month"] >= alarm.since - pd.DateOffset(months=_BEFORE))]
    if before.empty:
        return ""
    steps = round((alarm.told - alarm.since).days / (365.25 / pace.steps)) + 1
    if alarm.measure == "unit_value":
        old = before["value"].sum() / before["quantity"].sum() if before["quantity"].sum() > 0 else np.nan
        change = now.assign(gap=now["value"] - old * now["quantity"]).groupby("who")["gap"].sum() / steps
    else:
        change = (now.groupby("who")["value"].sum() / steps).sub(
            before.groupby("who")["value"].sum() / pace.steps, fill_value=0
        )
    total = change.sum()
    if not np.isfinite(total) or total == 0:
        return ""
    share = (change / total).sort_values(ascending=False, kind="stable")
    first = share[share >= _LEAST_SHARE].head(_NAMED)
    return ", ".join(f"{who} ({part:.0%})".replace("%)", " %)") for who, part in first.items())
