"""Loading delimited text: large files at once, with their columns cast; open quotation marks mended."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pandas as pd

from analytics.errors import DataError
from analytics.tables.engine import connection as engine
from analytics.tables.source import textfile
from analytics.tables.source.lines import SWALLOWING

LARGE = 16 << 20  # bytes of a text from which its columns are cast while it is loaded
_SAMPLE = 2_000  # rows that show how they are written
_START = 1 << 16


class Cast(Protocol):
    """Chooses columns that are cast while a text is loaded: of its header, its rows, and a sample of these."""

    def __call__(self, header: list[str], rows: ir.Table, sample: ir.Table) -> Mapping[str, ir.Value]:
        """Column to its expression."""


@dataclass(frozen=True)
class Asked:
    """How a text is laid out, where the column map says so."""

    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None


@dataclass(frozen=True)
class Loaded:
    """A text in the engine.

    Attributes
    ----------
    table, rejects : rows in the file's order, and records that fit no header
    broken : lines that were set apart because they leave a quotation mark open
    cast : whether clean columns have their types already
    """

    file: textfile.TextFile
    layout: textfile.Layout
    table: ir.Table
    rejects: pd.DataFrame
    broken: frozenset[int] = frozenset()
    cast: bool = False


def load(path: Path, name: str, asked: Asked, casts: Cast | None = None) -> Loaded:
    """Recognise a text and load it; a large one is looked over and loaded at the same time, as a clean one can be.

    Parameters
    ----------
    path, name : the file, and how to call it in messages
    asked : what the column map says of its layout
    casts : what is cast while a large text is loaded; by default nothing

    Raises
    ------
    DataError
        Not readable as delimited text.
    """
    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(lambda: textfile.prepare(path, name, asked.encoding))
        clean = not asked.encoding and path.stat().st_size >= LARGE and _plain(path)
        early = _early(path, name, asked, casts) if casts and clean else None
        file = looked.result()
    if early is None:
        return _with_care(file, name, asked)
    layout, table, rejects = early
    if file.path == path and not rejects["problem"].isin(SWALLOWING).any():
        return Loaded(file, layout, table, rejects, cast=True)
    engine.drop(table)
    return _with_care(file, name, asked)


def _plain(path: Path) -> bool:
    """Whether the first bytes are UTF-8 as they lie."""
    with path.open("rb") as file:
        start = file.read(_START)
    try:
        start[: start.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in start


def _early(path: Path, name: str, asked: Asked, casts: Cast) -> tuple[textfile.Layout, ir.Table, pd.DataFrame] | None:
    """Table with columns cast, and rejects; None where a cell cannot be taken so, or the names need care."""
    try:
        layout = textfile.layout(path, name, asked.separator, asked.header_row)
        if layout.spans_lines:
            return None
        place = (path, len(layout.header), layout.separator, layout.skip)
        sample = engine.first_rows(*place, _SAMPLE)
        return layout, *engine.load_delimited(*place, lambda rows: casts(layout.header, rows, sample))
    except (engine.EngineError, csv.Error):
        return None


def _with_care(file: textfile.TextFile, name: str, asked: Asked) -> Loaded:
    """Text as it stands; of a mended copy where an open quotation mark would swallow lines."""
    layout = textfile.layout(file.path, name, asked.separator, asked.header_row)
    file = textfile.headless(file, layout.skip)
    place = (len(layout.header), layout.separator, layout.skip)
    try:
        table, rejects = engine.load_delimited(file.path, *place)
        if not rejects["problem"].isin(SWALLOWING).any():
            return Loaded(file, layout, table, rejects)
        engine.drop(table)
        path, broken = mend(file.path, *place)
        return Loaded(replace(file, path=path), layout, *engine.load_delimited(path, *place), frozenset(broken))
    except engine.EngineError as error:
        raise DataError(
            f"{name}: not readable as delimited text ({error}). Export it again, or save it as UTF-8."
        ) from None


_LONGEST = 50  # lines that one record may span
BROKEN = "broken line"


def mend(path: Path, width: int, separator: str, skip: int) -> tuple[Path, set[int]]:
    """Write a file anew in which lines with an unclosed quotation mark stand alone and fit no header.

    A field may hold line breaks: a line that opens a quotation is kept if it and the lines that follow make a record
    of the right width. Otherwise it is replaced by a word without separators, so that it is set aside by itself and
    its neighbours are read. Line numbers stay what they were.

    Parameters
    ----------
    path : UTF-8 file
    width, separator : number of fields of a record, and what separates them
    skip : lines before the first record

    Returns
    -------
    (path of the mended file, numbers of the lines that were replaced)
    """
    target = engine.temporary_folder() / f"{engine.new_name('mended')}.csv"
    broken: set[int] = set()
    with (
        path.open(encoding="utf-8", errors="replace", newline="\n") as source,
        target.open("w", encoding="utf-8") as out,
    ):
        number = 0
        ahead: list[str] = []
        for line in _lines(source, ahead):
            number += 1
            if number <= skip or line.count('"') % 2 == 0:
                out.write(line)
                continue
            ahead += list(islice(source, max(_LONGEST - len(ahead), 0)))
            length = _record_length([line, *ahead], width, separator)
            if length is None:
                broken.add(number)
                out.write(BROKEN + "\n")
                continue
            out.writelines([line, *ahead[: length - 1]])
            del ahead[: length - 1]
            number += length - 1
    return target, broken


def _lines(source: Iterator[str], ahead: list[str]) -> Iterator[str]:
    """Lines looked at before, then those of the file."""
    while True:
        if ahead:
            yield ahead.pop(0)
        elif (line := next(source, None)) is not None:
            yield line
        else:
            return


def _record_length(lines: list[str], width: int, separator: str) -> int | None:
    """Return how many lines make one whole record, None if no number of them does."""
    quotes = 0
    for length, line in enumerate(lines, start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            rows = csv.reader(lines[:length], delimiter=separator, strict=True)
            try:
                return length if [len(row) for row in rows] == [width] else None
            except csv.Error:
                return None
    return None
