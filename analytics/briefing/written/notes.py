"""The folded data notes: where every row went, what the run was given, which software it rests on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.briefing.look.wording import html, said, wide, word
from analytics.briefing.page import Page
from analytics.language import DASH, NO_FIGURE, Language, month, number

_COUNTS = ("read", "used", "aside")


def data_notes(page: Page, result: dict[str, Any], quarantined: dict[int, str], *, has_private: bool) -> None:
    """Show the fold with row accounting, parameters and software."""
    language = page.language
    parts = [f"<p>{html(word('data_note', language), language)}</p>"] if page.inputs else []
    if page.inputs:
        parts.append(_accounting(page, result, quarantined))
    if has_private:
        parts.append(f"<p>{html(word('private', language), language)}</p>")
    if page.missing_glyphs:
        lost = " ".join(f"{c} U+{ord(c):04X}" for c in sorted(page.missing_glyphs))
        parts.append(f"<p>{html(word('glyphs', language) + lost, language)}</p>")
    parts.append(_parameters(page, result))
    title = word("data", language)
    content = f"<details><summary>{html(title, language)}</summary>{''.join(parts)}</details>"
    page.show("data", content, title, simulated=page.simulated)


def _heading(key: str, language: Language) -> str:
    css = ' class="n"' if key in _COUNTS else ""
    return f'<th scope="col"{css}>{html(word(key, language), language)}</th>'


def _accounting(page: Page, result: dict[str, Any], quarantined: dict[int, str]) -> str:
    language = page.language
    top = "".join(_heading(key, language) for key in ("input", "period", *_COUNTS))
    lines = []
    for at, (table, facts) in enumerate(zip(page.inputs, result["inputs"], strict=True)):
        counts = "".join(
            f'<td class="n">{number(facts[k], 0, language)}</td>' for k in ("rows_read", "rows_used", "rows_set_aside")
        )
        source = f'<span class="source">{html(str(facts["source"] or ""), language)}</span>'
        name = f'<th scope="row">{html(facts["name"], language)} {source}</th>'
        lines.append(f'<tr class="facts">{name}<td>{_period(facts, language)}</td>{counts}</tr>')
        more = _reasons(table.accounting.reasons, language)
        if at in quarantined:
            more += f' <a href="{quarantined[at]}">{html(word("quarantine", language), language)}</a>'
        more += "".join(f"<p>{html(note, language)}</p>" for note in getattr(table.accounting, "notes", ()))
        more += f'<span class="source">sha256 {html(str(facts["sha256"] or NO_FIGURE), language)}</span>'
        lines.append(f'<tr class="more"><td colspan="5">{more}</td></tr>')
    caption = f'<caption class="unseen">{html(word("data", language), language)}</caption>'
    return wide(
        f"<table>{caption}<thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>", "table", language
    )


def _period(facts: dict[str, Any], language: Language) -> str:
    ends = [facts["first_period"], facts["last_period"]]
    if not all(ends):
        return NO_FIGURE
    first, last = (month(e, language) if _is_date(e) else str(e) for e in ends)
    return html(first if first == last else f"{first}{'—' if language == 'zh' else DASH}{last}", language)


def _is_date(text: str) -> bool:
    return not pd.isna(pd.to_datetime(text, errors="coerce"))


def _reasons(reasons: pd.DataFrame | None, language: Language) -> str:
    if reasons is None or not len(reasons):
        return ""
    column = "reason_zh" if language == "zh" and "reason_zh" in reasons.columns else "reason"
    counted = zip(reasons[column], reasons["rows"], strict=True)
    colon, joint = ("：", "；") if language == "zh" else (": ", "; ")
    told = [f"{said(reason, language)}{colon}{number(rows, 0, language)}" for reason, rows in counted]
    return html(word("reason", language) + colon + joint.join(told), language)


def _parameters(page: Page, result: dict[str, Any]) -> str:
    language = page.language
    lines = [
        f'<tr><th scope="row"><code>{html(name, "en")}</code></th><td>{html(_given(value), language)}</td></tr>'
        for name, value in sorted(result["params"].items())
    ]
    colon, stop = ("：", "。") if language == "zh" else (": ", ". ")
    seed = "" if result["seed"] is None else f"{word('seed', language)}{colon}{result['seed']}{stop}"
    tools = ", ".join(f"{name} {v}" for name, v in sorted(result["versions"].items()))
    software = html(f"{seed}{word('versions', language)}{colon}{tools}{stop}", language)
    head = "".join(f'<th scope="col">{html(word(k, language), language)}</th>' for k in ("parameter", "value"))
    caption = f"<caption>{html(word('parameters', language), language)}</caption>"
    grid = wide(
        f'<table class="given">{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>',
        "table",
        language,
    )
    return f'{grid if lines else ""}<p class="source">{software}</p>'


def _given(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_given, value))
    return NO_FIGURE if value is None else str(value)
