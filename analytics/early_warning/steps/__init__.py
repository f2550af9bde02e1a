"""Event studies of duty steps: who moved goods to another origin or another code, at the old goods' price."""

from analytics.early_warning.steps.preferences import preferences
from analytics.early_warning.steps.step import Step, parse_steps
from analytics.early_warning.steps.study import StepFindings, study_steps
from analytics.early_warning.steps.switches import RULE, Rule, switches

__all__ = ["RULE", "Rule", "Step", "StepFindings", "parse_steps", "preferences", "study_steps", "switches"]
