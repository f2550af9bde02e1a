"""The news of a month: how far it lies from what was lodged, what that is worth of the year, and which part carries it.

A month is news by its distance from the profile in standard deviations of the profile's own paths; every month is
judged against the newest profile that was lodged before it came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import NEARLY_ALL, History
from analytics.tax_forecast.inputs.receipts import Panel, prepare
from analytics.tax_forecast.lodged.profile import read

NEWS = 1.28  # standard deviations beyond which a month is news: one month of five by chance
COLUMNS = ["as_of", "period", "expected", "received", "deviations", "worth", "news", "carried_by", "carried"]


def news(
    lodged: pd.DataFrame | Path, receipts: Any, *, joint: tuple[int, ...] = (), year_start: int = 1
) -> pd.DataFrame:
    """Judge the months that came in since a profile was lodged.

    Parameters
    ----------
    lodged : DataFrame as from `profile`, or the file
    receipts : Table, Ibis table or DataFrame
        Receipts to date, of the same series.
    joint, year_start
        As the forecast was made with.

    Returns
    -------
    DataFrame with columns as_of (of the profile), period, expected, received, deviations (of the log month from the
    profile's, in its standard deviations; NaN where what came in is not positive), worth (difference as a share of the
    lodged year), news (bool), carried_by (the part that carries most of the difference, "" where the profile has
    none) and carried (its difference as a share of the lodged year); one row a month that came in.
    """
    kept = lodged if isinstance(lodged, pd.DataFrame) else read(lodged)
    return judged_months(kept, prepare(receipts, joint=joint, year_start=year_start))


def judged_months(kept: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Judge prepared receipts against a profile; see `news`."""
    series = {"": panel.total, **panel.leaves}
    got = {key: y for name, history in series.items() for key, y in _came_in(name, history)}
    table = kept.assign(
        received=[got.get(key, np.nan) for key in zip(kept["part"], kept["period"], strict=True)],
    )
    table = table[table["received"].notna()]
    total, parts = table[table["part"] == ""], table[table["part"] != ""]
    annual = float(kept["annual"].max())
    ratio = (total["received"] / total["expected"]).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.log(np.where(ratio > 0, ratio, np.nan)) / total["spread"].to_numpy(dtype=float)
    off = total["received"] - total["expected"]
    leaders = [_carries(parts[parts["period"] == p], d) for p, d in zip(total["period"], off, strict=True)]
    told = total.assign(
        deviations=deviations,
        worth=off / annual,
        # What cannot be measured (nothing came in, or a refund) is news, never "as expected".
        news=~(np.abs(deviations) <= NEWS),
        carried_by=[name for name, _ in leaders],
        carried=[amount / annual for _, amount in leaders],
    )
    return told[COLUMNS].reset_index(drop=True)


def _came_in(name: str, history: History) -> Iterator[tuple[tuple[str, str], float]]:
    """Figures by series and month, without those that were (to more than a hundredth) filled in for what is late."""
    unseen: dict[pd.Timestamp, float] = {}
    for year, end, amount in history.unseen:
        at = history.month(year, end)
        unseen[at] = unseen.get(at, 0.0) + amount
    for stamp, y in zip(history.stamps(), history.grid.ravel(), strict=True):
        if unseen.get(stamp, 0.0) <= NEARLY_ALL * abs(y):
            yield (name, f"{stamp:%Y-%m}"), float(y)


def _carries(parts: pd.DataFrame, off: float) -> tuple[str, float]:
    """Part whose own difference goes furthest in the direction of the total's."""
    if parts.empty:
        return "", 0.0
    own = (parts["received"] - parts["expected"]).to_numpy(dtype=float)
    at = int(np.argmax(own * (1.0 if off >= 0 else -1.0)))
    return str(parts["part"].iloc[at]), float(own[at])


def news_of_year(profiles: Sequence[pd.DataFrame], panel: Panel) -> pd.DataFrame:
    """Judge every month of a year against the newest profile lodged before it.

    Parameters
    ----------
    profiles : sequence of DataFrame as from `profile`, oldest first
    panel : Panel
        Receipts to date.

    Returns
    -------
    DataFrame as from `news`, oldest month first; months before the first profile are not in it.
    """
    judged = [judged_months(kept, panel) for kept in profiles]
    if not judged:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(judged, ignore_index=True)
    table = table[table["as_of"] < table["period"]]
    return (
        table.sort_values("as_of", kind="stable")
        .drop_duplicates("period", keep="last")
        .sort_values("period", ignore_index=True)
    )
