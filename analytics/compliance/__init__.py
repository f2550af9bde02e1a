"""Compliance: what a random sample says of the revenue due, by cause, and how large a sample a promise takes."""

from analytics.compliance import page
from analytics.compliance.engine.gap import Gap, estimate, gamma_limits
from analytics.compliance.engine.planner import Pilot, Plan, plan
from analytics.compliance.engine.rates import Rate, share
from analytics.compliance.sample import from_inspections
from analytics.compliance.study import Question, Study, full_collection
from analytics.sampling import Design, DesignError, design, draw, sizes

__all__ = [
    "Design",
    "DesignError",
    "Gap",
    "Pilot",
    "Plan",
    "Question",
    "Rate",
    "Study",
    "design",
    "draw",
    "estimate",
    "from_inspections",
    "full_collection",
    "gamma_limits",
    "page",
    "plan",
    "share",
    "sizes",
]


def __dir__() -> list[str]:
    return sorted(__all__)
