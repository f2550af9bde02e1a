"""The forecasts that an evaluation judges: those lodged with their date, or a backtest of the same rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.lodged.profile import read
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.past_errors import FIRST_JUDGED
from analytics.tax_forecast.record.paths import Spread
from analytics.tax_forecast.record.setting import Setting
from analytics.tax_forecast.record.shifts import record_as_settled

MONTHS = (0, 2, 3, 6, 9)
RIVAL = ["rival", "year", "months_known", "forecast"]
COLUMNS = [
    *("year", "months_known", "actual", "forecast", "low80", "high80", "low95", "high95"),
    *("p_within_5pct", "scale", "freedom", "last_year"),
]


def backtested(
    panel: Panel, setting: Setting, months: Sequence[int] = MONTHS, since: int | None = None
) -> pd.DataFrame:
    """Forecasts that the rule would have made of every year that can be judged.

    Parameters
    ----------
    since : int, optional
        First year judged.

    Returns
    -------
    DataFrame with columns year, months_known, actual, forecast, low80, high80, low95, high95, p_within_5pct, scale,
    freedom, last_year (total of the year before); one row a forecast.
    """
    behind = panel.total.complete_years[:FIRST_JUDGED]
    years = [y for y in panel.total.seen_years if y not in behind and (since is None or y >= since)]
    if not years:
        return pd.DataFrame(columns=COLUMNS)
    parts = [record_as_settled(panel, years, k, setting).reset_index().assign(months_known=k) for k in months]
    return _with_last_year(pd.concat(parts, ignore_index=True), panel)


def lodged(folder: Path, panel: Panel) -> tuple[pd.DataFrame, int]:
    """Forecasts on record of this series whose year is over.

    Returns
    -------
    (DataFrame as from `backtested`, number of lodged forecasts of years that are still open)
    """
    series, rows, open_ = panel.total.unique_id, [], 0
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else []:
        whole = read(path)
        whole = whole[(whole["part"] == "") & (whole["unique_id"] == series)]
        if whole.empty:
            continue
        row = whole.iloc[0]
        year = int(row["year"])
        actual = panel.total.total(year)
        if year not in panel.total.seen_years:
            open_ += 1
            continue
        own, at = panel.total.fiscal.place(pd.Timestamp(f"{row['as_of']}-01"))
        then = Spread(float(row["annual_scale"]), float(row["annual_freedom"]), 0)
        said = float(row["annual"])
        bounds = (*then.interval(said, 0.8), *then.interval(said, 0.95))
        known = 12 * (own - year) + at
        rows.append((year, known, actual, said, *bounds, then.within(TOLERANCE), then.scale, then.freedom))
    return _with_last_year(pd.DataFrame(rows, columns=COLUMNS[:-1]), panel), open_


def forecasts(panel: Panel, setting: Setting, since: int | None, folder: Path | None) -> tuple[pd.DataFrame, int]:
    """Take lodged forecasts where a folder is given, the backtest otherwise; never the one for the other.

    Returns
    -------
    (DataFrame as from `backtested`, lodged forecasts still open)
    """
    return (backtested(panel, setting, since=since), 0) if folder is None else lodged(folder, panel)


def read_rivals(path: Path) -> pd.DataFrame:
    """Read forecasts of others.

    Parameters
    ----------
    path : Path
        CSV with columns rival, year, months_known, forecast (in the receipts' unit).

    Returns
    -------
    DataFrame with these columns.

    Raises
    ------
    ReceiptsError
        Where a column is missing or a figure is none.
    """
    table = pd.read_csv(path, dtype=str)
    missing = [c for c in RIVAL if c not in table.columns]
    if missing:
        raise ReceiptsError(f"{path.name} lacks the column {missing[0]}. Columns: {', '.join(RIVAL)}.")
    numbers = {c: pd.to_numeric(table[c], errors="coerce") for c in RIVAL[1:]}
    bad = pd.DataFrame(numbers).isna().any(axis=1)
    if bad.any():
        line = int(bad.to_numpy().argmax())
        raise ReceiptsError(f"{path.name}, line {line + 2}: year, months_known and forecast must be numbers.")
    return table[RIVAL].assign(**numbers).astype({"year": int, "months_known": int})


def _with_last_year(table: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    before = [panel.total.total(int(year) - 1) for year in table["year"]]
    return table.assign(last_year=before)[COLUMNS].sort_values(["year", "months_known"], ignore_index=True)
