"""Delimited text files: encoding, separator and header recognised; exotic ones converted to UTF-8.

A clean UTF-8 file goes to the engine as it lies; the one pass made here over its bytes only hashes and looks.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from analytics.errors import DataError
from analytics.tables.engine import connection as engine
from analytics.tables.source import encodings
from analytics.tables.source.looking import SAMPLE, convert, look
from analytics.tables.source.wrappings import keys

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD = 30  # rows among which column names are looked for


@dataclass(frozen=True)
class TextFile:
    """A text file made ready for the engine.

    Attributes
    ----------
    path : what the engine reads (the file itself, or its conversion)
    sha256 : of the file as it was given
    encoding : as recognised, such as "UTF-8" or "GB18030"
    lines : physical lines
    ends_with_break : whether the last line is closed
    blank_lines, quotes : whether there are empty lines, and quotation marks
    """

    path: Path
    sha256: str
    encoding: str
    lines: int
    ends_with_break: bool
    blank_lines: bool
    quotes: bool


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    Attributes
    ----------
    header : column names
    separator : one character
    skip : physical lines before the first record
    head : first rows as cells, each with its line, to look for column names in
    spans_lines : whether quotation marks stand above the first record, so that names may span lines
    """

    header: list[str]
    separator: str
    skip: int
    head: tuple[tuple[int, tuple[str, ...]], ...] = ()
    spans_lines: bool = False


def prepare(path: Path, name: str, encoding: str | None = None) -> TextFile:
    """Hash a file, recognise its encoding and convert it where the engine could not read it as it is.

    Parameters
    ----------
    path, name : the file, and how to call it in messages
    encoding : Python's name of the encoding, where the column map gives it

    Raises
    ------
    DataError
        Empty file, compressed file cut off, or an encoding that is not recognised or reads two ways.
    """
    seen = look(path, name)
    if seen.size == 0:
        raise DataError(f"{name}: the file is empty. Export it again.")
    known = encodings.told(seen, encoding, name)
    shown = {"utf-8": "UTF-8", "gb18030": "GB18030"}.get(known, known.upper())
    if known == "utf-8" and seen.start.startswith(codecs.BOM_UTF8):
        shown = "UTF-8 with BOM"
    ready, sha256 = path, seen.sha256
    if known != "utf-8" or seen.compressed or seen.mixed_breaks:
        ready = convert(path, known, name, compressed=seen.compressed)
    ready = keys.spread(ready)
    seen = seen if ready == path else look(ready, name)
    return TextFile(ready, sha256, shown, seen.lines, seen.ends_with_break, seen.blank_lines, seen.quotes > 0)


def layout(path: Path, name: str, separator: str | None = None, header_row: int | None = None) -> Layout:
    """Recognise separator and column names of a UTF-8 file.

    Parameters
    ----------
    header_row : line that holds the column names, counted from 1; None: the first (behind a line `sep=;`)

    Raises
    ------
    DataError
        No header, or names that stand twice.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        start = file.read(SAMPLE)
    directive = re.match(r'"?sep=(.)"?\r?\n', start)
    if directive and separator is None:
        separator = directive[1]
    row = header_row or (2 if directive else 1)
    lines = start.splitlines(keepends=True)
    sample = "".join(lines[row - 1 :])
    if not sample.strip():
        raise DataError(f"{name}: line {row} should hold the column names, but the file ends before it.")
    if re.match(r'\s*(\[\s*)?\{\s*"|\s*<[?!A-Za-z]', start):
        raise DataError(
            f"{name}: this is {'JSON' if start.lstrip()[0] in '[{' else 'XML or HTML'} and no delimited text. Export "
            "the rows as CSV, Excel or Parquet."
        )
    separator = separator or _separator(sample)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    header = [" ".join(cell.split()) for cell in next(reader)]
    above = "".join(lines[: row - 1 + reader.line_num])
    return Layout(header, separator, row - 1 + reader.line_num, _head(start, separator), '"' in above)


def _head(start: str, separator: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    reader, found = csv.reader(io.StringIO(start, newline=""), delimiter=separator), []
    before = 0
    try:
        for row in islice(reader, HEAD):
            found.append((before + 1, tuple(cell.strip() for cell in row)))
            before = reader.line_num
    except csv.Error:
        pass
    return tuple(found)


def headless(file: TextFile, skip: int) -> TextFile:
    """The file with its first lines blanked where they span a record with line breaks, which engines skip differently.

    Line numbers stay what they were.
    """
    with file.path.open("rb") as source:
        first = [source.readline() for _ in range(skip)]
        if not any(b'"' in line for line in first) or (skip == 1 and first[0].count(b'"') % 2 == 0):
            return file
        target = engine.temporary_folder() / f"{engine.new_name('headless')}.csv"
        with target.open("wb") as out:
            out.write((b"-\r\n" if first[-1].endswith(b"\r\n") else b"-\n") * skip)
            shutil.copyfileobj(source, out, 1 << 22)
    return replace(file, path=target)


def _separator(sample: str) -> str:
    """Return the separator that splits most of the first records into the same number of fields, and into most.

    Titles above the names and notes below the rows hold none.
    """
    lines = sample.splitlines(keepends=True)[:50]
    if len(lines) > 1 and len(sample) >= SAMPLE:
        lines = lines[:-1]

    def score(separator: str) -> tuple[float, int]:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, same = widths.most_common(1)[0] if widths else (0, 0)
        return same / max(len(rows), 1), width

    best = max(SEPARATORS, key=score)
    return best if score(best)[1] > 1 else ","
