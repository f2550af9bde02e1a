"""Index numbers over periods or places: bilateral and multilateral formulas, links, splices, aggregation."""

from analytics.index_numbers.aggregation import aggregate
from analytics.index_numbers.catalogue import methods, price_index
from analytics.index_numbers.panel import IndexNumberError
from analytics.index_numbers.similarity import linked_by_similarity, quantity_index
from analytics.index_numbers.values import value_change

__all__ = [
    "IndexNumberError",
    "aggregate",
    "linked_by_similarity",
    "methods",
    "price_index",
    "quantity_index",
    "value_change",
]


def __dir__() -> list[str]:
    return sorted(__all__)
