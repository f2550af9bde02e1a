"""From an executed notebook to a page: one file that needs no network, no script and no font of the reader's."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.briefing.files import write_text
from analytics.briefing.look import fonts
from analytics.briefing.look.wording import WORDS
from analytics.briefing.page import MARK, TEMPLATE
from analytics.language import LANGUAGES, Language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
LARGEST = 500  # KiB of a page
# Files that a page links to when they lie beside it.
FILES = ("tables.xlsx", "result.json", "run.ipynb")
_FRAME = re.compile(r'^<div class="briefing">(.*)</div>$', re.S)
_TITLE = re.compile(r'<figcaption class="title">.*?</figcaption>', re.S)
_TILES = re.compile(r'<div class="tiles.*$', re.S)
_GLYPH = re.compile(r'<defs>((?:<path id="(?:NotoSansSC|DejaVuSans)[^"]*"[^>]*/>)+)</defs>')
_PATH = re.compile(r'<path id="([^"]+)"[^>]*/>')
_LONG = 28  # characters: longer contents entries are listed below each other
_NARROW = 5  # columns: a table of so many leaves room for a list beside it


@dataclass
class Section:
    """One section of the page: heading, blocks, and a list that stands beside them."""

    id: str
    short: str
    heading: str
    title: str = ""
    blocks: list[dict[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    beside: dict[str, str] | None = None


@dataclass
class Parts:
    """The elements of a notebook, sorted into the places of the page."""

    headline: str = ""
    tiles: str = ""
    title: str = ""
    pillar: str = ""
    simulated: bool = False
    sections: list[Section] = field(default_factory=list)
    folds: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    code: list[dict[str, str]] = field(default_factory=list)
    open: bool = False  # whether the last section still takes elements
    waiting: list[str] = field(default_factory=list)  # narrative that belongs to the element after it


def export(notebook_path: Path | str, html_path: Path | str, language: Language, *, back: str | None = None) -> Path:
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
    page = render(notebook, parts, language, files, back)
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


def sort_out(notebook: Any, language: Language, name: str) -> Parts:
    """Sort a notebook's cells and outputs into the places of the page."""
    parts = Parts()
    other = {"en": "zh", "zh": "en"}[language]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if other not in cell.metadata.get("tags", []):
                _narrative(parts, cell.source)
        elif cell.cell_type == "code":
            said = [_output(parts, output, language, name) for output in cell.outputs]
            parts.code.append({"source": cell.source, "said": "\n".join(s.strip("\n") for s in said if s)})
    if parts.waiting and parts.sections:
        _tell(parts)
    if not parts.headline:
        raise ValueError(f"{name} shows no headline. Call briefing.headline(...) and run the notebook again.")
    return parts


def _narrative(parts: Parts, source: str) -> None:
    """Text before the headline says what the notebook is about; later text waits for what it introduces."""
    (parts.waiting if parts.headline else parts.about).append(source)


def _output(parts: Parts, output: Any, language: Language, name: str) -> str:
    """Place one output; return the text of an output that is not an element of the page."""
    facts = output.get("metadata", {}).get(MARK)
    if not facts:
        if output.output_type == "stream":
            return str(output.text)
        return str(output.get("data", {}).get("text/plain", ""))
    framed = _FRAME.match(output["data"]["text/html"])
    content = framed[1] if framed else output["data"]["text/html"]
    match facts["kind"]:
        case "style":
            if facts["language"] != language:
                raise ValueError(
                    f'{name} was run in "{facts["language"]}" and cannot be shown in "{language}". '
                    f'Run it again with language="{language}".'
                )
            parts.pillar = output["data"]["text/plain"]
        case "account":
            parts.simulated |= facts["simulated"]
        case "headline":
            parts.title = facts["title"]
            parts.tiles = (_TILES.search(content) or [""])[0]
            parts.headline = _TILES.sub("", content)
        case "section":
            _open(parts, facts["title"], facts["short"], content)
        case "figure" | "table":
            _evidence(parts, facts, content)
        case "bullets":
            _bullets(parts, facts, content)
        case "fold" | "data":
            parts.folds.append(content)
    return ""


def _open(parts: Parts, title: str, short: str, heading: str) -> None:
    parts.sections.append(Section(f"s{len(parts.sections) + 1}", short, heading, title))
    parts.open = True
    _tell(parts)


def _tell(parts: Parts) -> None:
    """Put waiting narrative into the last section."""
    parts.sections[-1].blocks += [{"markdown": source} for source in parts.waiting]
    parts.waiting.clear()


