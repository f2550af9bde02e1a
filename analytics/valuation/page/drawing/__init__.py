"""Drawings of a price level's page: each takes results and returns a matplotlib figure."""

from analytics.valuation.page.drawing.course import control_chart, pareto
from analytics.valuation.page.drawing.levels import bars, beyond_funnel, funnel, grid, heat_map, in_funnel

__all__ = ["bars", "beyond_funnel", "control_chart", "funnel", "grid", "heat_map", "in_funnel", "pareto"]
