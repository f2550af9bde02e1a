"""The ledger of price queries: what was asked, what became of it, and what that says of the leads told now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.shown import Shown
from analytics.statistics import NORMAL95

RAISED, ACCEPTED, OPEN = "raised", "accepted", "open"
_WORDS = {
    RAISED: RAISED, "调整": RAISED, "上调": RAISED, "估价": RAISED,
    ACCEPTED: ACCEPTED, "接受": ACCEPTED,
    OPEN: OPEN, "未结": OPEN, "": OPEN,
}  # fmt: skip
_FEWEST = 10


@dataclass(frozen=True, repr=False)
class Ledger(Shown):
    """Queries and their outcome.

    Attributes
    ----------
    queries : DataFrame of the canonical table `queries`, `outcome` one of raised, accepted, open
    """

    queries: pd.DataFrame

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.queries):,} price queries, {len(self.closed):,} closed"

    def summary(self) -> pd.DataFrame:
        """Queries by outcome."""
        return pd.DataFrame(list(self.counts().items()), columns=["outcome", "queries"])

    @property
    def closed(self) -> pd.DataFrame:
        """Queries that came to an end."""
        return self.queries[self.queries["outcome"] != OPEN]

    def counts(self) -> dict[str, int]:
        """Queries by outcome."""
        found = self.queries["outcome"].value_counts()
        return {name: int(found.get(name, 0)) for name in (RAISED, ACCEPTED, OPEN)}

    def rate(self) -> tuple[float, float, float]:
        """Share of closed queries whose value was raised, with its 95 % interval (Wilson 1927); missing without any."""
        n = len(self.closed)
        if not n:
            return np.nan, np.nan, np.nan
        p, z = float((self.closed["outcome"] == RAISED).mean()), NORMAL95
        middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)

    def uplift(self) -> float:
        """Value added by the closed queries."""
        added = self.closed["accepted_value"] - self.closed["declared_value"]
        return float(added.clip(lower=0).sum())

    def yield_of(self, gaps: pd.DataFrame) -> tuple[float, int]:
        """Share of the gap to the reference that queries of such lines brought, and of how many lines.

        Parameters
        ----------
        gaps : DataFrame: `declaration_id`, `line_no`, `relative` (unit value over reference)

        Returns
        -------
        Sum of values raised over sum of gaps, missing under ten closed queries of these lines; and their number.
        """
        both = self.closed.merge(gaps, on=["declaration_id", "line_no"])
        both = both[(both["relative"] < 1) & both["accepted_value"].notna()]
        gap = both["declared_value"] * (1 / both["relative"] - 1)
        if len(both) < _FEWEST or gap.sum() <= 0:
            return np.nan, len(both)
        return float((both["accepted_value"] - both["declared_value"]).sum() / gap.sum()), len(both)

    def of(self, lines: pd.DataFrame) -> pd.Series:
        """Outcome of the latest query of each line, "" where none was asked; aligned to `lines`."""
        last = self.queries.sort_values(["opened_on", "query_id"]).drop_duplicates(
            ["declaration_id", "line_no"], keep="last"
        )
        found = lines[["declaration_id", "line_no"]].merge(
            last[["declaration_id", "line_no", "outcome"]], on=["declaration_id", "line_no"], how="left"
        )
        return pd.Series(found["outcome"].fillna("").to_numpy(), lines.index, dtype="str")


def ledger(queries: Any) -> Ledger:
    """Read a ledger: outcomes in either language, lines numbered as in the declarations.

    Parameters
    ----------
    queries : tables.Table or DataFrame of the canonical table `queries`; missing columns are taken as empty
    """
    frame = queries if isinstance(queries, pd.DataFrame) else queries.to_pandas()
    frame = frame.copy()
    for name in ("declaration_id", "line_no", "opened_on", "declared_value", "accepted_value"):
        if name not in frame:
            frame[name] = pd.NaT if name == "opened_on" else np.nan
    said = frame["outcome"].fillna("").astype("str").str.strip().str.lower() if "outcome" in frame else OPEN
    frame["outcome"] = pd.Series(said, frame.index).map(_WORDS).fillna(OPEN)
    frame["declaration_id"] = frame["declaration_id"].fillna("").astype("str")
    frame["line_no"] = frame["line_no"].fillna(0).astype("int64")
    return Ledger(frame.reset_index(drop=True))
