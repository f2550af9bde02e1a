"""The index of all briefings with their verdicts at a glance, and the page of a set that failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.briefing.files import write_text
from analytics.briefing.look.templates import environment
from analytics.briefing.look.wording import STATUS, WORDS, said, word
from analytics.briefing.pages.rows import ORDER, Entry, Row, read
from analytics.briefing.pages.sheet import POLICY, styles
from analytics.language import NO_FIGURE, Language
from analytics.parameters import pillar_name


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
    """Write the page of all briefings: each pillar's newest data first.

    Parameters
    ----------
    entries : sequence of Entry
    path : path of the page, normally reports/<language>/index.html
    language : {"en", "zh"}
    """
    target = Path(path)
    rows = [read(entry, target.parent, language) for entry in entries]
    counts = Counter(row.status for row in rows)
    pillars = {
        said(pillar_name(pillar), language): _newest_first([r for r in rows if r.entry.pillar == pillar])
        for pillar in dict.fromkeys(e.pillar for e in entries)
    }
    return write_text(
        target,
        rendered(
            "index.j2",
            word("index_title", language),
            language,
            lead=word("index_lead", language).format(n=len(rows)),
            counts=[(status, counts[status]) for status in ORDER if counts[status]],
            names={status: STATUS[status].in_language(language) for status in ORDER},
            pillars=pillars,
        ),
    )


def _newest_first(rows: list[Row]) -> list[Row]:
    """Order a pillar's rows: what speaks of the newest data first, what could not be made last."""
    return sorted(rows, key=lambda row: (bool(row.result), row.newest), reverse=True)


def error_page(path: Path | str, language: Language, failed: Failed) -> Path:
    """Write the page of a set that failed: what an analyst needs to put it right, and no traceback.

    Parameters
    ----------
    path : path of the page
    language : {"en", "zh"}
    failed : Failed
    """
    target, title = Path(path), word("failed_title", language)
    kicker = f"{said(pillar_name(failed.pillar), language)} · {failed.name}"
    files = [f for f in ("run.ipynb", "error.txt") if (target.parent / f).exists()]
    full = f"{title} · {kicker}"
    return write_text(target, rendered("error.j2", full, language, failed=failed, kicker=kicker, files=files))


def rendered(template: str, title: str, language: Language, **content: Any) -> str:
    """Render a page of the index's kind: its own styles, no script, nothing fetched."""
    return dressed([bare(template, title, language, **content)], language)[0]


def bare(template: str, title: str, language: Language, **content: Any) -> str:
    """Render a page of the index's kind that has yet to be dressed in its styles."""
    return (
        environment(language)
        .get_template(template)
        .render(
            lang="zh-CN" if language == "zh" else "en",
            policy=POLICY,
            title=title,
            css="\0css",
            words={key: text.in_language(language) for key, text in WORDS.items()},
            no_figure=NO_FIGURE,
            **content,
        )
    )


def dressed(pages: Sequence[str], language: Language) -> list[str]:
    """Give pages their style sheet, with one font of the characters of all: cutting it costs most of a page."""
    css = styles("".join(pages), language)
    return [page.replace("\0css", css) for page in pages]
