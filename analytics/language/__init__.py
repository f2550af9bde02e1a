"""Two languages, one sentence: texts in English and Chinese, and figures written as each language writes them.

Pure functions without state: the page's language is kept by `analytics.briefing`. `both` writes figures in
both at once.
"""

from analytics.language.figures import (
    DASH,
    LANGUAGES,
    MINUS,
    NO_CURRENCY,
    NO_FIGURE,
    Language,
    day,
    money,
    money_scale,
    month,
    months_to,
    number,
    parse_unit,
    percent,
)
from analytics.language.texts import Text, joined, told

__all__ = [
    "DASH",
    "LANGUAGES",
    "MINUS",
    "NO_CURRENCY",
    "NO_FIGURE",
    "Language",
    "Text",
    "day",
    "joined",
    "money",
    "money_scale",
    "month",
    "months_to",
    "number",
    "parse_unit",
    "percent",
    "told",
]


def __dir__() -> list[str]:
    return sorted(__all__)
