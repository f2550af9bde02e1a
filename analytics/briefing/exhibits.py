"""What a page shows, as values: a pillar makes them from its result, a notebook chooses and places them.

An exhibit knows all that is said about it in both languages and how it is drawn. Nothing is drawn or translated before
it is shown, so a test can hold every exhibit of a result against the rules of the house without a kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import elements
from analytics.briefing.parts import Column, Tile, Verdict
from analytics.briefing.written.looked import look
from analytics.language import Text


@dataclass(frozen=True)
class Headline:
    """The finding that a page opens with, its tiles, and the line above it (place, data, date)."""

    verdict: Verdict
    tiles: tuple[Tile, ...]
    kicker: Text

    def show(self) -> None:
        """Place it at the head of the page."""
        elements.headline(self.verdict, self.tiles, self.kicker)


@dataclass(frozen=True)
class Chart:
    """A figure with what is said about it; `draw` makes it when it is shown.

    Attributes
    ----------
    name : of its data, tables/<name>.csv
    caption, alt, note : what it shows, the same for those who do not see it, and how to read it
    data : the figures behind it
    draw : makes the matplotlib figure
    """

    name: str
    caption: Text
    alt: Text
    data: pd.DataFrame
    draw: Callable[[], Figure]
    note: Text | None = None

    def show(self) -> None:
        """Draw it and place it on the page."""
        elements.figure(self.draw(), title=self.caption, alt=self.alt, note=self.note, data=self.data, name=self.name)


@dataclass(frozen=True)
class Listing:
    """A table with what is said about it; cells may hold texts in both languages.

    Attributes
    ----------
    name : of the whole table, tables/<name>.csv
    frame : one row a line, in the order shown
    columns : those shown, in order
    rows : show so many only
    total : the last row is the total of those above
    """

    name: str
    caption: Text
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    note: Text | None = None
    rows: int | None = None
    total: bool = False

    def show(self) -> None:
        """Place it on the page."""
        elements.table(
            self.frame,
            title=self.caption,
            columns=self.columns,
            note=self.note,
            name=self.name,
            rows=self.rows,
            total=self.total,
        )


@dataclass(frozen=True)
class Points:
    """A short list under its own heading, such as "What to watch"."""

    title: Text
    items: tuple[Text, ...]

    def show(self) -> None:
        """Place it on the page."""
        elements.bullets(self.title, self.items)


@dataclass(frozen=True)
class Fold:
    """Text folded away at the page's end: method, definitions, sources."""

    title: Text
    paragraphs: tuple[Text, ...]

    def show(self) -> None:
        """Place it on the page."""
        elements.fold(self.title, *self.paragraphs)


@dataclass(frozen=True)
class Section:
    """A finding with the exhibits that show it; `short` stands in the page's contents."""

    finding: Text
    short: Text
    exhibits: tuple[Chart | Listing, ...]
    lead: Text | None = None

    def show(self) -> None:
        """Place the finding, then its exhibits."""
        elements.section(self.finding, self.lead, short=self.short)
        for exhibit in self.exhibits:
            exhibit.show()


@dataclass(frozen=True)
class Look:
    """One sentence for a choice of the reader's: a control in JupyterLab, on a page the sentence of `start`.

    Attributes
    ----------
    title, label : what is looked at, and what is chosen ("District")
    choices, texts : the choices in their order, and the sentence of each
    start : position of the one shown first
    """

    title: Text
    label: Text
    choices: tuple[Text | str, ...]
    texts: tuple[Text, ...]
    start: int = 0

    def show(self) -> None:
        """Place it on the page."""
        look(self.title, self.label, self.choices, self.texts, self.start)


Part = Headline | Section | Chart | Listing | Points | Fold | Look


def show(*parts: Part | None) -> None:
    """Place parts on the page in the order given; None (nothing to show) is passed over."""
    for part in parts:
        if part is not None:
            part.show()


def present(**parts: Part | None) -> dict[str, Part]:
    """Parts of a page by name, in the order given, without those that have nothing to show."""
    return {name: part for name, part in parts.items() if part is not None}


def texts(part: Any) -> Iterator[Text]:
    """Yield every text that a part says, wherever it stands in it: captions, notes, headings, tiles, cells.

    Parameters
    ----------
    part : any part of a page, or a sequence of them
    """
    if isinstance(part, Text):
        yield part
    elif isinstance(part, pd.DataFrame):
        for name in (n for n in part.columns if pd.api.types.is_object_dtype(part[n])):
            yield from (value for value in part[name] if isinstance(value, Text))
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for item in part:
            yield from texts(item)
    elif hasattr(part, "__dataclass_fields__"):
        for entry in fields(part):
            yield from texts(getattr(part, entry.name))


def faults(part: Part) -> list[str]:
    """Return what keeps a part from being shown: nothing, where it keeps the rules of the house.

    Every text stands in both languages; a chart has a text alternative and data; a table has the columns it names;
    a section shows something.
    """
    found = [f"only in one language: {text!r}" for text in texts(part) if not (text.en.strip() and text.zh.strip())]
    if isinstance(part, Section):
        found += [] if part.exhibits else [f"{part.finding.en}: a section that shows nothing"]
        found += [fault for exhibit in part.exhibits for fault in faults(exhibit)]
    if isinstance(part, Chart) and not len(part.data.columns):
        found.append(f"{part.name}: a chart without data")
    if isinstance(part, Listing):
        absent = [c.key for c in part.columns if c.key not in part.frame.columns]
        found += [f"{part.name}: no column {', '.join(absent)}"] if absent else []
    return found
