"""The page of a plan, as parts that a notebook places."""

from analytics.scorecard.page import evaluation
from analytics.scorecard.page.districts import districts
from analytics.scorecard.page.opening import headline, verdict
from analytics.scorecard.page.results import figures, for_board, indicator_table
from analytics.scorecard.page.sections import agreement, attention, everything, method, missing, pace

__all__ = [
    "agreement", "attention", "districts", "evaluation", "everything", "figures", "for_board", "headline",
    "indicator_table", "method", "missing", "pace", "verdict",
]  # fmt: skip
