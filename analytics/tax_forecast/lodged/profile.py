"""The lodged profile: a forecast put on record month by month, item by item, with its date, and never overwritten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.year.result import YearForecast

COLUMNS = ["unique_id", "part", "year", "as_of", "period", "expected", "low80", "high80", "spread", "annual"]
ANNUAL = ["annual_low80", "annual_high80", "annual_scale", "annual_freedom", "received", "plan"]
DATED = "lodged_on"
TEXTS = {"unique_id": str, "part": str, "as_of": str, "period": str, DATED: str}


def profile(year: YearForecast) -> pd.DataFrame:
    """Lay out a forecast as a profile of its open months.

    Returns
    -------
    DataFrame with columns unique_id, part ("" for the total, else the item or district), year, as_of, period (last
    month, "2025-07"), expected, low80, high80, spread (standard deviation of the log month over the paths), annual
    (forecast of the year), annual_low80, annual_high80, annual_scale, annual_freedom (Student distribution of the log
    outturn), received (so far), plan; one row a series and open period. What speaks of the year stands with the total
    only.
    """
    series = {"": (year.median, year.paths)}
    series |= {name: (year.leaf_medians[name], year.leaf_paths[name]) for name in year.leaf_paths}
    parts = [_open_months(year, *both).assign(part=name) for name, both in series.items()]
    table = pd.concat(parts, ignore_index=True)
    low, high = year.interval(0.8)
    whole = dict(
        zip(ANNUAL, (low, high, year.spread.scale, year.spread.freedom, year.received, year.plan), strict=True)
    )
    total = table["part"] == ""
    for name, value in {"annual": year.forecast, **whole}.items():
        table[name] = np.where(total, np.nan if value is None else value, np.nan)
    made = f"{year.as_of:%Y-%m}"
    return table.assign(unique_id=year.panel.total.unique_id, year=year.year, as_of=made)[[*COLUMNS, *ANNUAL]]


def _open_months(year: YearForecast, median: np.ndarray, paths: np.ndarray) -> pd.DataFrame:
    history, known = year.panel.total, year.known
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = paths / median
        logs = np.log(np.where(ratio > 0, ratio, np.nan))
    some = len(median) > 0
    low, high = np.quantile(paths, [0.1, 0.9], axis=0) if some else (np.empty(0), np.empty(0))
    seen = np.isfinite(logs).any(axis=0) if some else np.empty(0, dtype=bool)
    spread = np.full(len(median), np.nan)
    spread[seen] = np.nanstd(logs[:, seen], axis=0)
    return pd.DataFrame(
        {
            "period": [f"{history.month(year.year, end):%Y-%m}" for end in history.ends[known:]],
            "expected": median,
            "low80": low,
            "high80": high,
            "spread": spread,
        }
    )


def lodge(year: YearForecast, folder: Path, on: dt.date | None = None) -> Path:
    """Put a forecast on record: one file a series, year and month it was made from, never overwritten.

    Parameters
    ----------
    year : YearForecast
    folder : Path
        Where profiles are kept.
    on : date, optional
        Day it is lodged; today by default. It stands in every row.

    Returns
    -------
    Path of the file; lodging the same forecast again changes nothing, the first date stays.

    Raises
    ------
    ReceiptsError
        When the year is over, or when another forecast of the same series, year and month is on record.
    """
    if not len(year.median):
        raise ReceiptsError(f"{year.year} is over: nothing is left to forecast, and nothing to lodge.")
    name = f"{year.panel.total.unique_id}_{year.year}_{year.as_of:%Y-%m}.csv".replace("/", "-")
    path, made = folder / name, profile(year)
    day = f"{on or dt.date.today():%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(_text(made.assign(**{DATED: day})))
    except FileExistsError:
        if _text(read(path).drop(columns=DATED)) != _text(made):
            raise ReceiptsError(
                f"{path}: another forecast of {year.year} from {year.as_of:%Y-%m} is on record, and a lodged forecast "
                "is not overwritten. Lodge into another folder to keep both."
            ) from None
    return path


def read(path: Path) -> pd.DataFrame:
    """Read a lodged profile.

    Returns
    -------
    DataFrame as from `profile`, and lodged_on.
    """
    table = pd.read_csv(path, dtype=TEXTS)
    return table.assign(part=table["part"].fillna(""))


def lodged_before(year: YearForecast, folder: Path) -> list[pd.DataFrame]:
    """Profiles of this series and year made from earlier months, oldest first."""
    stem = f"{year.panel.total.unique_id}_{year.year}_".replace("/", "-")
    found = sorted(p for p in folder.glob("*.csv") if p.name.startswith(stem)) if folder.is_dir() else []
    return [read(p) for p in found if p.stem[len(stem) :] < f"{year.as_of:%Y-%m}"]


def _text(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n", float_format="%.10g")
