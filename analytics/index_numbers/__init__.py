"""Index numbers over periods or places: bilateral and multilateral formulas, links, splices, aggregation."""

from analytics.index_numbers.aggregation import aggregate
from analytics.index_numbers.catalogue import methods, price_index
from analytics.index_numbers.panel import IndexNumberError

__all__ = ["IndexNumberError", "aggregate", "methods", "price_index"]
