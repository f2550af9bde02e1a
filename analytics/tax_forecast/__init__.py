"""Annual revenue: the year as an object, with an honest interval, from any month of the year."""

from analytics.tax_forecast.inputs.drivers import driver_levels
from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.events import parse as policy_events
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.page import captions, comparisons, figures, wording
from analytics.tax_forecast.page.tabled import (
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
from analytics.tax_forecast.year.backtest import backtest
from analytics.tax_forecast.year.forecast import YearForecast, forecast_year
from analytics.tax_forecast.year.scenarios import compare, parse_scenarios
from analytics.tax_forecast.year.vintages import error_sources, keep, revisions

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
