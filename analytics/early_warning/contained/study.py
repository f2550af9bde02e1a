"""Ranges of all places of a table of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.contained.range import (
    Containment,
    ContainmentError,
    Evidence,
    change,
    containment,
    like_with_like,
)
from analytics.shown import Shown
from analytics.tables import as_pandas

NATION = ("nation", "national", "国家", "全国")


@dataclass(frozen=True, repr=False)
class ContainmentFindings(Shown):
    """Ranges of places and periods.

    Attributes
    ----------
    table : DataFrame, one row a place and period: place, group, period, low, high, like, apart, unseen, change_low,
        change_high (against the period before; missing in the first)
    headline : the range of the nation in the last period; of the place with the lowest where there is no nation
    where : its place and period
    is_nation : whether the headline speaks of the nation
    absent : places that have no row in the last period
    """

    table: pd.DataFrame
    headline: Containment
    where: tuple[str, str]
    is_nation: bool
    absent: tuple[str, ...]

    @property
    def latest(self) -> pd.DataFrame:
        """Rows of the last period."""
        return self.table[self.table["period"] == self.where[1]]

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{self.where[0]} {self.where[1]}: {self.headline.low:.3f} to {self.headline.high:.3f}"

    def summary(self) -> pd.DataFrame:
        """Ranges of the last period."""
        return self.latest[["place", "group", "period", "low", "high", "unseen"]].reset_index(drop=True)


def study_containment(
    source: Any,
    *,
    detection: tuple[float, float] = (0.7, 0.95),
    smuggled: tuple[float, float] = (0.1, 1.0),
    seed: int = 0,
) -> ContainmentFindings:
    """Compute the range of every place and period.

    Parameters
    ----------
    source : table containment: tables.Table, Ibis table or DataFrame
    detection : share of wrong lines that a sampled examination finds, as a range
    smuggled : share of the mirror's missing imports that is undeclared trade, as a range
    seed : of the draws

    Raises
    ------
    ContainmentError
        For no rows, or figures that cannot be.
    """
    frame = as_pandas(source).reset_index(drop=True)
    if frame.empty:
        raise ContainmentError("No row of evidence is left. Give one row a place and period.")
    known = {f.name for f in fields(Evidence)} & set(frame.columns)
    ranges = {"detection_low": detection[0], "detection_high": detection[1],
              "smuggled_low": smuggled[0], "smuggled_high": smuggled[1]}  # fmt: skip
    evidence = [Evidence(**{n: float(row[n]) for n in known}, **ranges) for row in frame.to_dict("records")]
    group = frame["group"].fillna("") if "group" in frame else ""
    places = frame[["place", "period"]].astype(str).assign(group=group)
    table = like_with_like(places, evidence, seed=seed)
    found = [containment(e, seed=seed) for e in evidence]
    table["unseen"] = [", ".join(r.unseen) for r in found]
    table = _with_changes(table, evidence, seed)
    last = table[table["period"] == table["period"].max()]
    nation = last[last["place"].str.lower().isin(NATION)]
    at = nation.index[0] if len(nation) else last["low"].idxmin()
    absent = tuple(sorted(set(table["place"]) - set(last["place"])))
    where = (str(table["place"][at]), str(table["period"][at]))
    return ContainmentFindings(table, found[at], where, len(nation) > 0, absent)


def _with_changes(table: pd.DataFrame, evidence: Sequence[Evidence], seed: int) -> pd.DataFrame:
    """Add by how much each place's share changed against its period before."""
    bounds = pd.DataFrame(np.nan, index=table.index, columns=["change_low", "change_high"])
    for _, rows in table.sort_values("period", kind="stable").groupby("place"):
        for before, after in pairwise(rows.index):
            bounds.loc[after] = change(evidence[before], evidence[after], seed=seed)
    return table.join(bounds)
