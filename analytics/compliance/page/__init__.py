"""The page of the full-collection rate, as parts that a notebook places."""

from analytics.compliance.page.closing import method, planning, watch
from analytics.compliance.page.opening import headline, verdict
from analytics.compliance.page.results import figures, gap_table, sample_frame
from analytics.compliance.page.sections import causes, rates, rests

__all__ = [
    "causes", "figures", "gap_table", "headline", "method", "planning", "rates", "rests", "sample_frame", "verdict",
    "watch",
]  # fmt: skip
