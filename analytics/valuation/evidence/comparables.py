"""What a line is compared with: the median of like lines of others, identical goods before similar ones.

The law orders the methods (Agreement on Customs Valuation, Articles 2 and 3): identical goods at or about the same
time, then similar goods. So the ladder goes from the same month and origin to the same year of any origin, always
within a quantity class, and a rung counts only with five lines of two enterprises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD
from analytics.valuation.comparison.keys import LEAST_ENTERPRISES, LEAST_LINES

CLASS = "size_class"
RUNGS = {
    "same month and origin": ("product", "unit", "like", CLASS, "origin", "month"),
    "same quarter and origin": ("product", "unit", "like", CLASS, "origin", "quarter"),
    "same quarter": ("product", "unit", "like", CLASS, "quarter"),
    "same year and origin": ("product", "unit", "like", CLASS, "origin", "year"),
    "same year": ("product", "unit", "like", CLASS, "year"),
}
NONE = "none"
_OWN, _NOBODY = "_own", -2
COLUMNS = ["reference", "spread_of_compared", "compared_lines", "compared_enterprises", "rung"]


def with_comparables(wanted: pd.DataFrame, others: pd.DataFrame, group: Sequence[str]) -> pd.DataFrame:
    """Add to lines what they are compared with.

    Parameters
    ----------
    wanted : DataFrame of lines: columns of the goods, month, quantity, enterprise and `group`
    others : DataFrame of lines that may serve: the same and log_price
    group : columns whose own lines are left out (the district)

    Notes
    -----
    An enterprise is never compared with itself: where it declares in several groups, its own lines are left out of them
    all.

    Returns
    -------
    `wanted` with `reference` (price a unit: median weighted by the root of the quantity), `spread_of_compared` (robust,
    log), `compared_lines`, `compared_enterprises` and `rung` ("none" where no rung holds enough lines of others).
    """
    wanted, others = dated(wanted), dated(others)
    group = [c for c in group if c in wanted.columns]
    result = wanted.assign(
        reference=np.nan, spread_of_compared=np.nan, compared_lines=0, compared_enterprises=0, rung=NONE,
        **{_OWN: _elsewhere_too(wanted, others, group)},
    )  # fmt: skip
    group = [*group, _OWN]
    for name, columns in RUNGS.items():
        open_ = result["rung"] == NONE
        if not open_.any() or others.empty:
            break
        keys = [c for c in columns if c not in group]
        table = _medians(result.loc[open_], others, keys, group)
        if len(table):
            found = result.loc[open_, [*keys, *group]].merge(table, on=[*keys, *group], how="left")
            known = found["reference"].notna().to_numpy()
            at = result.index[open_][known]
            for column in COLUMNS[:-1]:
                result.loc[at, column] = found.loc[known, column].to_numpy()
            result.loc[at, "rung"] = name
    return result.drop(columns=_OWN)


def _elsewhere_too(wanted: pd.DataFrame, others: pd.DataFrame, group: Sequence[str]) -> pd.Series:
    """Name of a line's enterprise where it declares in several groups, else "": leaving the group out is enough."""
    names = list(dict.fromkeys(["enterprise", *group]))
    both = pd.concat([lines[names] for lines in (wanted, others)]).drop_duplicates()
    many = both["enterprise"].value_counts()
    wide = many.index[many > 1] if group else many.index
    return wanted["enterprise"].where(wanted["enterprise"].isin(wide), "")


def dated(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with the month, quarter, year and power of ten of the quantity that comparables are found by."""
    month = lines["month"].astype("datetime64[us]")
    return lines.assign(
        month=month,
        quarter=month.dt.to_period("Q").astype("str"),
        year=month.dt.year,
        **{CLASS: np.floor(np.log10(lines["quantity"])).astype(np.int64)},
    )


@dataclass(frozen=True)
class _Pool:
    """Lines of one rung's key, prices ascending."""

    log: np.ndarray
    weight: np.ndarray
    enterprise: np.ndarray
    group: np.ndarray

    def without(self, group: int, own: int) -> tuple[float, float, int, int] | None:
        """Reference, spread, lines and enterprises of all but one group and enterprise; None where they are too few."""
        other = (self.group != group) & (self.enterprise != own)
        lines, named = int(other.sum()), np.unique(self.enterprise[other])
        who = LEAST_ENTERPRISES if len(named) == 1 and named[0] < 0 else len(named)
        if lines < LEAST_LINES or who < LEAST_ENTERPRISES:
            return None
        log, reached = self.log[other], np.cumsum(self.weight[other])
        middle = float(log[min(int(np.searchsorted(reached, reached[-1] / 2)), lines - 1)])
        return float(np.exp(middle)), MAD_TO_SD * float(np.median(np.abs(log - middle))), lines, len(named)


def _medians(wanted: pd.DataFrame, others: pd.DataFrame, keys: list[str], group: list[str]) -> pd.DataFrame:
    """Medians of the others for every key and group that is wanted; the last of `group` is the enterprise's name."""
    asked, group = wanted[[*keys, *group]].drop_duplicates(), group[:-1]
    pool = others.merge(asked[keys].drop_duplicates(), on=keys)
    if pool.empty:
        return pd.DataFrame()
    both = pd.concat([asked[group], pool[group]], ignore_index=True)
    label = both.groupby(group, sort=False).ngroup().to_numpy() if group else np.full(len(both), -1)
    names = pd.Index(pool["enterprise"].unique())
    asked = asked.assign(
        _group=label[: len(asked)] if group else -2,
        _who=np.where(asked[_OWN] == "", _NOBODY, names.get_indexer(asked[_OWN])),
    )
    name = names.get_indexer(pool["enterprise"])
    pool = pool.assign(
        _group=label[len(asked) :], _who=np.where(pool["enterprise"] == "", -1, name), _weight=np.sqrt(pool["quantity"])
    )
    pool = pool.sort_values([*keys, "log_price", "_weight"], kind="stable")
    ends = np.flatnonzero(~pool.duplicated(keys))[1:]
    parts = (np.split(pool[c].to_numpy(), ends) for c in ("log_price", "_weight", "_who", "_group"))
    known = pool[keys].drop_duplicates().itertuples(index=False, name=None)
    pools = {key: _Pool(*part) for key, *part in zip(known, *parts, strict=True)}
    rows = []
    for row in asked.itertuples(index=False):
        key = tuple(row[: len(keys)])
        found = pools[key].without(*row[-2:]) if key in pools else None
        if found is not None:
            rows.append((*row[:-2], *found))
    return pd.DataFrame(rows, columns=[*keys, *group, _OWN, *COLUMNS[:-1]])
