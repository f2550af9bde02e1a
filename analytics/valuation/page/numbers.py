"""The page's numbers, each computed in one place: headline, tiles, charts and result.json take them from here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.valuation.comparison.keys import contrasted
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.level.verdicts import BY_VALUE, NO_MAJORITY, ON_AVERAGE, OUT, WIDE


def breaches(level: PriceLevel, status: Sequence[str] = ("not_met",)) -> pd.DataFrame:
    """Cells of a status, those farthest from the band in probability and level first."""
    found = level.levels[level.levels["status"].isin(list(status))]
    return found.assign(_far=-np.abs(np.log(found["level"]))).sort_values(["_far", "key"]).drop(columns="_far")


def breach_count(level: PriceLevel) -> dict[str, int]:
    """Cells by status."""
    counts = level.levels["status"].value_counts()
    return {s: int(counts.get(s, 0)) for s in ("met", "watch", "not_met", "insufficient")}


def uncertain(level: PriceLevel) -> pd.Series:
    """True for cells neither called nor in order: a wide interval, or a level by value that lies outside."""
    levels = level.levels
    return (levels["status"] == "insufficient") & levels["reason"].isin((WIDE, BY_VALUE, ON_AVERAGE))


def at_stake(level: PriceLevel) -> tuple[float, float, float]:
    """Amount at stake with its 95 % interval: over the cells outside, confirmed and suspect, that price below.

    The interval is missing where the level that is shown has none (a ratio).
    """
    cells = level.levels[level.levels["status"].isin(OUT) & level.levels["duty_at_stake"].notna()]
    columns = ("duty_at_stake", "duty_low", "duty_high")
    stake, low, high = (float(cells[c].sum(skipna=False)) for c in columns)
    return stake, low, high


def coverage(level: PriceLevel) -> float:
    """Share of all value declared that is compared with like goods: what is set apart is not."""
    levels = level.levels
    return float((levels["matched_value_share"] * levels["value"]).sum() / levels["value_declared"].sum())


def set_apart(level: PriceLevel) -> int:
    """Lines set apart as no like goods."""
    found = level.outliers
    return int(found.loc[found["kind"] != "", "lines"].sum())


def judged_share(level: PriceLevel) -> float:
    """Share of all value declared that is compared with like goods, in cells that are judged."""
    levels = level.levels
    known = levels["status"] != "insufficient"
    compared = levels["matched_value_share"].fillna(0.0) * levels["value_declared"]
    return float(compared[known].sum() / levels["value_declared"].sum())


def opposed(level: PriceLevel, row: pd.Series) -> pd.DataFrame:
    """Cells that are compared with each other and fall apart without a majority, with `row` among them, lowest first.

    Empty where `row` stands against a majority.
    """
    if row["reason"] != NO_MAJORITY:
        return level.levels.iloc[:0]
    return _compared_with(level, row).sort_values(["level", "key"])


def few_places(level: PriceLevel) -> bool:
    """Whether some confirmed cell stands against two or three others only."""
    return any(len(_compared_with(level, row)) in (3, 4) for _, row in breaches(level).head(50).iterrows())


def _compared_with(level: PriceLevel, row: pd.Series) -> pd.DataFrame:
    fixed = [c for c in level.by if c not in contrasted(level.by, level.base_period)]
    same = level.levels["log_level"].notna()
    for column in fixed:
        same &= level.levels[column] == row[column]
    return level.levels[same]


def without_price(level: PriceLevel) -> int:
    """Cells that are not judged because districts differ too much in these goods to have a common price."""
    levels = level.levels
    return int(((levels["status"] == "insufficient") & (levels["reason"] == "mixed goods")).sum())


def first_cell(level: PriceLevel) -> pd.Series | None:
    """Return the cell that title and tile name: the farthest confirmed, else suspect, else of all judged."""
    cells = breaches(level, (level.status,))
    if cells.empty:
        cells = breaches(level, ("met",))
    if cells.empty:
        cells = level.levels[uncertain(level)].nlargest(1, "value")
    return cells.iloc[0] if len(cells) else None
