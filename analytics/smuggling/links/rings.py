"""Rings: enterprises that share address, telephone or legal person, and those that followed one that was found.

Connected components by SciPy: the graphs are small and sparse, and need no library of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from analytics.shown import Shown
from analytics.smuggling.features.frames import as_pandas

IDENTIFIERS = ("address", "phone", "legal_person")
MOST_SHARED = 12  # enterprises with one identifier: more is an office building, or a placeholder
LEAST_MEMBERS = 3


@dataclass(frozen=True, repr=False)
class Rings(Shown):
    """Groups of linked enterprises.

    Attributes
    ----------
    members : DataFrame (ring, enterprise_id, shared, registered_on, findings, expected_findings)
    rings : DataFrame by ring: members, shared, findings, expected_findings, most recent finding first
    successors : DataFrame (enterprise_id, registered_on, follows, found_on, shared): registered after an enterprise
        with the same identifier had been found
    told : identifiers that the table holds; without any nothing can be said
    """

    members: pd.DataFrame
    rings: pd.DataFrame
    successors: pd.DataFrame
    told: tuple[str, ...]

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{len(self.rings):,} groups of {len(self.members):,} enterprises, {len(self.successors):,} successors"

    def summary(self) -> pd.DataFrame:
        """Groups, the most recent finding first."""
        return self.rings


def rings(enterprises: Any, outcomes: pd.DataFrame | None = None) -> Rings:
    """Find groups that share more than chance and buildings explain.

    Parameters
    ----------
    enterprises : Table or DataFrame (enterprise_id, and any of address, phone, legal_person, registered_on)
    outcomes : DataFrame (enterprise_id, date, finding, probability), optional
        Inspected lines with the probability that they had beforehand (`RiskModel.outcomes`).

    Notes
    -----
    Two enterprises are linked by each identifier that at most twelve carry. A group counts as a ring where at least
    three hang together and either two of the identifiers are shared within it or one of telephone and legal person
    is shared by three: an address alone may be a building.
    """
    table = as_pandas(enterprises).drop_duplicates("enterprise_id").reset_index(drop=True)
    told = tuple(c for c in IDENTIFIERS if c in table and table[c].notna().any())
    links = _links(table, told)
    label = _components(links, len(table))
    rows: list[tuple[int, str, str, int]] = []
    for ring in pd.unique(label[pd.unique(links[["a", "b"]].to_numpy().ravel())]) if len(links) else []:
        inside = np.flatnonzero(label == ring)
        own = links[links["a"].isin(inside)]
        if _is_ring(table.iloc[inside], own):
            kinds = " ".join(k for k in told if (own["kind"] == k).any())
            rows += [(len(rows), table["enterprise_id"].iloc[i], kinds, ring) for i in inside]
    members = pd.DataFrame(rows, columns=["n", "enterprise_id", "shared", "group"]).drop(columns="n")
    members["ring"] = [f"R{i + 1:03d}" for i in pd.factorize(members.pop("group"))[0]]
    if "registered_on" in table:
        members = members.merge(table[["enterprise_id", "registered_on"]], how="left", on="enterprise_id")
    members = _with_findings(members, outcomes)
    by = members.groupby("ring", sort=False).agg(
        members=("enterprise_id", "size"), shared=("shared", "first"),
        findings=("findings", "sum"), expected_findings=("expected_findings", "sum"),
    )  # fmt: skip
    by = by.sort_values(["findings", "members"], ascending=False, kind="stable").reset_index()
    return Rings(members, by, _successors(table, links, outcomes), told)


def _links(table: pd.DataFrame, told: tuple[str, ...]) -> pd.DataFrame:
    """Pairs of positions that share an identifier: a, b, kind."""
    pairs: list[tuple[int, int, str]] = []
    for kind in told:
        for at in table.groupby(kind, sort=False).indices.values():
            if 2 <= len(at) <= MOST_SHARED:
                pairs += [(int(a), int(b), kind) for a, b in combinations(at, 2)]
    return pd.DataFrame(pairs, columns=["a", "b", "kind"])


def _components(links: pd.DataFrame, n: int) -> np.ndarray:
    graph = coo_matrix((np.ones(len(links)), (links["a"].astype(int), links["b"].astype(int))), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])


def _is_ring(firms: pd.DataFrame, own: pd.DataFrame) -> bool:
    if len(firms) < LEAST_MEMBERS:
        return False
    personal = (firms[c].value_counts().max() for c in ("phone", "legal_person") if c in firms)
    return own["kind"].nunique() >= 2 or max((int(x) for x in personal), default=0) >= LEAST_MEMBERS


def _with_findings(members: pd.DataFrame, outcomes: pd.DataFrame | None) -> pd.DataFrame:
    """Findings of each member, and those expected of its inspected lines."""
    if outcomes is None or not len(outcomes):
        return members.assign(findings=0.0, expected_findings=0.0)
    by = outcomes.groupby("enterprise_id").agg(findings=("finding", "sum"), expected_findings=("probability", "sum"))
    joined = members.join(by, on="enterprise_id")
    return joined.fillna({"findings": 0.0, "expected_findings": 0.0})


def _successors(table: pd.DataFrame, links: pd.DataFrame, outcomes: pd.DataFrame | None) -> pd.DataFrame:
    """Enterprises registered after a linked one had been found."""
    columns = ["enterprise_id", "registered_on", "follows", "found_on", "shared"]
    if outcomes is None or "registered_on" not in table or not len(links):
        return pd.DataFrame(columns=columns)
    first = outcomes[outcomes["finding"] == 1].groupby("enterprise_id")["date"].min()
    both = pd.concat([links, links.rename(columns={"a": "b", "b": "a"})], ignore_index=True)
    made = pd.DataFrame(
        {
            "enterprise_id": table["enterprise_id"].to_numpy()[both["a"].astype(int)],
            "registered_on": table["registered_on"].to_numpy()[both["a"].astype(int)],
            "follows": table["enterprise_id"].to_numpy()[both["b"].astype(int)],
            "shared": both["kind"].to_numpy(),
        }
    )
    made["found_on"] = made["follows"].map(first)
    made = made[made["registered_on"] > made["found_on"]]
    by = ["enterprise_id", "registered_on", "follows", "found_on"]
    return made.groupby(by)["shared"].agg(" ".join).reset_index()[columns]
