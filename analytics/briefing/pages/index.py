"""The index of all briefings with their verdicts at a glance, and the page of a set that failed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

from analytics import targets
from analytics.briefing.files import write_text
from analytics.briefing.look.graphics import badge
from analytics.briefing.look.wording import STATUS, html, said, word
from analytics.briefing.page import TEMPLATE
from analytics.briefing.pages.sheet import POLICY, styles
from analytics.language import NO_FIGURE, Language, Text, month, number
from analytics.parameters import pillar_name

State = Literal["done", "skipped", "failed"]
_FIGURES = ("value", "target", "data_to")
_ORDER = ("met", "watch", "not_met", "insufficient", "skipped", "failed")


@dataclass(frozen=True)
class Entry:
    """One parameter set on the index.

    Parameters
    ----------
    pillar, name : str
        The set's folder is <pillar>/<name> below the index page.
    state : {"done", "skipped", "failed"}
        A done set is read from its result.json.
    note : Text or str
        Why it was skipped, or the message of the failure.
    page : str
        File in the set's folder that the index links to.
    since : Entry, optional
        A later run that was skipped or failed while this briefing stands.
    """

    pillar: str
    name: str
    state: State
    note: Text | str = ""
    page: str = "briefing.html"
    since: Entry | None = None


@dataclass(frozen=True)
class Failed:
    """A set that came to nothing, for its error page.

    Parameters
    ----------
    pillar, name : the set
    message : str
        The error's own message.
    cell : str
        Source of the cell that failed.
    back : str, optional
        Relative address of the index page.
    fault : bool
        Whether this is a fault of the suite, to be sent to those who look after it, and not of data or parameters.
    """

    pillar: str
    name: str
    message: str
    cell: str = ""
    back: str | None = None
    fault: bool = False


def index(entries: Sequence[Entry], path: Path | str, language: Language) -> Path:
    """Write the page of all briefings.

    Parameters
    ----------
    entries : sequence of Entry
    path : path of the page, normally reports/<language>/index.html
    language : {"en", "zh"}
    """
    target = Path(path)
    rows = [_Row(entry, target.parent, language) for entry in entries]
    counts = Counter(row.status for row in rows)
    title = word("index_title", language)
    lead = word("index_lead", language).format(n=len(rows))
    told = "".join(f"<li>{badge(s, language)}<b>{counts[s]}</b></li>" for s in _ORDER if counts[s])
    body = (
        f'<header><h1>{html(title, language)}</h1><p class="lead">{html(lead, language)}</p>'
        f'<ul class="counts">{told}</ul></header>'
    )
    for pillar in dict.fromkeys(e.pillar for e in entries):
        body += _pillar(pillar, [r for r in rows if r.entry.pillar == pillar], language)
    return write_text(target, _page(title, body, language))


def error_page(path: Path | str, language: Language, failed: Failed) -> Path:
    """Write the page of a set that failed: what an analyst needs to put it right, and no traceback.

    Parameters
    ----------
    path : path of the page
    language : {"en", "zh"}
    failed : Failed
    """
    target = Path(path)
    title, cell, back = word("failed_title", language), failed.cell, failed.back
    kicker = f"{said(pillar_name(failed.pillar), language)} · {failed.name}"
    next_step = word("failed_fault" if failed.fault else "failed_next", language)
    files = [f for f in ("run.ipynb", "error.txt") if (target.parent / f).exists()]
    links = ([f'<a class="back" href="{escape(back)}">{word("back", language)}</a>'] if back else []) + [
        f'<a href="{f}">{f}</a>' for f in files
    ]
    body = (
        f'<header><p class="kicker">{html(kicker, language)}</p><h1>{html(title, language)}</h1>'
        f'<p class="lead">{badge("failed", language)}</p></header>'
        f'<p class="message">{escape(failed.message)}</p>'
        + (f'<h2>{word("failed_cell", language)}</h2><pre tabindex="0">{escape(cell)}</pre>' if cell.strip() else "")
        + f'<p>{html(next_step, language)}</p><p class="files">{" · ".join(links)}</p>'
    )
    return write_text(target, _page(f"{title} · {kicker}", body, language))


class _Row:
    """What the index says of one set."""

    def __init__(self, entry: Entry, root: Path, language: Language) -> None:
        self.entry, self.language = entry, language
        folder = root / entry.pillar / entry.name
        self.href = f"{entry.pillar}/{entry.name}/{entry.page}"
        self.linked = (folder / entry.page).exists()
        self.result: dict[str, Any] = {}
        self.status: str = entry.state
        self.damaged = False
        if entry.state == "done":
            self._read(folder / "result.json")

    def _read(self, path: Path) -> None:
        """Take the verdict from result.json; a damaged file is told, and breaks no index."""
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
            status, text = result["verdict"]["status"], Text(**result["verdict"]["text"])
            if status not in _ORDER or not all(isinstance(part, str) for part in text):
                raise ValueError(status)
            for entry in result["inputs"]:
                entry["last_period"]
        except (OSError, ValueError, KeyError, TypeError):
            self.status, self.damaged = "failed", True
        else:
            self.result, self.status = result, status

    def finding(self) -> str:
        language = self.language
        if self.result:
            text = self.result["verdict"]["text"][language]
        else:
            # The first line says what happened; the whole message is on the set's own page.
            note = word("damaged", language) if self.damaged else said(self.entry.note, language)
            told = note.strip() or STATUS[self.status].in_language(language)
            text = told.splitlines()[0]
            text = text[0].upper() + text[1:]
        shown = html(text, language)
        return f'<a href="{escape(self.href)}">{shown}</a>' if self.linked else f"<span>{shown}</span>"

    def tags(self) -> str:
        simulated = word("simulated_tag", self.language)
        tag = f' <span class="tag">{simulated}</span>' if self.result.get("simulated") else ""
        return f"<code>{escape(self.entry.name)}</code>{tag}{self.since()}"

    def since(self) -> str:
        """Say what became of a later run that did not replace this briefing."""
        later = self.entry.since
        if later is None:
            return ""
        told = (said(later.note, self.language).strip() or STATUS[later.state].in_language(self.language)).splitlines()
        text = word(f"since_{later.state}", self.language).format(reason=told[0])
        page = Path(self.href).parent / "last_attempt" / "briefing.html"
        shown = html(text, self.language)
        linked = f'<a href="{escape(page.as_posix())}">{shown}</a>' if later.state == "failed" else shown
        return f'<span class="since">{linked}</span>'

    def value(self) -> str:
        verdict = self.result.get("verdict")
        if not verdict or verdict["value"] is None:
            return NO_FIGURE
        goal = targets.targets().get(verdict["target"])
        unit = goal.unit if goal else ""
        share = unit.startswith("%")
        shown = number(verdict["value"], 1 if share else 3, self.language)
        return shown + (("%" if self.language == "zh" else "\N{NO-BREAK SPACE}%") if share else "")

    def target(self) -> str:
        goal = targets.targets().get(self.result.get("verdict", {}).get("target", ""))
        return goal.allowed().in_language(self.language) if goal else NO_FIGURE

    def data_to(self) -> str:
        ends = [i["last_period"] for i in self.result.get("inputs", []) if i["last_period"]]
        return _when(max(ends), self.language) if ends else NO_FIGURE

    def html(self) -> str:
        cells = (
            ("badge-cell", badge(self.status, self.language), ""),
            ("finding", f'{self.finding()}<p class="note">{self.tags()}</p>', ""),
            ("n", html(self.value(), self.language), word("value", self.language)),
            ("n", html(self.target(), self.language), word("target", self.language)),
            ("n", html(self.data_to(), self.language), word("data_to", self.language)),
        )
        return f'<tr role="row" class="{self.status}">' + "".join(_cell(*c) for c in cells) + "</tr>"


def _cell(css: str, content: str, label: str) -> str:
    caption = f' data-label="{escape(label)}"' if label else ""
    css += " none" if content == NO_FIGURE else ""
    return f'<td role="cell" class="{css}"{caption}>{content}</td>'


def _when(text: str, language: Language) -> str:
    try:
        return month(text, language)
    except (ValueError, TypeError):
        return str(text)


def _heading(key: str, language: Language) -> str:
    css = ' class="n"' if key in _FIGURES else ""
    return f'<th scope="col" role="columnheader"{css}>{html(word(key, language), language)}</th>'


def _pillar(pillar: str, rows: Iterable[_Row], language: Language) -> str:
    name = said(pillar_name(pillar), language)
    heads = "".join(_heading(key, language) for key in ("verdict", "finding", *_FIGURES))
    lines = "".join(row.html() for row in rows)
    # The roles are said outright: on a phone the rows are laid out as blocks, and would lose them.
    top = f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
    caption = f'<caption class="unseen">{html(name, language)}</caption>'
    table = f'<table class="index" role="table">{caption}{top}<tbody role="rowgroup">{lines}</tbody></table>'
    return f"<section><h2>{html(name, language)}</h2>{table}</section>"


def _page(title: str, body: str, language: Language) -> str:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True)
    page = environment.get_template("listing.html.j2").render(
        lang="zh-CN" if language == "zh" else "en",
        policy=POLICY,
        title=title,
        css="\0css",
        skip=word("skip", language),
        body=body,
    )
    return page.replace("\0css", styles(page, language))
