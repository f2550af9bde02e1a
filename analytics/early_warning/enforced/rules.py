"""Rules: what each hits, finds, takes and brings; which are stale, which say what another says."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from analytics.early_warning.enforced.line import RANDOM
from analytics.statistics import share_of
from analytics.tables import as_pandas

STATES: Final = ("better", "worse", "undecided", "unknown", "unused")
_LEVEL = 0.05
COLUMNS: Final = (
    "rule_id", "kind", "valid_from", "valid_to", "hits", "executed", "findings", "rate", "low95", "high95", "state",
    "ended", "hours", "recovered", "by_hour", "alone", "like", "shared",
)  # fmt: skip

_OVERLAP = 0.5
"""Share of a rule's hits that another hits too from which they are named as overlapping."""


def judged(rules: Any, rows: pd.DataFrame, hits: Any = None) -> pd.DataFrame:
    """Judge rules by what they found beside what chance would have found.

    Parameters
    ----------
    rules : table rules: tables.Table, Ibis table or DataFrame
    rows : as from `decisions.decisions`: their random stream says what chance finds
    hits : table rule_hits; None where it is not known which declaration a rule hit

    Returns
    -------
    DataFrame with COLUMNS, the most executed first. state: "better" or "worse" than random examinations, "undecided"
    where chance explains the difference, "unknown" where there are no random examinations, "unused" where nothing was
    executed; ended: valid_to lies before the last declaration. From `hits`, missing without: hours, recovered, by_hour
    (recovered an hour), alone (share of the findings that no other rule hit), like and shared: the rule that hits most
    of the same declarations, and the share of this rule's hits that it hits too.
    """
    frame = as_pandas(rules).reset_index(drop=True)
    for column in ("kind", "valid_from", "valid_to", "hits", "executed", "findings"):
        if column not in frame:
            frame[column] = np.nan
    counts = [
        share_of(np.repeat([1.0, 0.0], [f, e - f]), np.ones(e))
        for f, e in zip(*(frame[c].fillna(0).astype(int).clip(lower=0) for c in ("findings", "executed")), strict=True)
    ]
    frame = frame.assign(rate=[c.value for c in counts], low95=[c.low for c in counts], high95=[c.high for c in counts])
    frame["state"] = [
        _state(int(f), int(e), chance_found(rows))
        for f, e in zip(*(frame[c].fillna(0).clip(lower=0) for c in ("findings", "executed")), strict=True)
    ]
    frame["ended"] = pd.to_datetime(frame["valid_to"]) < rows["date"].max()
    frame = frame.join(_from_hits(frame["rule_id"], hits))
    return frame.sort_values("executed", ascending=False, kind="stable", ignore_index=True)[list(COLUMNS)]


def chance_found(rows: pd.DataFrame) -> tuple[int, int]:
    """Findings of random examinations with a known outcome, and how many those are."""
    known = rows[rows["stream"].isin(RANDOM) & rows["found"].notna()]
    return int(known["found"].sum()), len(known)


def _state(findings: int, executed: int, chance: tuple[int, int]) -> str:
    """Compare a rule's findings with those of random examinations: Fisher's exact test at 5 %, a rule alone."""
    if executed <= 0:
        return "unused"
    found, of = chance
    if not of:
        return "unknown"
    p = stats.fisher_exact([[findings, executed - findings], [found, of - found]]).pvalue
    if p >= _LEVEL:
        return "undecided"
    return "better" if findings / executed > found / of else "worse"


def _from_hits(rule: pd.Series, hits: Any) -> pd.DataFrame:
    columns = ["hours", "recovered", "by_hour", "alone", "like", "shared"]
    if hits is None:
        made = pd.DataFrame(np.nan, index=rule.index, columns=columns)
        return made.assign(like="")
    frame = as_pandas(hits)
    for column in ("hours", "recovered"):
        if column not in frame:
            frame[column] = np.nan
    sums = frame.groupby("rule_id")[["hours", "recovered"]].sum(min_count=1).reindex(rule)
    made = sums.reset_index(drop=True).set_index(rule.index)
    made["by_hour"] = made["recovered"] / made["hours"].where(made["hours"] > 0)
    made["alone"] = _alone(frame).reindex(rule).to_numpy()
    return made.join(_overlap(frame).reindex(rule).reset_index(drop=True).set_index(rule.index))[columns]


def _alone(hits: pd.DataFrame) -> pd.Series:
    """Share of each rule's findings on declarations that no other rule hit."""
    if "finding" not in hits:
        return pd.Series(dtype=float)
    several = hits.groupby("declaration_id")["rule_id"].transform("nunique") > 1
    found = hits[hits["finding"].fillna(False).astype(bool)]
    return 1 - several[found.index].groupby(found["rule_id"]).mean()


def _overlap(hits: pd.DataFrame) -> pd.DataFrame:
    """For each rule the other that hits the largest share of its declarations."""
    pairs = hits[["rule_id", "declaration_id"]].drop_duplicates()
    both = pairs.merge(pairs, on="declaration_id", suffixes=("", "_other"))
    both = both[both["rule_id"] != both["rule_id_other"]]
    same = both.groupby(["rule_id", "rule_id_other"]).size().rename("same")
    table = same.reset_index().sort_values(["same", "rule_id_other"], ascending=[False, True], kind="stable")
    table = table.drop_duplicates("rule_id").set_index("rule_id")
    shared = table["same"] / pairs.groupby("rule_id").size().reindex(table.index)
    every = pd.Index(pairs["rule_id"].unique(), name="rule_id")
    return pd.DataFrame({"like": table["rule_id_other"], "shared": shared}).reindex(every).fillna(
        {"like": "", "shared": 0.0}
    )  # fmt: skip


def overlapping(table: pd.DataFrame) -> pd.DataFrame:
    """Rules of which another hits at least half of the declarations; empty where hits are not known."""
    return table[table["shared"].fillna(0) >= _OVERLAP]
