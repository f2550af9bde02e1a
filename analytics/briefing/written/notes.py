"""The folded data notes: where every row went, what the run was given, which software it rests on."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from analytics.briefing.look.templates import element, wide
from analytics.briefing.look.wording import said, word
from analytics.briefing.page import Page
from analytics.language import DASH, NO_FIGURE, Language, month, number
from analytics.tables.contract.contracts import CONTRACTS


def data_notes(page: Page, result: dict[str, Any], quarantined: dict[int, str], *, has_private: bool) -> None:
    """Show the fold with row accounting, parameters and software."""
    language = page.language
    parts = []
    if page.inputs:
        parts = [_paragraph(word("data_note", language), language), _accounting(page, result, quarantined)]
    if has_private:
        parts.append(_paragraph(word("private", language), language))
    if page.missing_glyphs:
        lost = " ".join(f"{c} U+{ord(c):04X}" for c in sorted(page.missing_glyphs))
        parts.append(_paragraph(word("glyphs", language) + lost, language))
    title = word("data", language)
    content = element("notes", language, title=title, parts=[*parts, *_parameters(result, language)])
    page.show("data", content, title, simulated=page.simulated)


def _paragraph(text: str, language: Language) -> Markup:
    return element("paragraph", language, text=text)


def _accounting(page: Page, result: dict[str, Any], quarantined: dict[int, str]) -> Markup:
    language = page.language
    headings = [word(key, language) for key in ("input", "period", "read", "used", "aside")]
    inputs = [
        {
            "name": _called(facts["name"], language),
            "source": str(facts["source"] or ""),
            "period": _period(facts, language),
            "counts": [number(facts[k], 0, language) for k in ("rows_read", "rows_used", "rows_set_aside")],
            "reasons": _reasons(table.accounting.reasons, language),
            "quarantine": quarantined.get(at),
            "word": word("quarantine", language),
            "notes": getattr(table.accounting, "notes", ()),
            "sha256": str(facts["sha256"] or NO_FIGURE),
        }
        for at, (table, facts) in enumerate(zip(page.inputs, result["inputs"], strict=True))
    ]
    grid = element("accounting", language, caption=word("data", language), headings=headings, inputs=inputs)
    return wide(grid, "table", language)


def _called(name: str, language: Language) -> str:
    """Name of an input: in Chinese the title of its table before the name that programs know."""
    return f"{CONTRACTS[name].title.zh}（{name}）" if language == "zh" and name in CONTRACTS else name


def _period(facts: dict[str, Any], language: Language) -> str:
    ends = [facts["first_period"], facts["last_period"]]
    if not all(ends):
        return NO_FIGURE
    first, last = (month(e, language) if _is_date(e) else str(e) for e in ends)
    return first if first == last else f"{first}{'—' if language == 'zh' else DASH}{last}"


def _is_date(text: str) -> bool:
    return not pd.isna(pd.to_datetime(text, errors="coerce"))


def _reasons(reasons: pd.DataFrame | None, language: Language) -> str:
    if reasons is None or not len(reasons):
        return ""
    column = "reason_zh" if language == "zh" and "reason_zh" in reasons.columns else "reason"
    counted = zip(reasons[column], reasons["rows"], strict=True)
    colon, joint = ("：", "；") if language == "zh" else (": ", "; ")
    told = [f"{said(reason, language)}{colon}{number(rows, 0, language)}" for reason, rows in counted]
    return word("reason", language) + colon + joint.join(told)


def _parameters(result: dict[str, Any], language: Language) -> list[Markup]:
    colon, stop = ("：", "。") if language == "zh" else (": ", ". ")
    seed = "" if result["seed"] is None else f"{word('seed', language)}{colon}{result['seed']}{stop}"
    tools = ", ".join(f"{name} {v}" for name, v in sorted(result["versions"].items()))
    software = element("source", language, text=f"{seed}{word('versions', language)}{colon}{tools}{stop}")
    given = [(name, _given(value)) for name, value in sorted(result["params"].items())]
    headings = [word(k, language) for k in ("parameter", "value")]
    grid = element("parameters", language, caption=word("parameters", language), headings=headings, given=given)
    return [wide(grid, "table", language), software] if given else [software]


def _given(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_given, value))
    return NO_FIGURE if value is None else str(value)
