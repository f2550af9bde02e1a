"""The small drawings of a page: badge, tile, sparkline. None needs a font or says a thing by colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from analytics.briefing.look.templates import element
from analytics.briefing.look.wording import said
from analytics.briefing.parts import Tile
from analytics.language import MINUS, Language, Text

_LONG = 12  # characters of a tile's value
_TONES = {"good": "met", "bad": "not_met", "watch": "watch"}


def badge(status: str, language: Language, text: Text | None = None, outlook: str | None = None) -> Markup:
    """Return a verdict badge: mark, words, colour.

    Parameters
    ----------
    status : of the verdict
    language : {"en", "zh"}
    text : what stands in place of the status
    outlook : of an open verdict, with a mark of its own
    """
    return element("badge", language, status=status, text=text, outlook=outlook)


def tile(t: Tile, language: Language) -> Markup:
    """Return one figure of the headline: a short value stands large, a long one smaller."""
    value = said(t.value, language).replace("\N{NO-BREAK SPACE}", " ")
    # A signed value says by its sign what a colour says; other judged values carry a mark.
    signed = said(t.value, language)[:1] in ("+", "-", MINUS)
    tone = None if t.tone == "neutral" or signed else _TONES[t.tone]
    line = sparkline(t.spark) if t.spark is not None else None
    return element("tile", language, tile=t, value=value, long=len(value) > _LONG, tone=tone, line=line)


def sparkline(values: Sequence[float], width: float = 200, height: float = 34) -> dict[str, Any] | None:
    """Return a line without axes, its last point marked; gaps stay open.

    Parameters
    ----------
    values : sequence of float
        Evenly spaced; NaN is a gap. Of fewer than two numbers nothing is drawn.
    width, height : of the drawing
    """
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None and math.isfinite(v)]
    if len(known) < 2:
        return None
    low, high = min(v for _, v in known), max(v for _, v in known)
    span = (high - low) or 1.0
    edge = 4.0
    points = {
        i: (edge + (width - 2 * edge) * i / (len(values) - 1), edge + (height - 2 * edge) * (high - v) / span)
        for i, v in known
    }
    steps = [f"{'L' if i - 1 in points else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in points.items()]
    x, y = points[known[-1][0]]
    return {
        "width": f"{width:g}", "height": f"{height:g}", "path": "".join(steps), "x": f"{x:.1f}", "y": f"{y:.1f}",
    }  # fmt: skip
