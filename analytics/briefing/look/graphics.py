"""The small drawings of a page: badge, tile, sparkline, marks. None needs a font or says a thing by colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from analytics.briefing.look.wording import STATUS, html, said
from analytics.briefing.parts import Tile
from analytics.language import MINUS, Language, Text

_MARKS = {
    "met": "M3 8.5 6.5 12 13 4.5",
    "not_met": "M4 4 12 12M12 4 4 12",
    "watch": "M8 3v6.2M8 12.4v.2",
    "on_track": "M3 8h9.5M8.6 4 12.6 8 8.6 12",
    "at_risk": "M8 3v6.2M8 12.4v.2",
    "insufficient": "M3.5 8h9",
    "skipped": "M4.5 4v8l6-4zM12 4v8",
    "failed": "M4 4 12 12M12 4 4 12",
}
_LONG = 12  # characters of a tile's value
_TONES = {"good": "met", "bad": "not_met", "watch": "watch"}


def mark(status: str) -> str:
    """Return the mark of a status: tick, cross, exclamation, dash."""
    return f'<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path d="{_MARKS[status]}"/></svg>'


def badge(status: str, language: Language, text: Text | None = None, outlook: str | None = None) -> str:
    """Return a verdict badge: mark, words, colour; an outlook has its own mark and says all in its text."""
    if outlook is not None:
        return f'<span class="badge {outlook}">{mark(outlook)}<span>{html(text or "", language)}</span></span>'
    words = html(text or STATUS[status], language)
    spoken = f'<span class="unseen">{html(STATUS[status], language)}: </span>' if text else ""
    return f'<span class="badge {status}">{mark(status)}<span>{spoken}{words}</span></span>'


def tile(t: Tile, language: Language) -> str:
    """Return one figure of the headline."""
    unit = f'<span class="unit">{html(t.unit, language)}</span>' if t.unit else ""
    note = f'<p class="note">{html(t.note, language)}</p>' if t.note else ""
    # A signed value says by its sign what a colour says; other judged values carry a mark.
    signed = said(t.value, language)[:1] in ("+", "-", MINUS)
    sign = "" if t.tone == "neutral" or signed else mark(_TONES[t.tone])
    line = sparkline(t.spark) if t.spark is not None else ""
    return (
        f'<div class="tile {t.tone}"><p class="what">{html(t.label, language)}</p>'
        f"{_value(t, sign, language)}{unit}{note}{line}</div>"
    )


def _value(t: Tile, sign: str, language: Language) -> str:
    """Return a tile's value: a short one stands large, a long one smaller and may break between its words."""
    text = said(t.value, language).replace("\N{NO-BREAK SPACE}", " ")
    if len(text) > _LONG:
        return f'<p class="figure-value long">{sign}<b>{escape(text)}</b></p>'
    return f'<p class="figure-value">{sign}<b>{html(text, language)}</b></p>'


def sparkline(values: Sequence[float], width: float = 200, height: float = 34) -> str:
    """Draw a line without axes, its last point marked; gaps stay open.

    Parameters
    ----------
    values : sequence of float
        Evenly spaced; NaN is a gap. Fewer than two numbers draw nothing.
    """
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None and math.isfinite(v)]
    if len(known) < 2:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    span = (high - low) or 1.0
    edge = 4.0
    points = {
        i: (edge + (width - 2 * edge) * i / (len(values) - 1), edge + (height - 2 * edge) * (high - v) / span)
        for i, v in known
    }
    steps = [f"{'L' if i - 1 in points else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in points.items()]
    x, y = points[known[-1][0]]
    return (
        f'<svg class="spark" viewBox="0 0 {width:g} {height:g}" aria-hidden="true">'
        f'<path d="{"".join(steps)}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )
