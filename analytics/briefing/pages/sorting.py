"""The cells of an executed notebook, sorted into the places of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from analytics.briefing.look.wording import html, word
from analytics.briefing.page import MARK
from analytics.briefing.written.plain import cell_without_machine
from analytics.language import Language

_FRAME = re.compile(r'^<div class="briefing">(.*)</div>$', re.S)
_TITLE = re.compile(r'<figcaption class="title">.*?</figcaption>', re.S)
_TILES = re.compile(r'<div class="tiles.*$', re.S)
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
    leaves: bool = False  # whether the page is made to leave the house
    failed: bool = False  # whether a cell failed


def sort_out(notebook: Any, language: Language, name: str) -> Parts:
    """Sort a notebook's cells and outputs into the places of the page."""
    from analytics.briefing.pages.narrative import narrative

    parts = Parts(leaves=any(_marks(output).get("leaves", False) for output in _outputs(notebook)))
    other = {"en": "zh", "zh": "en"}[language]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if other not in cell.metadata.get("tags", []):
                _narrative(parts, narrative(cell.source, cell.get("attachments", {}), language))
        elif cell.cell_type == "code":
            said = [_output(parts, output, language, name) for output in cell.outputs]
            # What cells say beside the page's elements nobody has checked.
            said = [] if parts.leaves else said
            given = "injected-parameters" in cell.metadata.get("tags", [])
            source = cell_without_machine(cell.source) if given else cell.source
            parts.code.append({"source": source, "said": "\n".join(s.strip("\n") for s in said if s)})
    if parts.waiting and parts.sections:
        _tell(parts)
    if not parts.headline:
        raise ValueError(f"{name} shows no headline. Call briefing.headline(...) and run the notebook again.")
    return parts


def _outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def _marks(output: Any) -> dict[str, Any]:
    """What an element says of itself; empty for an analyst's own output."""
    return dict(output.get("metadata", {}).get(MARK) or {})


def _narrative(parts: Parts, content: str) -> None:
    """Text before the headline says what the notebook is about; later text waits for what it introduces."""
    (parts.waiting if parts.headline else parts.about).append(content)


def _output(parts: Parts, output: Any, language: Language, name: str) -> str:
    """Place one output; return the text of an output that is not an element of the page."""
    facts = _marks(output)
    if facts.get("kind") == "control":  # it lived with its kernel; what it chose stands above
        return ""
    if not facts:
        return "" if parts.leaves else _own(parts, output, language)
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
        case "look":
            _evidence(parts, {**facts, "kind": "figure"}, content)
        case "withheld":
            _evidence(parts, {**facts, "kind": "figure"}, content)
        case "fold" | "data":
            parts.folds.append(content)
    return ""


def _own(parts: Parts, output: Any, language: Language) -> str:
    """Place what an analyst's own cell shows; return the plain text of what shows nothing else."""
    from analytics.briefing.pages import own

    # What libraries say to the analyst (warnings, with paths of the machine) stays in the notebook.
    if output.output_type == "stream" and output.get("name") == "stderr":
        return ""
    parts.failed |= own.failed(output)
    content = own.shown(output, language)
    if not content:
        return str(output.text if output.output_type == "stream" else output.get("data", {}).get("text/plain", ""))
    if not parts.open:
        title = word("own", language)
        _open(parts, title, title, f"<h2>{_escaped(title)}</h2>")
    _tell(parts)
    parts.sections[-1].blocks.append({"html": content})
    parts.sections[-1].kinds.append("own")
    return ""


def _open(parts: Parts, title: str, short: str, heading: str) -> None:
    parts.sections.append(Section(f"s{len(parts.sections) + 1}", short, heading, title))
    parts.open = True
    _tell(parts)


def _tell(parts: Parts) -> None:
    """Put waiting narrative into the last section."""
    parts.sections[-1].blocks += [{"prose": content} for content in parts.waiting]
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


def _escaped(text: str) -> str:
    return html(text, "en")
