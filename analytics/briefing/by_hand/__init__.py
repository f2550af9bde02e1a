"""What a notebook run by hand in JupyterLab shows beside its page: plain errors, that a long cell works, controls."""

from analytics.briefing.by_hand.cells import Waiting, doing, plain_errors, watch_cells
from analytics.briefing.by_hand.shown import display, rendered

__all__ = ["Waiting", "display", "doing", "plain_errors", "rendered", "watch_cells"]
