"""Levels reached on real receipts; a change that loses them must be noticed."""

import pandas as pd
import pytest

from analytics import tables
from analytics.tax_forecast import driver_levels, policy_events
from analytics.tax_forecast.inputs.receipts import prepare
from analytics.tax_forecast.record.judging import record_with_intervals
from analytics.tax_forecast.record.setting import Setting

VAT_CUTS = (
    "2018-05-01 import_vat_and_consumption_tax 17->16 announced 2018-03-28",
    "2019-04-01 import_vat_and_consumption_tax 16->13 announced 2019-03-15",
)


@pytest.fixture(scope="module")
def china():
    return prepare(tables.read("receipts", "published:china_customs_revenue_monthly"))


def mean_error(record: pd.DataFrame, first: int) -> float:
    rows = record.loc[first:]
    return float((rows["forecast"] / rows["actual"] - 1).abs().mean())


@pytest.mark.parametrize(("months", "at_most", "years_within"), [(3, 0.022, 11), (6, 0.016, 11), (9, 0.019, 11)])
def test_china_from_march_on_is_within_five_percent_in_eleven_of_twelve_years(china, months, at_most, years_within):
    setting = Setting(year_end_block=True, events=tuple(policy_events(VAT_CUTS)))
    record = record_with_intervals(china, 2026, months, setting)
    assert mean_error(record, 2014) <= at_most
    rows = record.loc[2014:]
    assert ((rows["forecast"] / rows["actual"] - 1).abs() <= 0.05).sum() >= years_within


@pytest.mark.data
def test_china_at_the_years_start_with_the_oil_price(china, analytics_data):
    source = str(analytics_data / "china_drivers_monthly.csv")
    oil = driver_levels(tables.read("indicators", source, "analytics/tax_forecast/maps/commodity_drivers.yaml"))
    setting = Setting(year_end_block=True, events=tuple(policy_events(VAT_CUTS)), drivers=oil[["brent_usd_bbl"]])
    assert mean_error(record_with_intervals(china, 2026, 0, setting), 2014) <= 0.07
    assert mean_error(record_with_intervals(china, 2026, 2, setting), 2014) <= 0.045
