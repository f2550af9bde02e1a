"""Annual revenue: the year as an object, with an honest interval, from any month of the year."""

from analytics.tax_forecast import captions, comparisons, figures, wording
from analytics.tax_forecast.backtest import backtest
from analytics.tax_forecast.drivers import driver_levels
from analytics.tax_forecast.events import Event
from analytics.tax_forecast.events import parse as policy_events
from analytics.tax_forecast.periods import ReceiptsError
from analytics.tax_forecast.scenarios import compare, parse_scenarios
from analytics.tax_forecast.tabled import (
    backtest_table,
    by_district,
    by_month,
    figures_of,
    forecast_table,
    leaderboard,
    main_parts,
    parts_table,
    plan_record,
)
from analytics.tax_forecast.vintages import error_sources, keep, revisions
from analytics.tax_forecast.year import YearForecast, forecast_year

__all__ = [
    "Event",
    "ReceiptsError",
    "YearForecast",
    "backtest",
    "backtest_table",
    "by_district",
    "by_month",
    "captions",
    "compare",
    "comparisons",
    "driver_levels",
    "error_sources",
    "figures",
    "figures_of",
    "forecast_table",
    "forecast_year",
    "keep",
    "leaderboard",
    "main_parts",
    "parse_scenarios",
    "parts_table",
    "plan_record",
    "policy_events",
    "revisions",
    "wording",
]
