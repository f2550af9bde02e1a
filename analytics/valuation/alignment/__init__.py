"""Prices aligned before they are modelled: what is off by much and by whom, told from slips of single lines."""

from analytics.valuation.alignment.lines import Lines, codes, in_order
from analytics.valuation.alignment.stage import Aligned, align

__all__ = ["Aligned", "Lines", "align", "codes", "in_order"]
