"""Transit: what should have been transferred, what was, and what never arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.shown import Shown

GRACE = pd.Timedelta(days=30)
"""A consignment that came or was declared so recently may still be on the way."""

_MISSING = ["lost", "not_declared"]


@dataclass(frozen=True, repr=False)
class Carried(Shown):
    """Eligible consignments with state.

    Attributes
    ----------
    rows : consignments that are eligible, or of which nobody says, with state: delivered, lost (declared and not
        arrived), not_declared, travelling (declared within 30 days), unknown (no word on eligibility, or no arrival),
        recent (came within 30 days: not judged)
    end : last day that the data know of
    """

    rows: pd.DataFrame
    end: pd.Timestamp

    @property
    def said(self) -> str:
        """The result in one line."""
        judged = self.done + self.missing
        return f"{judged:,} consignments judged to {self.end:%Y-%m-%d}: {self.done:,} delivered, {self.open:,} open"

    def summary(self) -> pd.DataFrame:
        """Consignments by state."""
        return self.rows["state"].value_counts().rename_axis("state").rename("consignments").reset_index()

    def _count(self, *states: str) -> int:
        return int(self.rows["state"].isin(states).sum())

    @property
    def done(self) -> int:
        """Consignments delivered, of those that can be judged."""
        return self._count("delivered")

    @property
    def missing(self) -> int:
        """Consignments not declared, or declared and not arrived."""
        return self._count(*_MISSING)

    @property
    def open(self) -> int:
        """Consignments that may have been either: on the way, or of unknown eligibility."""
        return self._count("travelling", "unknown")

    @property
    def recent(self) -> int:
        """Consignments that came too recently to be judged."""
        return self._count("recent")

    @property
    def closed_only(self) -> bool:
        """Whether every consignment, the latest too, is delivered: a file of deliveries lacks what never came."""
        return bool(self.rows["delivered_on"].notna().all())

    @property
    def routes(self) -> pd.DataFrame:
        """Routes with what was not transferred: district, destination, eligible, missing; the most missing first."""
        judged = self.rows[self.rows["state"].isin(["delivered", *_MISSING])]
        keys = [c for c in ("district", "destination") if c in judged.columns]
        if not keys or judged.empty:
            return pd.DataFrame(columns=["district", "destination", "eligible", "missing"])
        bad = judged["state"].isin(_MISSING)
        found = judged.assign(missing=bad).groupby(keys).agg(eligible=("missing", "size"), missing=("missing", "sum"))
        found = found.reset_index().sort_values(["missing", "eligible"], ascending=False, ignore_index=True)
        return found[found["missing"] > 0]


def carried(transit: Any, end: pd.Timestamp | None = None) -> Carried:
    """Match eligible consignments with their transfer.

    Parameters
    ----------
    transit : Table or DataFrame `transit`
    end : last day known; by default the last arrival, declaration or delivery
    """
    rows = transit if isinstance(transit, pd.DataFrame) else transit.to_pandas()
    rows = rows.reset_index(drop=True)
    last = pd.Timestamp(end or rows[["arrived_on", "filed_on", "delivered_on"]].max().max())
    eligible = rows["eligible"].astype("boolean")
    ours = rows[eligible.fillna(True).astype(bool)].copy()
    there, filed, came = ours["delivered_on"].notna(), ours["filed_on"], ours["arrived_on"]
    dark = eligible[ours.index].isna() | came.isna()
    ours["state"] = np.select(
        [dark, came > last - GRACE, there & filed.notna(), filed > last - GRACE, filed.notna()],
        ["unknown", "recent", "delivered", "travelling", "lost"], default="not_declared",
    )  # fmt: skip
    return Carried(ours.reset_index(drop=True), last)
