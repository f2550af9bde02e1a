"""What stands behind a finding: the lines, what they were compared with, and what is at stake."""

from analytics.valuation.evidence.to_verify import LINE_COLUMNS, lines, outliers

__all__ = ["LINE_COLUMNS", "lines", "outliers"]
