"""Jinja templates of a page's elements: what is put into them is escaped unless it is said to be HTML already."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from analytics.briefing.look.graphics import badge
from analytics.briefing.look.wording import attribute, html
from analytics.language import Language

TEMPLATE = Path(__file__).parents[1] / "template"


@cache
def environment(language: Language) -> Environment:
    """Return the templates with what a language needs: `tied` escapes a text, its numbers tied to their units."""
    made = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["tied"] = lambda text: Markup(html(text, language))  # escaped by `html`
    made.filters["attribute"] = lambda text: Markup(attribute(text, language))  # escaped by `attribute`
    made.filters["badge"] = lambda status: Markup(badge(status, language))
    return made


def element(name: str, language: Language, /, **values: Any) -> str:
    """Return an element of a page: a macro of elements.j2."""
    return str(getattr(environment(language).get_template("elements.j2").module, name)(**values))
