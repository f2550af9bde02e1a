"""Risk of non-compliance: rank declarations, choose what to inspect, measure what was missed, grade enterprises.

Nothing here calls an undecided case more than a risk lead; legal grades come from legal facts.
"""

from analytics.smuggling import figures
from analytics.smuggling.enterprises import grade
from analytics.smuggling.estimation import Rate, finding_rate
from analytics.smuggling.evaluation import ceiling, evaluate, gains, paired_difference, precision_at
from analytics.smuggling.frames import InputError
from analytics.smuggling.indicators import indicators
from analytics.smuggling.leaks import LeakAudit, audit, purge
from analytics.smuggling.loop import loop
from analytics.smuggling.model import RiskModel, fit, score
from analytics.smuggling.monitoring import drift, fairness, performance_by_month
from analytics.smuggling.oversight import Oversight
from analytics.smuggling.persistence import load, save
from analytics.smuggling.report import Report
from analytics.smuggling.rules import expert_rules
from analytics.smuggling.selection import select
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
