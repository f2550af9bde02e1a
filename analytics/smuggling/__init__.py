"""Risk of non-compliance: rank declarations, choose what to inspect, measure what was missed, grade enterprises.

Nothing here calls an undecided case more than a risk lead; legal grades come from legal facts.
"""

from analytics.smuggling.evaluation.indicators import indicators
from analytics.smuggling.evaluation.monitoring import drift, fairness, performance_by_month
from analytics.smuggling.evaluation.strategies import ceiling, evaluate, gains, paired_difference, precision_at
from analytics.smuggling.features.frames import InputError
from analytics.smuggling.features.leaks import LeakAudit, audit, purge
from analytics.smuggling.models.persistence import load, save
from analytics.smuggling.models.risk_model import RiskModel, fit, score
from analytics.smuggling.models.rules import expert_rules
from analytics.smuggling.page import figures
from analytics.smuggling.page.oversight import Oversight
from analytics.smuggling.page.report import Report
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.enterprises import grade
from analytics.smuggling.selection.estimation import Rate, finding_rate
from analytics.smuggling.selection.weekly import loop
from analytics.smuggling.study import Study, study, truth_of

__all__ = [
    "InputError",
    "LeakAudit",
    "Oversight",
    "Rate",
    "Report",
    "RiskModel",
    "Study",
    "audit",
    "ceiling",
    "drift",
    "evaluate",
    "expert_rules",
    "fairness",
    "figures",
    "finding_rate",
    "fit",
    "gains",
    "grade",
    "indicators",
    "load",
    "loop",
    "paired_difference",
    "performance_by_month",
    "precision_at",
    "purge",
    "save",
    "score",
    "select",
    "study",
    "truth_of",
]
