"""Files with a quotation mark that is never closed: without care it swallows every line behind it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from analytics.tables.engine import connection as engine

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
