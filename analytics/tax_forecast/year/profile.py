"""The lodged profile: a forecast put on record month by month, never overwritten, and the news of each month since.

A month is news by how far it lies from what the profile expected, in standard deviations of the profile's own paths,
and by what that is worth of the year.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import prepare
from analytics.tax_forecast.year.result import YearForecast

COLUMNS = ["unique_id", "year", "as_of", "period", "expected", "low80", "high80", "spread", "annual"]
NEWS = 1.28  # standard deviations beyond which a month is news: one month of five by chance


def profile(year: YearForecast) -> pd.DataFrame:
    """Lay out a forecast as a profile of its open months.

    Returns
    -------
    DataFrame with columns unique_id, year, as_of, period (last month, "2025-07"), expected, low80, high80, spread
    (standard deviation of the log month over the paths), annual (forecast of the year); one row an open period.
    """
    history, known = year.panel.total, year.known
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(year.paths > 0, year.paths, np.nan) / np.where(year.median > 0, year.median, np.nan))
    low, high = np.quantile(year.paths, [0.1, 0.9], axis=0) if len(year.median) else (np.empty(0), np.empty(0))
    table = pd.DataFrame(
        {
            "period": [f"{history.month(year.year, end):%Y-%m}" for end in history.ends[known:]],
            "expected": year.median,
            "low80": low,
            "high80": high,
            "spread": np.nanstd(logs, axis=0) if len(year.median) else np.empty(0),
        }
    )
    made = f"{year.as_of:%Y-%m}"
    return table.assign(unique_id=history.unique_id, year=year.year, as_of=made, annual=year.forecast)[COLUMNS]


def lodge(year: YearForecast, folder: Path) -> Path:
    """Put a forecast on record: one file a series, year and month it was made from, never overwritten.

    Parameters
    ----------
    year : YearForecast
    folder : Path
        Where profiles are kept.

    Returns
    -------
    Path of the file; lodging the same forecast again changes nothing.

    Raises
    ------
    ReceiptsError
        When another forecast of the same series, year and month is on record.
    """
    name = f"{year.panel.total.unique_id}_{year.year}_{year.as_of:%Y-%m}.csv".replace("/", "-")
    path, text = folder / name, profile(year).to_csv(index=False, lineterminator="\n", float_format="%.10g")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        if path.read_text(encoding="utf-8") != text:
            raise ReceiptsError(
                f"{path}: another forecast of {year.year} from {year.as_of:%Y-%m} is on record, and a lodged forecast "
                "is not overwritten. Lodge into another folder to keep both."
            ) from None
    return path


def news(
    lodged: pd.DataFrame | Path, receipts: Any, *, joint: tuple[int, ...] = (), year_start: int = 1
) -> pd.DataFrame:
    """Judge the months that came in since a profile was lodged.

    Parameters
    ----------
    lodged : DataFrame as from `profile`, or the file
    receipts : Table, Ibis table or DataFrame
        Receipts to date, of the same series.
    joint, year_start
        As the forecast was made with.

    Returns
    -------
    DataFrame with columns period, expected, received, deviations (of the log month from the profile's, in its standard
    deviations), worth (difference as a share of the lodged year), news (bool); one row a month that came in.
    """
    kept = lodged if isinstance(lodged, pd.DataFrame) else pd.read_csv(lodged, dtype={"as_of": str, "period": str})
    history = prepare(receipts, joint=joint, year_start=year_start).total
    got = dict(zip((f"{stamp:%Y-%m}" for stamp in history.stamps()), history.grid.ravel(), strict=True))
    table = kept.assign(received=[float(got.get(period, np.nan)) for period in kept["period"]])
    table = table[table["received"].notna()]
    ratio = (table["received"] / table["expected"]).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.log(np.where(ratio > 0, ratio, np.nan)) / table["spread"].to_numpy(dtype=float)
    table = table.assign(deviations=deviations, worth=(table["received"] - table["expected"]) / table["annual"])
    table["news"] = ~(table["deviations"].abs() <= NEWS)
    return table[["period", "expected", "received", "deviations", "worth", "news"]].reset_index(drop=True)
