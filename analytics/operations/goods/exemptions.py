"""Exempted goods: what is overdue, what ends soon, where goods were found, and the duty forgone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

SOON = pd.Timedelta(days=90)


@dataclass(frozen=True)
class Exempted:
    """Certificates with their state.

    Attributes
    ----------
    rows : the table with state: lifted, overdue (supervision over and not lifted), soon (ends within 90 days), running;
        elsewhere (bool, missing where nobody checked)
    end : last day that the data know of
    """

    rows: pd.DataFrame
    end: pd.Timestamp

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
    def forgone(self) -> pd.DataFrame:
        """Duty forgone on goods still under supervision, by chapter: chapter, certificates, value, duty_forgone."""
        part = self.rows[self.rows["state"] != "lifted"]
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
    rows = (exemptions if isinstance(exemptions, pd.DataFrame) else exemptions.to_pandas()).copy()
    events = [c for c in ("released_on", "checked_on", "lifted_on") if c in rows.columns]
    last = end or pd.Timestamp(rows[events].max().max())
    lifted = rows["lifted_on"].notna() if "lifted_on" in rows.columns else rows["status"].eq("released")
    over = rows["supervision_end"] <= last
    rows["state"] = "running"
    rows.loc[rows["supervision_end"].between(last, last + SOON), "state"] = "soon"
    rows.loc[over, "state"] = "overdue"
    rows.loc[lifted, "state"] = "lifted"
    seen = rows["place_found"].notna() if "place_found" in rows.columns else pd.Series(False, index=rows.index)
    rows["elsewhere"] = pd.array([pd.NA] * len(rows), dtype="boolean")
    rows.loc[seen, "elsewhere"] = (rows.loc[seen, "place_found"] != rows.loc[seen, "place"]).to_numpy()
    return Exempted(rows.reset_index(drop=True), last)