def _evidence(parts: Parts, facts: dict[str, Any], content: str) -> None:
    """Put a figure or table into its section; without one, its own title becomes the heading."""
    if not parts.open:
        _open(parts, facts["title"], facts["title"], f"<h2>{_escaped(facts['title'])}</h2>")
    _tell(parts)
    section = parts.sections[-1]
    if facts["title"] == section.title:  # said already by the heading above it
        content = _TITLE.sub("", content).replace("<caption>", '<caption class="unseen">', 1)
    section.blocks.append({"html": content})
    section.kinds.append(f"table-{facts['columns']}" if facts["kind"] == "table" else "figure")


def _bullets(parts: Parts, facts: dict[str, Any], content: str) -> None:
    """A list stands beside a narrow table, where there is one, and makes a section of its own elsewhere."""
    last = parts.sections[-1] if parts.open else None
    narrow = {f"table-{n}" for n in range(1, _NARROW + 1)}
    if last and last.kinds and set(last.kinds) <= narrow and last.beside is None:
        last.beside = {"id": f"{last.id}b", "html": content, "short": facts["short"]}
    else:
        _open(parts, facts["title"], facts["short"], content)
    parts.open = False


def render(notebook: Any, parts: Parts, language: Language, files: list[str], back: str | None) -> str:
    """Lay the parts into the template, share glyphs between figures, embed the font where Chinese is shown."""
    # The plain template exporter: the HTML one parses the page again, which takes a second and rewrites the drawings.
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

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
        "headline": parts.headline,
        "tiles": parts.tiles,
        "sections": parts.sections,
        "links": links,
        "nav_style": "long" if any(len(link["short"]) > _LONG for link in links) else "short",
        "folds": parts.folds,
        "about": parts.about,
        "code": parts.code,
        "files": files,
        "back": back,
    }
    exporter = TemplateExporter(
        extra_template_basedirs=[str(TEMPLATE.parent)],
        template_name=TEMPLATE.name,
        file_extension=".html",
        filters={
            "demoted": _demoted,
            "highlight_code": Highlight2HTML(pygments_lexer="python3"),
            "markdown2html": markdown2html_mistune,
        },
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"briefing": content})
    page, glyphs = _share_glyphs(page)
    return page.replace("\0glyphs", glyphs).replace("\0css", styles(page, language))


def _links(section: Section) -> list[dict[str, str]]:
    own = [{"id": section.id, "short": section.short}]
    return own + ([{"id": section.beside["id"], "short": section.beside["short"]}] if section.beside else [])


def _demoted(content: str) -> str:
    """Narrative headings rank below the page's own."""
    content = re.sub(r'<a class="anchor-link".*?</a>', "", content)
    return re.sub(r"<h[1-6][^>]*>(.*?)</h[1-6]>", r"<h3>\1</h3>", content, flags=re.S)


def _escaped(text: str) -> str:
    from analytics.briefing.look.wording import html

    return html(text, "en")


def visible_text(page: str) -> str:
    """Return what a page shows and says, without style, figures' outlines and tags."""
    from html import unescape

    bare = re.sub(r"<style.*?</style>|<path[^>]*>|\bd=\"[^\"]*\"", "", page, flags=re.S)
    spoken = " ".join(re.findall(r'(?:aria-label|content|title)="([^"]*)"', bare))
    return unescape(re.sub(r"<[^>]+>", " ", bare) + spoken)


def styles(page: str, language: Language) -> str:
    """Return a page's style sheet with the font cut down to the page's characters.

    The same face in text and figures, on every machine: no reader needs a font, and no character shows as a box.
    """
    sheets = "".join((TEMPLATE / n).read_text(encoding="utf-8") for n in ("elements.css", "page.css"))
    # Quotation marks, dashes and dots of this font are as wide as Chinese characters unless asked for otherwise.
    spacing = "" if language == "zh" else 'body{font-feature-settings:"pwid"}'
    return fonts.face(visible_text(page)) + sheets + _BOLD + spacing


# The font has one weight: a hairline of the text's own colour makes it bold.
_BOLD = (
    "h1,h2,h3,b,strong,summary,caption,.badge,.banner,.briefing .total th,.briefing .total td"
    "{-webkit-text-stroke:.03em currentColor}"
)


def _share_glyphs(page: str) -> tuple[str, str]:
    """Keep each glyph outline once: figures use the same font, and a page may hold many."""
    outlines: dict[str, str] = {}

    def collect(match: re.Match[str]) -> str:
        for path in _PATH.finditer(match[1]):
            outlines.setdefault(path[1], path[0])
        return ""

    page = _GLYPH.sub(collect, page)
    if not outlines:
        return page, ""
    paths = "".join(outlines[key] for key in sorted(outlines))
    return page, f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{paths}</defs></svg>'
