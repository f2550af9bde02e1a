"""Price levels of declared values: index numbers, outliers, price level with interval, contributions, duty at stake."""

from analytics.valuation import control_chart, enterprises, evidence, figures, findings, headings
from analytics.valuation.aggregation import aggregate
from analytics.valuation.index_numbers import methods, price_index
from analytics.valuation.lines import ValuationError, usable
from analytics.valuation.national import NationalLevels, national_levels
from analytics.valuation.panel import IndexNumberError
from analytics.valuation.price_level import PriceLevel, price_level
from analytics.valuation.report import Report, needed, report

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
