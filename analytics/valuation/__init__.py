"""Price levels of declared values: index numbers, outliers, price level with interval, contributions, duty at stake."""

from analytics.index_numbers.aggregation import aggregate
from analytics.index_numbers.catalogue import methods, price_index
from analytics.index_numbers.panel import IndexNumberError
from analytics.valuation.comparison.lines import ValuationError, usable
from analytics.valuation.comparison.national import NationalLevels, national_levels
from analytics.valuation.level import control_chart, enterprises
from analytics.valuation.level.price_level import PriceLevel, price_level
from analytics.valuation.page import evidence, figures, findings, headings
from analytics.valuation.page.report import Report, needed, report

__all__ = [
    "IndexNumberError",
    "NationalLevels",
    "PriceLevel",
    "Report",
    "ValuationError",
    "aggregate",
    "control_chart",
    "enterprises",
    "evidence",
    "figures",
    "findings",
    "headings",
    "methods",
    "national_levels",
    "needed",
    "price_index",
    "price_level",
    "report",
    "usable",
]
