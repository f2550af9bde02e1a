"""The board: alarms, leads and verdicts of all briefings on one page, for headquarters and for each district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.briefing.files import slug, write_text
from analytics.briefing.look.wording import STATUS, word
from analytics.briefing.pages.index import rendered
from analytics.briefing.pages.rows import ORDER, Entry, Row, read
from analytics.language import Language

BOARD = "board.html"
_JUDGED = ("met", "watch", "not_met")


@dataclass(frozen=True)
class Told:
    """Leads of one briefing: those shown, and how many more there are."""

    row: Row
    leads: tuple[dict[str, str], ...]
    more: int


def board(entries: Sequence[Entry], folder: Path | str, language: Language) -> list[Path]:
    """Write the board of headquarters, and one of each district that a briefing names.

    Parameters
    ----------
    entries : sequence of Entry
    folder : of the index page; the boards stand beside it as board.html and board_<district>.html
    language : {"en", "zh"}

    Returns
    -------
    Paths written, headquarters first. Boards of districts that no briefing names any more are removed.
    """
    root = Path(folder)
    rows = [read(entry, root, language) for entry in entries]
    districts = sorted({d for row in rows for d in _districts(row) if slug(d)})
    written = [_write(root / BOARD, rows, language, None, districts)]
    written += [_write(root / _name(d), rows, language, d, districts) for d in districts]
    for old in root.glob("board_*.html"):
        if old not in written:
            old.unlink()
    return written


def _name(district: str) -> str:
    return f"board_{slug(district)}.html"


def _write(path: Path, rows: list[Row], language: Language, district: str | None, districts: list[str]) -> Path:
    shown = rows if district is None else [r for r in rows if district in _districts(r)]
    told = [t for t in (_told(row, language, district) for row in shown) if t.leads or t.more]
    judged = [r for r in shown if r.status in _JUDGED]
    silent = [r for r in shown if r.status not in _JUDGED]
    title = word("board_title", language)
    if district is not None:
        title = word("board_district", language).format(district=district)
    return write_text(
        path,
        rendered(
            "board.j2",
            title,
            language,
            lead=word("board_lead", language).format(n=len(shown), judged=len(judged)),
            told=told,
            judged=sorted(judged, key=lambda r: -ORDER.index(r.status)),
            silent=silent,
            silent_said=word("board_silent", language).format(n=len(silent)),
            apart=word("board_apart", language).format(n=len(rows) - len(shown)) if len(shown) < len(rows) else "",
            boards=[(d, _name(d)) for d in districts] if district is None else [(word("board_title", language), BOARD)],
            names={status: STATUS[status].in_language(language) for status in ORDER},
        ),
    )


def _told(row: Row, language: Language, district: str | None) -> Told:
    block = row.result.get("leads") or {}
    listed = [x for x in block.get("shown", []) if district is None or x.get("district") == district]
    leads = tuple(
        {"text": x["text"][language], "district": x.get("district", ""), "since": x.get("since", "")} for x in listed
    )
    more = int(block.get("total", 0)) - len(block.get("shown", [])) if district is None else 0
    return Told(row, leads, more)


def _districts(row: Row) -> set[str]:
    """Districts that a briefing speaks of: those of its leads, and the one that it was asked for."""
    leads = (row.result.get("leads") or {}).get("shown", [])
    asked = row.result.get("params", {}).get("district")
    named = {str(x.get("district", "")) for x in leads} | ({str(asked)} if isinstance(asked, str) else set())
    return named - {""}
