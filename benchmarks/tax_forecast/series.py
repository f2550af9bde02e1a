"""The real series of the benchmarks, with the devices that their parameter sets switch on.

Needs the folder of real data in the environment variable ANALYTICS_DATA.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics import tables
from analytics.tax_forecast import driver_levels, policy_events
from analytics.tax_forecast.inputs.receipts import Panel, prepare
from analytics.tax_forecast.record.setting import Setting

MAPS = Path("analytics/tax_forecast/maps")
VAT_CUTS = policy_events(
    [
        "2018-05-01 import_vat_and_consumption_tax 17->16 announced 2018-03-28 (VAT cut)",
        "2019-04-01 import_vat_and_consumption_tax 16->13 announced 2019-03-15 (VAT cut)",
    ]
)


@dataclass(frozen=True)
class Case:
    """A series, its devices and the years that its forecasts are judged on."""

    name: str
    panel: Panel
    setting: Setting
    first: int
    last: int


def _data(name: str) -> Path:
    return Path(os.environ["ANALYTICS_DATA"]) / name


def _levels(file: str, column_map: str) -> pd.DataFrame:
    return driver_levels(tables.read("indicators", str(_data(file)), str(MAPS / column_map)))


def _one(frame: pd.DataFrame) -> Panel:
    return prepare(frame.groupby(["ds", "unit"], as_index=False)["y"].sum().assign(unique_id="total"))


def brazil_by_state() -> Panel:
    """Duty and excise of the 27 states."""
    source = str(_data("brazil_import_duty_by_state_monthly.csv"))
    return prepare(tables.read("receipts", source, "brazil_import_duty_by_state"))


def bangladesh() -> Panel:
    """Total of duty, VAT and supplementary duty on imports, fiscal years from July."""
    frame = pd.read_csv(_data("bangladesh_customs_items_monthly.csv"), parse_dates=["ds"])
    return prepare(frame.groupby(["ds", "unit"], as_index=False)["y"].sum(), year_start=7)


def cases() -> list[Case]:
    """China with its devices and without, Brazil's total, US duties plain and as base x rate, Bangladesh."""
    china = prepare(tables.read("receipts", "published:china_customs_revenue_monthly"))
    brazil_file, us_file = "brazil_import_duty_by_state_monthly.csv", "us_customs_duties_monthly.csv"
    brazil = _one(tables.read("receipts", str(_data(brazil_file)), "brazil_import_duty_by_state").to_pandas())
    us = _one(tables.read("receipts", str(_data(us_file)), "us_customs_duties").to_pandas())
    oil = _levels("china_drivers_monthly.csv", "commodity_drivers.yaml")[["brent_usd_bbl"]]
    imports = _levels(us_file, "us_customs_drivers.yaml")["imports_value"]
    vat = Setting(events=tuple(VAT_CUTS))
    full = Setting(events=tuple(VAT_CUTS), drivers=oil)
    off = Setting(year_end_block=False)
    return [
        Case("China: VAT cuts, oil", china, full, 2014, 2025),
        Case("China: VAT cuts", china, vat, 2014, 2025),
        Case("China: nothing said", china, Setting(), 2014, 2025),
        Case("China: block off", china, off, 2014, 2025),
        Case("Brazil, total", brazil, Setting(), 2006, 2024),
        Case("US duties", us, Setting(), 2000, 2025),
        Case("US duties: imports x rate", us, Setting(tax_base=imports), 2000, 2025),
        Case("Bangladesh, fiscal years", bangladesh(), Setting(), 2018, 2021),
    ]
