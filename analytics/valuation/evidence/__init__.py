"""What stands behind a finding: lines, what they were compared with, the gap to it, and fair prices."""

from analytics.valuation.evidence.changes import changes
from analytics.valuation.evidence.comparables import with_comparables
from analytics.valuation.evidence.course import courses
from analytics.valuation.evidence.fair import fair_prices
from analytics.valuation.evidence.ledger import Ledger, ledger
from analytics.valuation.evidence.nation import nation
from analytics.valuation.evidence.related import related
from analytics.valuation.evidence.to_verify import LINE_COLUMNS, gaps, lines, outliers

__all__ = [
    "LINE_COLUMNS",
    "Ledger",
    "changes",
    "courses",
    "fair_prices",
    "gaps",
    "ledger",
    "lines",
    "nation",
    "outliers",
    "related",
    "with_comparables",
]
