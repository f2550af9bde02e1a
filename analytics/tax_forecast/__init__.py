"""Annual revenue: the year as an object, with an honest interval, from any month of the year."""

from analytics.tax_forecast import page
from analytics.tax_forecast.days.nowcast import Nowcast, nowcast
from analytics.tax_forecast.evaluation.report import Asked, Evaluation, evaluate
from analytics.tax_forecast.inputs.drivers import driver_levels
from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.events import parse as policy_events
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.lodged.keeping import on_record
from analytics.tax_forecast.lodged.news import news, news_of_year
from analytics.tax_forecast.lodged.profile import lodge, lodged_before, profile
from analytics.tax_forecast.lodged.receipts import keep_receipts
from analytics.tax_forecast.why.allocation import allocation
from analytics.tax_forecast.why.declared import declared_change
from analytics.tax_forecast.why.received import parse_one_offs, received_change
from analytics.tax_forecast.year.backtest import backtest
from analytics.tax_forecast.year.forecast import answer, forecast_year
from analytics.tax_forecast.year.question import Question
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.scenarios import compare, parse_scenarios
from analytics.tax_forecast.year.tabled import (
    backtest_table,
    by_month,
    figures_of,
    forecast_table,
    leaderboard,
    main_parts,
    periods_table,
    plan_record,
)
from analytics.tax_forecast.year.vintages import error_sources, keep, revisions

__all__ = [
    "Asked",
    "Evaluation",
    "Event",
    "Nowcast",
    "Question",
    "ReceiptsError",
    "YearForecast",
    "allocation",
    "answer",
    "backtest",
    "backtest_table",
    "by_month",
    "compare",
    "declared_change",
    "driver_levels",
    "error_sources",
    "evaluate",
    "figures_of",
    "forecast_table",
    "forecast_year",
    "keep",
    "keep_receipts",
    "leaderboard",
    "lodge",
    "lodged_before",
    "main_parts",
    "news",
    "news_of_year",
    "nowcast",
    "on_record",
    "page",
    "parse_one_offs",
    "parse_scenarios",
    "periods_table",
    "plan_record",
    "policy_events",
    "profile",
    "received_change",
    "revisions",
]


def __dir__() -> list[str]:
    """List the public names only."""
    return __all__
