"""The board: alarms, leads and verdicts of all briefings on one page, for headquarters and for each district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.briefing.files import slug, write_text
from analytics.briefing.look.wording import STATUS, word
from analytics.briefing.pages.index import bare, dressed
from analytics.briefing.pages.rows import ORDER, Entry, Row, read, when
from analytics.briefing.parts import LEADS_SHOWN
from analytics.language import Language

BOARD = "board.html"
_LONGEST = 40  # letters of a district in a file name: three bytes each are allowed for
_JUDGED = ("met", "watch", "not_met")


@dataclass(frozen=True)
class Told:
    """Leads of one briefing: those shown, and how many more there are."""

    row: Row
    leads: tuple[dict[str, str], ...]
    more: int


@dataclass(frozen=True)
class Plan:
    """How the goals of a plan stand: one sentence, and what changed."""

    row: Row
    said: str
    changed: tuple[str, ...]


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
    pages = [_page(rows, language, district, districts) for district in (None, *districts)]
    paths = [root / name for name in (BOARD, *map(_name, districts))]
    written = [write_text(path, page) for path, page in zip(paths, dressed(pages, language), strict=True)]
    for old in root.glob("board_*.html"):
        if old not in written:
            old.unlink()
    return written


def _name(district: str) -> str:
    return f"board_{slug(district)[:_LONGEST]}.html"


def _page(rows: list[Row], language: Language, district: str | None, districts: list[str]) -> str:
    shown = rows if district is None else [r for r in rows if district in _districts(r)]
    told = [t for t in (_told(row, language, district) for row in shown) if t.leads or t.more]
    judged = [r for r in shown if r.status in _JUDGED]
    silent = [r for r in shown if r.status not in _JUDGED]
    without = sum(bool(r.result) and "leads" not in r.result for r in shown)
    months = sorted({r.month for r in shown if r.month}, reverse=True)
    title = word("board_title", language)
    if district is not None:
        title = word("board_district", language).format(district=district)
    return bare(
        "board.j2",
        title,
        language,
        lead=word("board_lead", language).format(n=len(shown), judged=len(judged)),
        months=[_month(m, shown, language) for m in months],
        months_without=sorted(set(months) - {t.row.month for t in told}) if told else [],
        plans=[_plan(r, language) for r in shown if _stands(r, district)],
        told=told,
        without=word("board_without", language).format(n=without) if without else "",
        judged=sorted(judged, key=lambda r: -ORDER.index(r.status)),
        silent=silent,
        silent_said=word("board_silent", language).format(n=len(silent)),
        apart=word("board_apart", language).format(n=len(rows) - len(shown)) if len(shown) < len(rows) else "",
        boards=[(d, _name(d)) for d in districts] if district is None else [(word("board_title", language), BOARD)],
        names={status: STATUS[status].in_language(language) for status in ORDER},
    )


def _month(key: str, rows: list[Row], language: Language) -> dict[str, str]:
    """One month of the filter: its key, its name, and what it shows and leaves out."""
    n, dated = sum(r.month == key for r in rows), sum(bool(r.month) for r in rows)
    name = when(key, language)
    said = word("board_in_month", language).format(n=n, month=name, others=dated - n)
    return {"key": key, "name": name, "said": said}


def _stands(row: Row, district: str | None) -> bool:
    """Whether a briefing says how a plan stands: in this district, or as a whole for headquarters."""
    asked = row.result.get("params", {}).get("district")
    return bool(row.result.get("standing")) and (not asked if district is None else asked == district)


def _plan(row: Row, language: Language) -> Plan:
    block = row.result["standing"]
    counts = {status: int(block["counts"].get(status, 0)) for status in ("met", "not_met", "watch", "insufficient")}
    said = word("board_plan_said", language).format(year=block.get("year"), all=sum(counts.values()), **counts)
    since = block.get("since")
    changed = tuple(x[language] for x in block.get("changed", ()))
    if not changed:
        key = "board_plan_alone" if since is None else "board_plan_same"
        changed = (word(key, language).format(since=since),)
    return Plan(row, said, changed)


def _told(row: Row, language: Language, district: str | None) -> Told:
    block = row.result.get("leads") or {}
    listed, total = block.get("shown", [])[:LEADS_SHOWN], int(block.get("total", 0))
    if district is not None:
        listed = [x for x in block.get("shown", []) if x.get("district") == district]
        total = int(block.get("by_district", {}).get(district, len(listed)))
    leads = tuple(_shown(x["text"][language], str(x.get("district") or "")) for x in listed)
    return Told(row, leads, total - len(listed))


def _shown(text: str, district: str) -> dict[str, str]:
    """A lead as it is shown: the district is said once."""
    return {"text": text, "district": "" if district in text else district}


def _districts(row: Row) -> set[str]:
    """Districts that a briefing speaks of: those of its leads, and the one that it was asked for."""
    block = row.result.get("leads") or {}
    asked = row.result.get("params", {}).get("district")
    named = {str(x.get("district") or "") for x in block.get("shown", [])} | set(block.get("by_district", {}))
    named |= {asked} if isinstance(asked, str) else set()
    return named - {""}
