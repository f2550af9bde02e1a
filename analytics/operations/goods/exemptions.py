"""Exempted goods: what is overdue, what ends soon, where goods were found, and the duty forgone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.shown import Shown
from analytics.statistics import exact_limits

SOON = pd.Timedelta(days=90)


@dataclass(frozen=True, repr=False)
class Exempted(Shown):
    """Certificates with their state.

    Attributes
    ----------
    rows : the table with state: lifted, overdue (supervision over and not lifted), soon (ends within 90 days), running,
        undated (no end of supervision, or over without a word on lifting); elsewhere (bool, missing where nobody
        checked)
    end : last day that the data know of
    """

    rows: pd.DataFrame
    end: pd.Timestamp

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.rows):,} certificates to {self.end:%Y-%m-%d}: {len(self.overdue):,} overdue"

    def summary(self) -> pd.DataFrame:
        """Certificates not lifted, by why to look; reasons overlap."""
        return self.at_stake

    @property
    def overdue(self) -> pd.DataFrame:
        """Certificates past their supervision that were not lifted, the largest duty first."""
        part = self.rows[self.rows["state"] == "overdue"]
        return part.sort_values("duty_forgone", ascending=False, ignore_index=True)

    @property
    def checked(self) -> pd.DataFrame:
        """Certificates whose goods were looked at."""
        return self.rows[self.rows["elsewhere"].notna()]

    @property
    def under_way(self) -> pd.DataFrame:
        """Certificates not yet lifted."""
        return self.rows[self.rows["state"] != "lifted"]

    @property
    def at_stake(self) -> pd.DataFrame:
        """Certificates not lifted, by why to look: reason, certificates, duty_forgone; reasons overlap."""
        left = self.under_way
        away = left["elsewhere"].fillna(False).astype(bool)
        parts = [("overdue", left["state"] == "overdue"), ("soon", left["state"] == "soon"), ("elsewhere", away),
                 ("undated", left["state"] == "undated"), ("unseen", left["elsewhere"].isna())]  # fmt: skip
        rows = [(name, int(at.sum()), float(left.loc[at, "duty_forgone"].sum())) for name, at in parts]
        return pd.DataFrame(rows, columns=["reason", "certificates", "duty_forgone"])

    @property
    def away(self) -> tuple[float, float, float]:
        """Share of the checked goods that were elsewhere, with its limits; missing where nobody checked."""
        seen = self.checked
        if seen.empty:
            return np.nan, 0.0, 1.0
        n = int(seen["elsewhere"].astype(bool).sum())
        return (n / len(seen), *exact_limits(n, len(seen)))

    @property
    def forgone(self) -> pd.DataFrame:
        """Duty forgone on goods still under supervision, by chapter: chapter, certificates, value, duty_forgone."""
        part = self.under_way
        chapter = part["hs_code"].astype(str).str[:2].rename("chapter")
        found = part.groupby(chapter).agg(
            certificates=("exemption_id", "size"), value=("value", "sum"), duty_forgone=("duty_forgone", "sum")
        )
        return found.sort_values("duty_forgone", ascending=False).reset_index()


def exempted(exemptions: Any, end: pd.Timestamp | None = None) -> Exempted:
    """State of exempted goods.

    Parameters
    ----------
    exemptions : Table or DataFrame `exemptions`
    end : last day known; by default the last release, check or lifting
    """
    rows = (
        (exemptions if isinstance(exemptions, pd.DataFrame) else exemptions.to_pandas()).reset_index(drop=True).copy()
    )
    events = [c for c in ("released_on", "checked_on", "lifted_on") if c in rows.columns]
    last = pd.Timestamp(end or rows[events].max().max())
    lifted = pd.Series(False, index=rows.index)
    if "lifted_on" in rows.columns:
        lifted |= rows["lifted_on"].notna()
    if "status" in rows.columns:
        lifted |= rows["status"].eq("released").fillna(False).astype(bool)
    told = bool({"lifted_on", "status"} & set(rows.columns))
    ends = rows["supervision_end"]
    rows["state"] = np.select(
        [lifted, ends.isna(), ends <= last, ends <= last + SOON],
        ["lifted", "undated", "overdue" if told else "undated", "soon"], default="running",
    )  # fmt: skip
    place = rows["place"] if "place" in rows.columns else pd.Series(None, index=rows.index, dtype="object")
    found = rows["place_found"] if "place_found" in rows.columns else pd.Series(None, index=rows.index, dtype="object")
    rows["elsewhere"] = (found != place).astype("boolean").mask(found.isna() | place.isna())
    return Exempted(rows, last)
