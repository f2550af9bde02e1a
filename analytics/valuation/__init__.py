"""Price levels of declared values: index numbers, outliers, price level with interval, contributions, duty at stake."""

from analytics.index_numbers.aggregation import aggregate
from analytics.index_numbers.catalogue import methods, price_index
from analytics.index_numbers.panel import IndexNumberError
from analytics.index_numbers.similarity import linked_by_similarity, quantity_index
from analytics.index_numbers.values import value_change
from analytics.valuation import evidence, page
from analytics.valuation.comparison.lines import ValuationError, needed, usable
from analytics.valuation.comparison.national import NationalLevels, national_levels
from analytics.valuation.comparison.question import Question
from analytics.valuation.level import control_chart, enterprises
from analytics.valuation.level.price_level import judge, price_level
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.months import Months, levels_by_month

__all__ = [
    "IndexNumberError",
    "Months",
    "NationalLevels",
    "PriceLevel",
    "Question",
    "ValuationError",
    "aggregate",
    "control_chart",
    "enterprises",
    "evidence",
    "judge",
    "levels_by_month",
    "linked_by_similarity",
    "methods",
    "national_levels",
    "needed",
    "page",
    "price_index",
    "price_level",
    "quantity_index",
    "usable",
    "value_change",
]


def __dir__() -> list[str]:
    return sorted(__all__)
