"""What an analyst's own cells show: pictures, tables, formulas, and failures as failures."""

from __future__ import annotations

import base64
import re
from typing import Any

from markupsafe import Markup

from analytics.briefing.look.templates import element, wide
from analytics.briefing.look.wording import word
from analytics.briefing.pages.narrative import clean, formula, narrative
from analytics.language import Language

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_PLAIN = {"text/plain", "text/html", "text/latex", "text/markdown", *_PICTURES}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"(?<![\w.])(?:/[^/\s:]+)+/([^/\s:]+)")


def shown(output: Any, language: Language) -> str:
    """Return what an output of an analyst's own cell shows on the page; nothing for plain text.

    Parameters
    ----------
    output : a notebook's output that is no element of the page
    language : {"en", "zh"}
    """
    if output.output_type == "error":
        return _failure(output, language)
    data = output.get("data", {})
    picture = next((kind for kind in _PICTURES if kind in data), None)
    if picture is not None:
        return _picture(picture, data[picture], language)
    if "text/html" in data:
        return wide(clean(_joined(data["text/html"]), language), "table", language)
    if "text/latex" in data:
        return element("prose", language, content=Markup(formula(_joined(data["text/latex"]), block=True)))
    if "text/markdown" in data:
        return element("prose", language, content=Markup(narrative(_joined(data["text/markdown"]), {}, language)))
    strange = sorted(set(data) - _PLAIN)
    if strange:  # a widget, a map that runs: it lives in JupyterLab only
        return element("note", language, text=word("not_on_a_page", language), code=strange[0])
    return ""


def failed(output: Any) -> bool:
    """Whether an output is an error."""
    return bool(output.output_type == "error")


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _picture(kind: str, content: Any, language: Language) -> str:
    text = _joined(content)
    coded = base64.b64encode(text.encode()).decode() if kind == "image/svg+xml" else re.sub(r"\s+", "", text)
    if not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", coded):
        return element("note", language, text=word("picture_damaged", language))
    return element("picture", language, kind=kind, coded=coded, alt=word("own_picture", language))


def _failure(output: Any, language: Language) -> str:
    """Say that a cell failed, in its own words, without the traceback and without places of this machine."""
    told = _PLACE.sub(r"\1", _COLOURS.sub("", f"{output.get('ename', '')}: {output.get('evalue', '')}"))
    return element("message", language, title=word("cell_failed", language), text=told)
