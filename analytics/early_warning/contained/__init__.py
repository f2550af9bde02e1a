"""Containment as a range: between which bounds the share of duty lies that did not escape."""

from analytics.early_warning.contained.range import ContainmentError, Evidence, containment, like_with_like
from analytics.early_warning.contained.study import ContainmentFindings, study_containment

__all__ = [
    "ContainmentError",
    "ContainmentFindings",
    "Evidence",
    "containment",
    "like_with_like",
    "study_containment",
]
