"""Prices over the months: their common course, and months in which one group stands apart."""

from analytics.valuation.alignment.course.common import FARTHEST, course
from analytics.valuation.alignment.course.since import months_apart

__all__ = ["FARTHEST", "course", "months_apart"]
