"""Rows of receipts made comparable: names, one figure a period, one unit, no total beside its parts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.language import month, parse_unit
from analytics.tax_forecast.inputs.periods import FiscalYear, Monthly, ReceiptsError

TOTAL = "total"
TOTALS = frozenset({TOTAL, "grand total", "sum", "all", "合计", "总计", "共计", "全国", "全国合计", "totals"})


def clean(frame: pd.DataFrame, fiscal: FiscalYear) -> pd.DataFrame:
    """Check and complete rows of receipts.

    Returns
    -------
    DataFrame with columns unique_id, year, position (of the period's last month in the fiscal year), y, unit,
    months_covered, tax_item, district, in order of series and time.

    Raises
    ------
    ReceiptsError
        A missing column, no figure, a period given twice, two currencies.
    """
    missing = [c for c in ("ds", "y") if c not in frame.columns]
    if missing:
        raise ReceiptsError(f"Receipts lack the column {missing[0]}; found: {', '.join(map(str, frame.columns))}.")
    frame = frame.copy()
    frame["ds"] = pd.to_datetime(frame["ds"]).dt.normalize().dt.to_period("M").dt.to_timestamp()
    frame["y"] = pd.to_numeric(frame["y"]).astype(float)
    frame = frame[frame["y"].notna()]
    if frame.empty:
        raise ReceiptsError("Receipts hold no figure: every y is missing.")
    covered = frame["months_covered"] if "months_covered" in frame else pd.Series(1, index=frame.index)
    frame["months_covered"] = pd.to_numeric(covered).fillna(1).astype(int)
    for column in ("tax_item", "district", "unit"):
        frame[column] = frame[column].astype(object).fillna("").astype(str) if column in frame else ""
    frame["unique_id"] = _names(frame)
    frame = _without_totals(frame)
    if "vintage" in frame and frame["vintage"].notna().any():
        frame = frame.sort_values("vintage").drop_duplicates(["unique_id", "ds"], keep="last")
    _refuse_duplicates(frame)
    frame = _one_unit(frame).sort_values(["unique_id", "ds"], ignore_index=True)
    moved = frame["ds"] + pd.DateOffset(months=fiscal.shift)
    return frame.assign(year=moved.dt.year, position=moved.dt.month)


def _names(frame: pd.DataFrame) -> pd.Series:
    """Leaf names: tax item and district where given, else the series' own name."""
    both = frame["tax_item"].where(frame["district"] == "", frame["tax_item"] + "/" + frame["district"]).str.strip("/")
    own = frame["unique_id"].astype(str) if "unique_id" in frame else pd.Series(TOTAL, index=frame.index)
    return both.where(both != "", own)


def _without_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that repeat the sum of the others (a published total beside its items)."""
    columns = ("tax_item", "district", "unique_id")
    is_total = np.any([frame[c].str.strip().str.lower().isin(TOTALS) for c in columns], axis=0)
    return frame if is_total.all() else frame[~is_total]


def _refuse_duplicates(frame: pd.DataFrame) -> None:
    twice = frame[frame.duplicated(["unique_id", "ds"], keep=False)].sort_values(["unique_id", "ds"])
    if len(twice):
        a = twice.iloc[0]
        same = twice["ds"].eq(a["ds"]) & twice["unique_id"].eq(a["unique_id"])
        values = ", ".join(f"{v:g}" for v in twice.loc[same, "y"])
        raise ReceiptsError(
            f"Series {a['unique_id']}: {month(a['ds'])} is given more than once ({values}); "
            f"{len(twice)} rows in all. Keep one figure a period, or add a column vintage (date of publication)."
        )


def _one_unit(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert everything to the unit of the newest figure; refuse two currencies."""
    units = list(dict.fromkeys(frame.sort_values("ds")["unit"]))
    if len(units) == 1:
        return frame
    try:
        sizes = {unit: parse_unit(unit) for unit in units}
    except ValueError as error:
        raise ReceiptsError(f"Receipts hold several units ({', '.join(map(repr, units))}): {error}") from error
    currency, size = sizes[units[-1]]
    foreign = [unit for unit, (code, _) in sizes.items() if code != currency]
    if foreign:
        raise ReceiptsError(f"Receipts hold two currencies: {foreign[0]!r} and {units[-1]!r}. Convert them first.")
    frame["y"] *= frame["unit"].map({unit: worth / size for unit, (_, worth) in sizes.items()})
    frame["unit"] = units[-1]
    return frame


def months_inside(frame: pd.DataFrame, first: int, years: int, joint: tuple[int, ...] = ()) -> np.ndarray:
    """Months that some series publishes only with a later one.

    Parameters
    ----------
    frame : DataFrame as from `clean`
    first, years : int
        First year and number of years.
    joint : tuple of int
        Positions to be read together in every year.

    Returns
    -------
    ndarray of bool, shape (years, 12)

    Raises
    ------
    ReceiptsError
        When a period runs over the year's end.
    """
    inside = np.zeros((years, 12), dtype=bool)
    inside[:, [position - 1 for position in joint[:-1]]] = True
    for _, row in frame.loc[frame["months_covered"] > 1, ["year", "position", "months_covered"]].iterrows():
        if row["months_covered"] > row["position"]:
            raise ReceiptsError("A period runs over the year end: no annual total can be formed from these receipts.")
        inside[row["year"] - first, row["position"] - row["months_covered"] : row["position"] - 1] = True
    return inside


def monthly(rows: pd.DataFrame, first: int, inside: np.ndarray) -> Monthly:
    """One series month by month; rows as from `clean`."""
    values, covered = np.full(inside.shape, np.nan), np.zeros(inside.shape, dtype=int)
    at = rows["year"].to_numpy() - first, rows["position"].to_numpy() - 1
    values[at] = rows["y"].to_numpy(dtype=float)
    covered[at] = rows["months_covered"].to_numpy(dtype=int)
    return Monthly(values, covered, inside)
