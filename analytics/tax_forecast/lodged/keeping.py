"""A forecast put on record from a notebook: earlier profiles judged first, then this one lodged, receipts kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.lodged.news import news_of_year
from analytics.tax_forecast.lodged.profile import DATED, lodge, lodged_before, read
from analytics.tax_forecast.lodged.receipts import keep_receipts
from analytics.tax_forecast.year.result import YearForecast


@dataclass(frozen=True)
class OnRecord:
    """What the record holds of a year.

    Attributes
    ----------
    news : DataFrame as from `news_of_year`
        Months that came in, each against the newest profile lodged before it.
    profiles : int
        Profiles of this year made from earlier months.
    lodged_on : str
        Day that this forecast was lodged; "" where it is not on record.
    other : bool
        Another forecast from the same month is on record already; this one was not lodged.
    """

    news: pd.DataFrame
    profiles: int
    lodged_on: str
    other: bool


def on_record(year: YearForecast, receipts: Any, folder: Path, on: dt.date | None = None) -> OnRecord:
    """Judge the months since earlier profiles, lodge this forecast, keep receipts as published.

    Parameters
    ----------
    year : YearForecast
    receipts : Table, Ibis table or DataFrame
        What the forecast was made from; new and revised figures go to `folder`/receipts_<series>.csv.
    folder : Path
        The record.
    on : date, optional
        Today by default.

    Returns
    -------
    OnRecord
    """
    before = lodged_before(year, folder)
    name = year.panel.total.unique_id.replace("/", "-")
    keep_receipts(receipts, folder / "receipts" / f"{name}.csv", on)
    found = news_of_year(before, year.panel)
    if not len(year.median):
        return OnRecord(found, len(before), "", False)
    try:
        path = lodge(year, folder, on)
    except ReceiptsError:
        return OnRecord(found, len(before), "", True)
    return OnRecord(found, len(before), str(read(path)[DATED].iloc[0]), False)
