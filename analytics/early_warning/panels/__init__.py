"""Panels of monthly series: what is watched, from declarations or from published figures."""

from analytics.early_warning.panels.from_declarations import from_declarations
from analytics.early_warning.panels.from_receipts import from_receipts
from analytics.early_warning.panels.panel import DIMENSIONS, MEASURES, Coverage, Panel, WarningDataError

__all__ = ["DIMENSIONS", "MEASURES", "Coverage", "Panel", "WarningDataError", "from_declarations", "from_receipts"]
