"""Keys of cells: what makes goods alike, what is compared with what, and how a key is written."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

SEPARATOR = " x "
PRODUCT_KEYS = {"chapter": 2, "heading": 4, "subheading": 6}
PRODUCT_DERIVED = (*PRODUCT_KEYS, "product")
KEYS = (
    "district",
    "chapter",
    "heading",
    "subheading",
    "product",
    "enterprise",
    "origin",
    "regime",
    "transport_mode",
    "period",
)
GOODS = ("product", "unit", "like", "origin")
"""Columns that make goods alike; `like` joins those asked for beyond code, unit and origin."""
LEAST_LINES, LEAST_ENTERPRISES = 5, 2
"""A reference rests on so many lines of so many enterprises of others, or it is none."""


def joined(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Key of a crossing: its values joined by the separator."""
    key = frame[names[0]].astype("str")
    for name in names[1:]:
        key = key + SEPARATOR + frame[name].astype("str")
    return key


def keyed(sums: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """What the crossings of `by` are called: columns by, key, period."""
    keyed = [c for c in by if c != "period"]
    return sums.assign(
        by=SEPARATOR.join(keyed) or "period",
        key=joined(sums, keyed) if keyed else "all",
        period=sums["period"] if "period" in by else sums["span"],
    )


def contrasted(by: Sequence[str], base_period: str | None) -> list[str]:
    """Columns whose values are compared with each other within a cell."""
    if base_period is not None:
        return ["period"]
    return [c for c in by if c not in PRODUCT_DERIVED and c != "period"]


def stratified(by: Sequence[str], base_period: str | None) -> list[str]:
    """Columns within which everything is compared: the chapter, and what a breakdown holds beside its contrast."""
    contrast = contrasted(by, base_period)
    stratum = ["chapter", *[c for c in by if c in PRODUCT_DERIVED and c != "chapter"]]
    return stratum + [c for c in by if c not in (*contrast, *stratum)]


def alike(by: Sequence[str], base_period: str | None) -> list[str]:
    """Columns that make goods alike; origins that are themselves compared do not part them."""
    return [c for c in GOODS if c not in contrasted(by, base_period)]


def cell_keys(by: Sequence[str]) -> list[str]:
    """Columns whose crossings are the cells of a breakdown, in the order in which these stand."""
    return list(dict.fromkeys([*GOODS, "month", "district", "chapter", "heading", "enterprise", *by, "period"]))
