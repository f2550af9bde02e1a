"""Enforcement evaluated: are the same goods treated alike, what do rules cost and bring, what lies below the line."""

from analytics.early_warning.enforced.study import EnforcementFindings, EnforcementQuestion, study_enforcement

__all__ = ["EnforcementFindings", "EnforcementQuestion", "study_enforcement"]
