"""From an executed notebook to a page: one file that needs no network, no script and no font of the reader's."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analytics.briefing.files import write_text
from analytics.briefing.look import fonts
from analytics.briefing.look.templates import TEMPLATE
from analytics.briefing.look.wording import WORDS
from analytics.briefing.pages.sheet import POLICY, quoted, share_glyphs, styles, visible_text
from analytics.briefing.pages.sorting import Parts, Section, sort_out
from analytics.language import LANGUAGES, Language
from analytics.language import day as written

LARGEST = 500  # KiB of a page
# Files that a page links to when they lie beside it.
FILES = ("tables.xlsx", "result.json", "run.ipynb")
_LONG = 28  # characters: longer contents entries are listed below each other


@dataclass(frozen=True)
class Since:
    """What changed since the last run: its day, and what changed and why, one line each."""

    day: str
    lines: list[str]


def export(
    notebook_path: Path | str,
    html_path: Path | str,
    language: Language,
    *,
    back: str | None = None,
    since: Since | None = None,
    issued: str = "",
) -> Path:
    """Write the page of an executed notebook.

    Parameters
    ----------
    notebook_path : path of the executed notebook
    html_path : path of the page
        Links to tables and results are relative to its folder.
    language : {"en", "zh"}
        Narrative cells tagged with the other language are left out.
    back : str, optional
        Relative address of the index page.
    since : Since, optional
        What changed since the last run.
    issued : str
        Day of issue (2026-11-27).

    Returns
    -------
    Path of the page.

    Raises
    ------
    ValueError
        When the notebook was run in the other language, or shows no headline.
    """
    import nbformat  # here, as in `render`: a kernel that only shows elements need not wait for it

    source, target = Path(notebook_path), Path(html_path)
    if language not in LANGUAGES:
        raise ValueError(f'language must be one of {", ".join(LANGUAGES)}, got "{language}".')
    notebook = nbformat.read(source, as_version=4)
    parts = sort_out(notebook, language, source.name)
    files = [name for name in FILES if (target.parent / name).exists()]
    page = render(notebook, parts, language, Frame(files, back, since, issued))
    _warn(page, source)
    return write_text(target, page)


def _warn(page: str, source: Path) -> None:
    """Say what a reader would stumble over."""
    lost = sorted(fonts.missing(visible_text(page)))
    if lost:
        signs = ", ".join(f"{c} (U+{ord(c):04X})" for c in lost)
        warnings.warn(f"{source.name}: no glyph in {fonts.FAMILY} for {signs}.", stacklevel=3)
    size = len(page.encode("utf-8")) / 1024
    if size > LARGEST:
        warnings.warn(f"{source.name}: the page has {size:.0f} KiB, more than {LARGEST}.", stacklevel=3)


@dataclass(frozen=True)
class Frame:
    """What stands around the elements: files beside the page, the way back to the index, what changed."""

    files: list[str]
    back: str | None = None
    since: Since | None = None
    issued: str = ""


def render(notebook: Any, parts: Parts, language: Language, frame: Frame) -> str:
    """Lay the parts into the template, share glyphs between figures, embed the font where Chinese is shown."""
    # The plain template exporter: the HTML one parses the page again, which takes a second and rewrites the drawings.
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import Highlight2HTML

    links = [link for s in parts.sections for link in _links(s)]
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    content = {
        "lang": "zh-CN" if language == "zh" else "en",
        "policy": POLICY,
        "title": f"{parts.title} · {parts.pillar}",
        "css": "\0css",
        "glyphs": "\0glyphs",
        "words": words,
        "simulated": parts.simulated,
        "failed": parts.failed,
        "leaves": parts.leaves,
        "headline": parts.headline,
        "tiles": parts.tiles,
        "sections": parts.sections,
        "links": links,
        "nav_style": "long" if any(len(link["short"]) > _LONG for link in links) else "short",
        "folds": parts.folds,
        "about": parts.about,
        "code": parts.code,
        "files": frame.files,
        "back": frame.back,
        "since": frame.since and replace(frame.since, day=_day(frame.since.day, language)),
        "issued": _day(frame.issued, language),
        "running": quoted(parts.title),
        "contact": os.environ.get("ANALYTICS_CONTACT", ""),
    }
    exporter = TemplateExporter(
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        file_extension=".html",
        filters={
            "highlight_code": Highlight2HTML(pygments_lexer="python3"),
        },
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"briefing": content})
    page, glyphs = share_glyphs(page)
    return page.replace("\0glyphs", glyphs).replace("\0css", styles(page, language))


def _day(day: str, language: Language) -> str:
    """Write a day of issue or of an earlier run; anything else as it stands."""
    return written(day, language) if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else day


def _links(section: Section) -> list[dict[str, str]]:
    own = [{"id": section.id, "short": section.short}]
    return own + ([{"id": section.beside["id"], "short": section.beside["short"]}] if section.beside else [])
