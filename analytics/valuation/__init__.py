"""Price levels of declared values: index numbers, outliers, price level with interval, contributions, duty at stake."""

from analytics.valuation.index_numbers import price_index
from analytics.valuation.panel import IndexNumberError

__all__ = ["IndexNumberError", "price_index"]
