"""Price levels of the nation month by month: months already read are not read again."""

from analytics.valuation.months.levels import Months, levels_by_month

__all__ = ["Months", "levels_by_month"]
