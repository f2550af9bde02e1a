"""The plan's indicators computed and judged, and those of any other plan."""

from analytics.scorecard import page
from analytics.scorecard.card import Scorecard, Sources
from analytics.scorecard.checks import Check, checks
from analytics.scorecard.definitions import Definition, definition
from analytics.scorecard.evaluation import Standing, standing, standings
from analytics.scorecard.league import league
from analytics.scorecard.measure import Measure, census, process
from analytics.scorecard.plan import Goal, PlanError, judged, own_plan, the_plan
from analytics.scorecard.scoring import score

__all__ = [
    "Check",
    "Definition",
    "Goal",
    "Measure",
    "PlanError",
    "Scorecard",
    "Sources",
    "Standing",
    "census",
    "checks",
    "definition",
    "judged",
    "league",
    "own_plan",
    "page",
    "process",
    "score",
    "standing",
    "standings",
    "the_plan",
]


def __dir__() -> list[str]:
    return sorted(__all__)
