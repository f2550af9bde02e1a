"""Declarations brought to their times of release, and what of them cannot be used."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.errors import AnalystError
from analytics.operations.release.rows import WANTED, one_row
from analytics.operations.release.times import ReleaseTimes
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine


class OperationsError(AnalystError, ValueError):
    """Data that the page cannot be computed from: which column, what to do."""


def release_times(declarations: Any, first_month: str | None = None, last_month: str | None = None) -> ReleaseTimes:
    """Release times of declarations.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame with declaration_id, accepted_at, released_at; by direction,
        transport_mode, port, lane and examined_at where they are there
    first_month, last_month : months of declaration such as "2025-01", optional

    Returns
    -------
    ReleaseTimes

    Raises
    ------
    OperationsError
        The times are missing, or no release is recorded.

    Notes
    -----
    Same day: released on the calendar day of acceptance / accepted. A declaration is open until its last line is
    released; what is open at the end of the data stays in the denominator and is censored there.
    """
    t = as_ibis(declarations, list(WANTED))
    for column in ("declaration_id", "accepted_at", "released_at"):
        if column not in t.columns:
            raise OperationsError(
                f"declarations: column {column} is missing; release times need it. Add it by the column map "
                "(single_window_zh knows 接受申报时间 and 放行时间)."
            )
    rows = engine.fetch(one_row(t))
    rows["sea"] = rows["sea"].astype("boolean")
    if first_month:
        rows = rows[rows["date"].dt.to_period("M") >= pd.Period(first_month)]
    if last_month:
        rows = rows[rows["date"].dt.to_period("M") <= pd.Period(last_month)]
    if rows["accepted"].isna().all():
        raise OperationsError("declarations: no declaration has a time of acceptance in these months (accepted_at).")
    if rows["released"].isna().all():
        raise OperationsError(
            f"declarations: released_at is empty in all {len(rows):,} declarations of these months. Whether all are "
            "still open or no release was recorded cannot be told; export the times of release (放行时间) with them."
        )
    rows = _alike(rows)
    backwards = (rows["released"] < rows["accepted"]).rename("backwards")
    untold = rows["accepted"].isna() | backwards
    dark = pd.concat([rows[["direction", "sea"]], backwards], axis=1)[untold].reset_index(drop=True)
    return ReleaseTimes(*_timed(rows[~untold].copy()), dark)


def _alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Days on both sides where either knows no hours: a release at midnight is one of that day."""
    for name in ("accepted", "released"):
        known = rows[name].dropna()
        if (known == known.dt.normalize()).all():
            return rows.assign(accepted=rows["accepted"].dt.normalize(), released=rows["released"].dt.normalize())
    return rows


def _timed(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Timestamp]:
    """Declarations with their hours, and the end of the data."""
    end = max(rows["released"].max(), rows["accepted"].max())
    rows["released_known"] = rows["released"].notna() & ~rows["open"].astype(bool)
    until = rows["released"].where(rows["released_known"], end)
    rows["hours"] = ((until - rows["accepted"]).dt.total_seconds() / 3600).clip(lower=0)
    rows["same_day"] = rows["released_known"] & (rows["released"].dt.normalize() == rows["accepted"].dt.normalize())
    rows["within_24"] = rows["released_known"] & (rows["hours"] <= 24)
    return rows.reset_index(drop=True), end
