"""The mirror of the world as a briefing: gaps between own imports and what partners report."""

from analytics.early_warning.mirrored.study import MirrorFindings, MirrorQuestion, study_mirror

__all__ = ["MirrorFindings", "MirrorQuestion", "study_mirror"]
