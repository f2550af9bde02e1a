"""Processing trade: material balance, declared consumption against peers, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.operations.goods.peers import SPREAD_DF, against_peers, discoveries
from analytics.shown import Shown
from analytics.statistics import MAD_TO_SD

BALANCE = 0.05
"""Share by which inputs used may differ from what outputs explain before verification is suggested."""

_LEAST_SPREAD = 0.005  # no balance is taken for more exact


@dataclass(frozen=True, repr=False)
class Handbooks(Shown):
    """Handbooks by period of write-off with balance, consumption against peers, and state.

    Attributes
    ----------
    rows : the table with used, explained, balance (used / explained), peers (other enterprises with the same code),
        against_peers (ratio to the peers' median), low95, high95, state (on_time, late, overdue, not_due, undated),
        leads (codes of reasons, "" for none), excess_kg
    end : last day that the data know of
    spread : usual deviation of balances from one (robust standard deviation of the logarithm)
    """

    rows: pd.DataFrame
    end: pd.Timestamp
    spread: float

    @property
    def said(self) -> str:
        """The result in one line."""
        periods = f"{len(self.rows):,} periods of {self.books:,} handbooks to {self.end:%Y-%m-%d}"
        return f"{periods}: {len(self.due):,} due, {len(self.leads):,} to verify"

    def summary(self) -> pd.DataFrame:
        """Handbooks to verify, the most material first."""
        return self.leads[
            ["handbook_id", "due_on", "leads", "balance", "against_peers", "low95", "high95", "state", "excess_kg"]
        ]

    @property
    def books(self) -> int:
        """Handbooks and books: one of several periods counts once."""
        return int(self.rows["handbook_id"].nunique())

    @property
    def due(self) -> pd.DataFrame:
        """Handbooks whose (extended) date has come: the denominator, overdue ones included."""
        return self.rows[self.rows["state"].isin(["on_time", "late", "overdue"])]

    @property
    def closed_only(self) -> bool:
        """Whether every handbook is written off: a file of what was written off lacks the ones that were not."""
        return bool(self.rows["written_off_on"].notna().all())

    @property
    def undated(self) -> int:
        """Handbooks without a date: due or not, on time or not, nobody knows."""
        return int((self.rows["state"] == "undated").sum())

    @property
    def compared(self) -> int:
        """Handbooks with at least one peer."""
        return int((self.rows["peers"] > 0).sum())

    @property
    def leads(self) -> pd.DataFrame:
        """Handbooks for which verification is suggested, the most material first."""
        return self.rows[self.rows["leads"] != ""].sort_values("excess_kg", ascending=False, ignore_index=True)


def balances(handbooks: Any, end: pd.Timestamp | None = None) -> Handbooks:
    """Balance handbooks and compare their declared consumption.

    Parameters
    ----------
    handbooks : Table or DataFrame `handbooks`
    end : last day known; by default the last write-off or opening

    Notes
    -----
    Used = inputs - stock. Explained = output x unit consumption / (1 - waste). A balance is a lead where it is off by
    more than 5 % and by more than balances usually are; a declared consumption far above the peers' may hide inputs
    that went elsewhere. Both among many are chosen so that at most one lead in ten is expected to be chance (Benjamini
    and Hochberg 1995). Either is a reason to ask.
    """
    rows = (handbooks if isinstance(handbooks, pd.DataFrame) else handbooks.to_pandas()).reset_index(drop=True).copy()
    last = pd.Timestamp(end or rows[["written_off_on", "opened_on"]].max().max())
    used = rows["input_quantity"] - rows["stock_quantity"]
    waste = rows["waste_share"].fillna(0.0).clip(upper=0.99)
    explained = rows["output_quantity"] * rows["unit_consumption"] / (1 - waste)
    rows["used"], rows["explained"] = used, explained
    rows["balance"] = (used / explained).where(explained > 0)
    rows = rows.join(against_peers(rows))
    rows["state"] = _state(rows, last)
    unbalanced, spread = _unbalanced(rows["balance"])
    far = rows["discovered"] & (rows["against_peers"] > 1 + BALANCE)
    usual = explained / rows["against_peers"]
    rows["excess_kg"] = np.where(far, (explained - usual).clip(lower=0), 0.0) + (used - explained).abs().fillna(0)
    leads = {"balance": unbalanced, "consumption": far, "overdue": rows["state"] == "overdue"}
    marks = [np.where(at, name, "") for name, at in leads.items()]
    rows["leads"] = [" ".join(filter(None, why)) for why in zip(*marks, strict=True)]
    return Handbooks(rows, last, spread)


def _state(rows: pd.DataFrame, last: pd.Timestamp) -> np.ndarray:
    """State of write-off by the (extended) date."""
    limit, done = rows["due_on"], rows["written_off_on"]
    if "extended_to" in rows.columns:
        limit = rows["extended_to"].fillna(limit)
    return np.select(
        [limit.isna(), done <= limit, done.notna(), limit <= last], ["undated", "on_time", "late", "overdue"],
        default="not_due",
    )  # fmt: skip


def _unbalanced(balance: pd.Series) -> tuple[pd.Series, float]:
    """Balances that are off by more than allowed and than usual, and what is usual."""
    log = np.log(balance.where(balance > 0))
    spread = _LEAST_SPREAD
    if log.notna().any():
        spread = max(MAD_TO_SD * float((log - log.median()).abs().median()), spread)
    chance = 2 * stats.t.sf((log / spread).abs(), SPREAD_DF)
    off = discoveries(pd.Series(chance, index=balance.index)) & ((balance - 1).abs() > BALANCE)
    return off | (balance <= 0), spread
