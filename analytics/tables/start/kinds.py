"""What the values of a column look like: figures, periods, codes; a name alone proves nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.errors import fold_width
from analytics.tables.contract.months import month_labelled
from analytics.tables.values.spellings import family_of
from analytics.tables.values.years import fiscal_texts

LABELS = (
    "months of a year",
    "year-month",
    "six digits",
    "name, short year",
    "name year",
    "month/year",
    "quarter",
    "year.month",
    "year",
)
_MOST = 0.8  # of the values seen; the rest are marks, notes and totals
_FIGURE = re.compile(
    r"[(+-]?\s?(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}|CR)?\s?\d[\d.,' ]*(?:e[+-]?\d+)?\)?\s?-?\s?[%€]?"
    r"(?:\s?(?:CR|DR|[bcdefnprsuz]{1,2}|\[[a-z]{1,2}\]|\([a-z]\)|[¹²³⁴-⁹*†‡]{1,2}|\d\)))?",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d{4}[\d. ]{0,12}|\d{2}[. ]\d{2}[\d. ]{0,9}")
_MISSING = re.compile(r"[-–—.:*…]*|n/?a|null|none|\[?[a-z]\]?", re.IGNORECASE)  # marks for "no figure"


def label_of(text: str) -> str:
    """Spelling of a period in a header; "" where it names none."""
    if fiscal_label(text):
        return "year"
    name, meant = family_of(without_words(fold_width(text)))
    return name if name in LABELS and any(1950 < p.day.year < 2100 for p in meant.values()) else ""


def fiscal_label(text: str) -> bool:
    """Whether a header names a fiscal year: FY 2023-24, 2023/24, FY24."""
    found = fiscal_texts([text])
    return bool(found) and all(1950 < ends < 2100 and month is None for ends, month in found.values())


def without_words(label: str) -> str:
    """Label of a period without the words that say how it counts: 2024年1-3月累计."""
    return re.sub(r"(?:累计|累計|累积|合计数?|cumulative|cumul|acumulado|ytd)", "", label, flags=re.IGNORECASE).strip()


def are_figures(values: Sequence[str]) -> bool:
    """Whether most values are figures, with whatever marks and currency stand at them."""
    texts = [t for v in values if not _MISSING.fullmatch(t := fold_width(v).strip())]
    return bool(texts) and sum(bool(_FIGURE.fullmatch(t)) for t in texts) >= _MOST * len(texts)


def are_periods(values: Sequence[str]) -> bool:
    """Whether most values name a month, a quarter, a day or a run of months."""
    texts = [t for v in values if (t := fold_width(v).strip())]
    fiscal = fiscal_texts(texts)
    meant = [family_of(without_words(t)) for t in texts if t not in fiscal]
    right = [name for name, days in meant if name and any(1950 < p.day.year < 2100 for p in days.values())]
    return bool(texts) and len(right) + len(texts) - len(meant) >= _MOST * len(texts)


def are_codes(values: Sequence[str]) -> bool:
    """Whether most values could be codes of the Harmonised System: digits from chapter 01 to 99, dotted or not."""
    texts = [t for v in values if (t := fold_width(v).strip())]
    return bool(texts) and sum(bool(_CODE.fullmatch(t)) for t in texts) >= _MOST * len(texts)


def are_years(values: Sequence[str]) -> bool:
    """Whether all values are years, of the usual era or of the Buddhist one."""
    found = [re.sub(r"[年년]|\.0$", "", fold_width(v).strip()) for v in values]
    return bool(found) and all(re.fullmatch(r"(?:19|20|25)\d\d", t) for t in found)


def are_months(values: Sequence[str]) -> bool:
    """Whether all values are months of a year, by number or by name."""
    return bool(values) and all(map(month_labelled, values))
