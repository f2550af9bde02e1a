"""Early warning: many monthly series watched, and what left its own past told.

lines = early_warning.usable(tables.read("declarations", "declarations.csv"))
found = early_warning.study(lines, early_warning.Question(by=("product", "origin")))
found.this_month
"""

from analytics.early_warning.alarms.keeping import keep, next_month, resume
from analytics.early_warning.alarms.telling import tell
from analytics.early_warning.continued import go_on, keep_all
from analytics.early_warning.panels.from_declarations import columns_needed, usable
from analytics.early_warning.panels.panel import WarningDataError
from analytics.early_warning.question import Question
from analytics.early_warning.study import Findings, study

__all__ = [
    "Findings",
    "Question",
    "WarningDataError",
    "columns_needed",
    "go_on",
    "keep",
    "keep_all",
    "next_month",
    "resume",
    "study",
    "tell",
    "usable",
]


def __dir__() -> list[str]:
    return sorted(__all__)
