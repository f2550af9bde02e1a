"""Transit: what should have been transferred, what was, and what never arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

GRACE = pd.Timedelta(days=30)
"""A consignment declared so recently may still be on the way."""


@dataclass(frozen=True)
class Carried:
    """Eligible consignments with state: delivered, travelling, lost (declared and not arrived), not_declared."""

    rows: pd.DataFrame
    end: pd.Timestamp

    @property
    def done(self) -> int:
        """Consignments transferred, or on the way within the time allowed."""
        return int(self.rows["state"].isin(["delivered", "travelling"]).sum())

    @property
    def routes(self) -> pd.DataFrame:
        """Routes with what was not transferred: district, destination, eligible, missing; the most missing first."""
        bad = ~self.rows["state"].isin(["delivered", "travelling"])
        keys = [c for c in ("district", "destination") if c in self.rows.columns]
        found = (
            self.rows.assign(missing=bad).groupby(keys).agg(eligible=("missing", "size"), missing=("missing", "sum"))
        )
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
    last = end or pd.Timestamp(rows[["arrived_on", "filed_on", "delivered_on"]].max().max())
    ours = rows[rows["eligible"].fillna(False).astype(bool)].copy()
    ours["state"] = np.select(
        [ours["delivered_on"].notna(), ours["filed_on"] > last - GRACE, ours["filed_on"].notna()],
        ["delivered", "travelling", "lost"], default="not_declared",
    )  # fmt: skip
    return Carried(ours.reset_index(drop=True), last)
