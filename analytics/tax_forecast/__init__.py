"""Annual revenue: the year as an object, with an honest interval, from any month of the year."""

from analytics.tax_forecast import captions, figures, wording
from analytics.tax_forecast.backtest import backtest
from analytics.tax_forecast.events import Event
from analytics.tax_forecast.events import parse as policy_events
from analytics.tax_forecast.periods import ReceiptsError
from analytics.tax_forecast.tabled import backtest_table, by_month, figures_of, forecast_table, main_parts, parts_table
from analytics.tax_forecast.year import YearForecast, forecast_year

__all__ = [
    "Event",
    "ReceiptsError",
    "YearForecast",
    "backtest",
    "backtest_table",
    "by_month",
    "captions",
    "figures",
    "figures_of",
    "forecast_table",
    "forecast_year",
    "main_parts",
    "parts_table",
    "policy_events",
    "wording",
]
