"""Risk of non-compliance: rank declarations, choose what to inspect, measure what was missed, grade enterprises.

Nothing here calls an undecided case more than a risk lead; legal grades come from legal facts.
"""

from analytics.smuggling import page
from analytics.smuggling.audit.copies import LeakAudit, audit, purge
from analytics.smuggling.audit.outcomes import OutcomeAudit, audit_outcomes
from analytics.smuggling.evaluation.indicators import indicators
from analytics.smuggling.evaluation.monitoring import drift, fairness, performance_by_month
from analytics.smuggling.evaluation.strategies import ceiling, evaluate, gains, paired_difference, precision_at
from analytics.smuggling.fast.scoring import scorer
from analytics.smuggling.features.frames import InputError
from analytics.smuggling.followup.plan import AuditPlan, AuditQuestion, audit_plan
from analytics.smuggling.goods.words import suggest_codes
from analytics.smuggling.inquiry.answers import truth_of
from analytics.smuggling.inquiry.prices import with_price_gaps
from analytics.smuggling.inquiry.question import Question
from analytics.smuggling.inquiry.study import Study, answer, study
from analytics.smuggling.inquiry.unlabelled import RuleStudy
from analytics.smuggling.links.integrity import Panel, integrity, open_panel, seal
from analytics.smuggling.links.rings import Rings, rings
from analytics.smuggling.models.fitting import fit
from analytics.smuggling.models.persistence import load, save
from analytics.smuggling.models.risk_model import RiskModel, score
from analytics.smuggling.models.rules import expert_rules
from analytics.smuggling.models.scorer import approve, approved, card
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.enterprises import grade
from analytics.smuggling.selection.estimation import Rate, finding_rate
from analytics.smuggling.selection.weekly import loop

__all__ = [
    "AuditPlan",
    "AuditQuestion",
    "InputError",
    "LeakAudit",
    "OutcomeAudit",
    "Panel",
    "Question",
    "Rate",
    "Rings",
    "RiskModel",
    "RuleStudy",
    "Study",
    "answer",
    "approve",
    "approved",
    "audit",
    "audit_outcomes",
    "audit_plan",
    "card",
    "ceiling",
    "drift",
    "evaluate",
    "expert_rules",
    "fairness",
    "finding_rate",
    "fit",
    "gains",
    "grade",
    "indicators",
    "integrity",
    "load",
    "loop",
    "open_panel",
    "page",
    "paired_difference",
    "performance_by_month",
    "precision_at",
    "purge",
    "rings",
    "save",
    "score",
    "scorer",
    "seal",
    "select",
    "study",
    "suggest_codes",
    "truth_of",
    "with_price_gaps",
]


def __dir__() -> list[str]:
    return sorted(__all__)
