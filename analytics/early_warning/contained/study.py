"""Ranges of all places of a table of evidence."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from analytics.early_warning.contained.range import Containment, ContainmentError, Evidence, containment, like_with_like
from analytics.tables import as_pandas

NATION = ("nation", "国家")


@dataclass(frozen=True, repr=False)
class ContainmentFindings:
    """Ranges of places and periods.

    Attributes
    ----------
    table : DataFrame, one row a place and period: place, group, period, low, high, apart, unseen
    headline : the range of the nation, or of the first place, in the last period
    where : its place and period
    """

    table: pd.DataFrame
    headline: Containment
    where: tuple[str, str]

    def __repr__(self) -> str:
        """One line."""
        return f"{self.where[0]} {self.where[1]}: {self.headline.low:.3f} to {self.headline.high:.3f}"


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
    last = table[table["period"] == table["period"].max()]
    nation = last[last["place"].str.lower().isin(NATION)]
    at = (nation if len(nation) else last).index[0]
    return ContainmentFindings(table, found[at], (str(table["place"][at]), str(table["period"][at])))
