"""Page elements that a notebook shows: headline, sections, figures, tables, lists, folds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from analytics.briefing.files import write_csv
from analytics.briefing.leaving import names_untold, told_tiles, told_verdict, withheld
from analytics.briefing.look import fonts
from analytics.briefing.look.graphics import badge, tile
from analytics.briefing.look.grid import grid
from analytics.briefing.look.svg import svg, texts
from analytics.briefing.look.templates import element, wide
from analytics.briefing.look.wording import html, said, word
from analytics.briefing.page import Page, current
from analytics.briefing.parts import Column, Tile, Verdict
from analytics.briefing.written.unread import heeded
from analytics.language import Text
from analytics.parameters import pillar_name

_TILES = 4


def headline(verdict: Verdict, tiles: Sequence[Tile] = (), kicker: Text | None = None) -> None:
    """Show the finding as the page's title, with badge, lead and up to four tiles.

    Parameters
    ----------
    verdict : Verdict
    tiles : sequence of Tile
    kicker : Text, optional
        The line above the title: place, data date, forecast date. The pillar's name is put before it.

    Raises
    ------
    ValueError
        With more than four tiles: a page answers in ten seconds or not at all.
    """
    if len(tiles) > _TILES:
        raise ValueError(f"A headline holds up to {_TILES} tiles, got {len(tiles)}.")
    page = current()
    language = page.language
    verdict = told_verdict(page, heeded(verdict, page.inputs))
    tiles, kicker = told_tiles(page, tiles), kicker and page.tell(kicker)
    pillar = said(pillar_name(page.pillar), language)
    above = f"{pillar} · {said(kicker, language)}" if kicker else pillar
    mark = badge(verdict.status, language, verdict.badge, verdict.outlook)
    row = [tile(t, language) for t in tiles]
    content = element("headline", language, above=above, verdict=verdict, mark=mark, tiles=row)
    plain = "\n".join(
        [said(verdict.text, language), said(verdict.lead, language)]
        + [f"{said(t.label, language)}: {said(t.value, language)}" for t in tiles]
    )
    leaves = page.gate is not None and not page.gate.open
    page.show("headline", content, plain, title=said(verdict.text, language), status=verdict.status, leaves=leaves)


def section(title: Text, lead: Text | None = None, *, short: Text | None = None) -> None:
    """Open a section; its heading states what the following elements show.

    Parameters
    ----------
    title : Text
        The finding, computed.
    lead : Text, optional
    short : Text, optional
        One or two words for the contents list; the whole title when left out.
    """
    page = current()
    language = page.language
    title, lead, short = page.tell(title), lead and page.tell(lead), short and page.tell(short)
    page.show(
        "section",
        element("section", language, title=title, lead=lead),
        said(title, language),
        title=said(title, language),
        short=said(short or title, language),
    )


def figure(
    fig: Figure,
    *,
    title: Text,
    alt: Text,
    note: Text | None = None,
    data: pd.DataFrame | None = None,
    name: str | None = None,
) -> None:
    """Show a figure as vector graphics inside the page.

    Parameters
    ----------
    fig : matplotlib Figure
        Best made with `briefing.theme.subplots`.
    title : Text
        States what the figure shows; it becomes the section's heading where no section is open.
    alt : Text
        Says the same to those who do not see the picture. Demanded in both languages.
    note : Text, optional
        How to read it: bands, sources.
    data : DataFrame, optional
        The figures behind it, written to tables/<name>.csv and linked below it.
    name : str, optional
        File name of the data.

    Raises
    ------
    ValueError
        When a text alternative is missing.
    """
    if alt is None or not all(part.strip() for part in alt):
        raise ValueError(
            f'The figure "{said(title, "en")}" has no text alternative. Say what it shows in both languages: '
            'alt=Text(en="...", zh="...").'
        )
    page = current()
    language = page.language
    number = 1 + sum(o["metadata"]["briefing"]["kind"] == "figure" for o in page.outputs)
    key = page.table_name(name, "figure")
    title, alt, note = page.tell(title), page.tell(alt), note and page.tell(note)
    link = "" if data is None else _keep(page, key, data)
    # A drawing shows every cell of its data, and may name others.
    if page.gate is not None and not page.gate.open and (not link or page.blanks[key] or names_untold(page, fig, alt)):
        withheld(page, title)
        return
    _check_glyphs(page, fig)
    drawing = svg(fig, f"f{number}", said(alt, language))
    below = [html(word("simulated_note", language), language)] if page.simulated else []
    below += [html(note, language)] if note else []
    joint = "" if language == "zh" else " "
    text = joint.join(below + ([link] if link else []))
    # Where the section's heading says it already, the figure need not say it again.
    last = page.outputs[-1]["metadata"]["briefing"] if page.outputs else {}
    repeated = last.get("kind") == "section" and last["title"] == said(title, language)
    shown, drawn = None if repeated else title, wide(drawing, "figure", language)
    content = element("figure", language, title=shown, drawing=drawn, note=Markup(text))
    plain = f"{said(title, language)}\n{said(alt, language)}"
    page.show("figure", content, plain, title=said(title, language))


def table(
    frame: pd.DataFrame,
    *,
    title: Text,
    columns: Sequence[Column],
    note: Text | None = None,
    name: str | None = None,
    rows: int | None = None,
    total: bool = False,
) -> None:
    """Show a table; the whole of it goes to tables/<name>.csv.

    Parameters
    ----------
    frame : DataFrame
        One row a line of the table, in the order shown.
    title : Text
        The caption; with the unit, where one unit holds for the whole table.
    columns : sequence of Column
        The columns shown, in order; others are in the CSV only.
    note : Text, optional
    name : str, optional
        File name of the data.
    rows : int, optional
        Show only so many rows.
    total : bool
        The last row is the total of those above.

    Raises
    ------
    ValueError
        When a column is not in the frame.
    """
    page = current()
    language = page.language
    absent = [c.key for c in columns if c.key not in frame.columns]
    if absent:
        have = ", ".join(map(str, frame.columns))
        raise ValueError(f"Table {said(title, 'en')!r} has no column {', '.join(absent)}. Columns: {have}.")
    key = page.table_name(name, "table")
    page.formats[key] = list(columns)
    title, note = page.tell(title), note and page.tell(note)
    link = _keep(page, key, frame, total=total)
    if not link:
        withheld(page, title)
        return
    below = [html(note, language)] if note else []
    if page.blanks.get(key):
        blank = word("rows_blank", language).format(blank=page.blanks[key], total=f"{len(frame):,}")
        below.append(html(blank, language))
    if rows is not None and len(frame) > rows:
        below.append(html(word("rows_shown", language).format(shown=rows, total=f"{len(frame):,}"), language))
    text = ("" if language == "zh" else " ").join([*below, link])
    kept = page.tables[key]  # as it leaves: masked
    by = page.parameters.get("by")
    shown = kept.head(rows) if rows is not None else kept
    body = grid(shown, title, columns, language, total=total, by=by if isinstance(by, list) else ())
    content = element("tabled", language, body=Markup(body), note=Markup(text))
    plain = f"{said(title, language)}\n{kept.head(rows or 20).to_string(index=False)}"
    page.show("table", content, plain, title=said(title, language), columns=len(columns))


def bullets(title: Text, items: Sequence[Text]) -> None:
    """Show a short list under its own heading, such as "What to watch"."""
    page = current()
    language = page.language
    title, items = page.tell(title), [page.tell(item) for item in items]
    plain = "\n".join([said(title, language)] + [f"- {said(item, language)}" for item in items])
    shown = said(title, language)
    page.show("bullets", element("bullets", language, title=title, items=items), plain, title=shown, short=shown)


def fold(title: Text, *paragraphs: Text) -> None:
    """Show text folded away: method, definitions, sources. The page gathers all folds at its end."""
    page = current()
    language = page.language
    title, paragraphs = page.tell(title), tuple(page.tell(p) for p in paragraphs)
    plain = "\n".join([said(title, language)] + [said(p, language) for p in paragraphs])
    page.show("fold", element("fold", language, title=title, paragraphs=paragraphs), plain)


def _keep(page: Page, name: str, frame: pd.DataFrame, *, total: bool = False) -> str:
    """Write a table at once, so that a run that fails later leaves it; return its link, none where it may not leave."""
    if not page.keep(name, frame, total=total):
        return ""
    write_csv(page.output_dir / "tables" / f"{name}.csv", page.tables[name])
    label, shown = word("csv_of", page.language), word("csv", page.language)
    return element("csv", page.language, name=name, label=label, word=shown)


def _check_glyphs(page: Page, fig: Figure) -> None:
    lost = fonts.missing(texts(fig), figure=True)
    if lost:
        page.missing_glyphs |= lost
        warnings.warn(f"No glyph for {' '.join(sorted(lost))}: shown as an empty box.", stacklevel=3)
