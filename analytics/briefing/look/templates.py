"""Jinja templates of a page's elements: what is put into them is escaped unless it is said to be HTML already."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analytics.briefing.look.wording import STATUS, WORDS, attribute, html
from analytics.language import Language

TEMPLATE = Path(__file__).parents[1] / "template"
_SHELVES = ("elements.j2", "graphics.j2", "notes.j2")
_MARKS = {  # outlines of tick, cross, exclamation, arrow, dash: a status is never told by its colour alone
    "met": "M3 8.5 6.5 12 13 4.5",
    "not_met": "M4 4 12 12M12 4 4 12",
    "watch": "M8 3v6.2M8 12.4v.2",
    "on_track": "M3 8h9.5M8.6 4 12.6 8 8.6 12",
    "at_risk": "M8 3v6.2M8 12.4v.2",
    "insufficient": "M3.5 8h9",
    "skipped": "M4.5 4v8l6-4zM12 4v8",
    "failed": "M4 4 12 12M12 4 4 12",
}


@cache
def environment(language: Language) -> Environment:
    """Return the templates with what a language needs: `tied` escapes a text, its numbers tied to their units."""
    made = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["tied"] = lambda text: Markup(html(text, language))  # escaped by `html`
    made.filters["attribute"] = lambda text: Markup(attribute(text, language))  # escaped by `attribute`
    made.filters["badge"] = lambda status: element("badge", language, status=status)
    made.globals |= {"marks": _MARKS, "status_words": STATUS}
    made.globals |= {"colon": "：", "nothing": "无"} if language == "zh" else {"colon": ": ", "nothing": "none"}
    return made


def element(name: str, language: Language, /, **values: Any) -> Markup:
    """Return an element of a page: the macro of this name, on whichever shelf of templates it stands."""
    shelves = (environment(language).get_template(shelf).module for shelf in _SHELVES)
    macro = next(getattr(shelf, name) for shelf in shelves if hasattr(shelf, name))
    return Markup(macro(**values))  # escaped by the templates


def wide(content: str, kind: str, language: Language) -> Markup:
    """Wrap a figure or table so that it scrolls by itself on a narrow screen, by finger and by keyboard."""
    return element("wide", language, label=WORDS[f"{kind}_scroll"], content=Markup(content))
