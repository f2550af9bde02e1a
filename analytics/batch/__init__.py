"""Parameter sets to briefings: papermill runs the notebooks, the briefing exports the pages, an index shows them all.

The batch runs notebooks; it does not know what is in them.
"""

from analytics.batch.kernels.limits import Limits
from analytics.batch.record import Outcome
from analytics.batch.run import Order, run_set
from analytics.batch.schedule import run_sets
from analytics.batch.sets import find_sets, missing_sources

__all__ = ["Limits", "Order", "Outcome", "find_sets", "missing_sources", "run_set", "run_sets"]


def __dir__() -> list[str]:
    return sorted(__all__)
