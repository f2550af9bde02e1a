"""Price gaps of the price-level page joined to the lines that they are of: a feature, a reason, and a rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.smuggling.features.frames import InputError, as_pandas, require

GAP = "price_gap"
NEEDED = ("declaration_id", "line_no", "relative")
LEAST_ENTERPRISES = 3  # a price that only one or two others declare is no market


def with_price_gaps(declarations: Any, gaps: Any) -> pd.DataFrame:
    """Declarations with their price gap: unit value over that of like goods where it is listed, 1 where it is not.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
    gaps : Table or DataFrame (declaration_id, line_no, relative [, enterprises])
        tables/price_gaps.csv of a price-level briefing: lines far below like goods.

    Returns
    -------
    DataFrame, the declarations with the column `price_gap`; rows in their order.

    Raises
    ------
    InputError
        A column is missing, a ratio is not positive, or no listed line stands in the declarations.

    Notes
    -----
    Gaps against fewer than three enterprises are passed over. A line that is not listed was not far below, or could
    not be compared: the table does not tell which.
    """
    lines, table = as_pandas(declarations), as_pandas(gaps)
    require(lines, ("declaration_id",), "declarations")
    require(table, NEEDED, "price gaps")
    relative = table["relative"].to_numpy(dtype=float, na_value=np.nan)
    if len(table) and not (relative > 0).all():
        bad = table.loc[~(relative > 0), "declaration_id"].iloc[0]
        raise InputError(
            f'price gaps: column "relative" of declaration {bad} is {relative[~(relative > 0)][0]}; a ratio of unit '
            "values is above 0. Use tables/price_gaps.csv of a price-level briefing as it was written."
        )
    if "enterprises" in table:
        table = table[table["enterprises"].fillna(0) >= LEAST_ENTERPRISES]
    lowest = table.groupby(_keys(table))["relative"].min()
    own = _keys(lines)
    if len(table) and not own.isin(lowest.index).any():
        raise InputError(
            f"price gaps: none of the {len(table):,} lines listed stands in the declarations (first: "
            f"{table['declaration_id'].iloc[0]}). Give the table of a price-level briefing on these very declarations."
        )
    return lines.assign(**{GAP: own.map(lowest).fillna(1.0).to_numpy(dtype=float)})


def _keys(lines: pd.DataFrame) -> pd.Series:
    """Declaration and line as one text."""
    line = lines["line_no"].astype("Int64").astype("str") if "line_no" in lines else "1"
    return lines["declaration_id"].astype("str") + "|" + line
