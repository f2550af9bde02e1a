"""Records of a text file: how many there are, their physical lines, and those that fit no header.

Records are counted here and again by the engine: an account of rows is worth something only if two can disagree.
"""

from __future__ import annotations

import csv
from collections.abc import Set
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.errors import DataError
from analytics.tables.source import textfile

_CHUNK = 1 << 22


def lines_of(path: Path, layout: textfile.Layout, numbers: np.ndarray) -> np.ndarray:
    """Physical lines of records in a file with line breaks inside fields or blank lines: found by reading it."""
    wanted = np.sort(np.unique(numbers))
    lines: dict[int, int] = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for _ in range(layout.skip):
            file.readline()
        reader = csv.reader(file, delimiter=layout.separator)
        number, at = 0, 0
        while at < len(wanted):
            before = reader.line_num
            row = next(reader, None)
            if row is None:
                break
            if not row:
                continue
            number += 1
            if number == wanted[at]:
                lines[number] = layout.skip + before + 1
                at += 1
    return np.array([lines.get(int(n), -1) for n in numbers])


_PROBLEMS = {
    "MISSING COLUMNS": "too_few_fields",
    "TOO MANY COLUMNS": "too_many_fields",
    "UNQUOTED VALUE": "broken_quotes",
    "INVALID ENCODING": "broken_characters",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
}


SWALLOWING = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM")


def misfits_of(rejects: pd.DataFrame, broken: Set[int], file: textfile.TextFile, skip: int) -> pd.DataFrame:
    """One entry a record that fits no header: record (missing where blank lines hide it), line, problem."""
    frame = pd.DataFrame({
        "record": (rejects["entry"] - skip).astype("Int64"),
        "line": _lines_at(file.path, rejects["start"].tolist()),
        "problem": [_PROBLEMS.get(str(p), "too_few_fields") for p in rejects["problem"]],
    })  # fmt: skip
    if file.blank_lines:
        frame["record"] = pd.NA
    frame.loc[frame["line"].isin(broken), "problem"] = "broken_quotes"
    last = (frame["line"] == file.lines) & (not file.ends_with_break)
    frame.loc[last & frame["problem"].isin(["too_few_fields", "broken_quotes"]), "problem"] = "cut_off"
    return frame.astype({"record": "Int64", "line": "int64"})


def _lines_at(path: Path, starts: list[int]) -> list[int]:
    """Physical lines of records that start at given bytes, in ascending order."""
    lines, line, at = [], 1, 0
    with path.open("rb") as file:
        for start in starts:
            while at < start:
                chunk = file.read(min(start - at, 1 << 22))
                line += chunk.count(b"\n")
                at += len(chunk)
            while (byte := file.peek(1)[:1]) in (b"\r", b"\n") and byte:  # the engine counts blank lines to the record
                file.read(1)
                line += byte == b"\n"
                at += 1
            lines.append(line)
    return lines


def counted(file: textfile.TextFile, layout: textfile.Layout, engine_found: int, name: str) -> int:
    """Records of the text, counted without the engine; refused where the two do not agree."""
    alone = len(layout.header) == 1
    if not file.quotes and (alone or not file.blank_lines):
        rows = file.lines - layout.skip
    else:
        rows = _records(file.path, layout.skip, blank=alone)
    if rows != engine_found:
        careful = _careful_records(file.path, layout.skip, layout.separator, blank=alone)
        rows = rows if careful is None else careful
    if rows != engine_found:
        raise DataError(
            f"{name}: the file holds {rows:,} records by one count and {engine_found:,} by another, so that rows could "
            "be lost. Nothing of it was used. Look for quotation marks that are not closed and for lines of more than "
            "2 MB, or export it again."
        )
    return rows


def _records(path: Path, skip: int, *, blank: bool = False) -> int:
    """Records of a delimited UTF-8 file behind its first lines: line breaks inside quotation marks end none.

    Blank lines are no records, unless `blank` (in a file of one column they are empty values). A quotation mark is
    taken to open or close a field wherever it stands: right for files that quote by the rule. For the others there is
    `_careful_records`.
    """
    found, inside, empty = 0, 0, True
    with path.open("rb") as file:
        for _ in range(skip):
            file.readline()
        while chunk := file.read(_CHUNK):
            data = np.frombuffer(chunk, dtype=np.uint8)
            breaks, quotes = np.flatnonzero(data == 10), np.flatnonzero(data == 34)
            ends = breaks[(np.searchsorted(quotes, breaks) + inside) % 2 == 0]
            inside = (inside + len(quotes)) % 2
            if not len(ends):
                empty = empty and not chunk.strip(b"\r")
                continue
            starts = np.concatenate([[0], ends[:-1] + 1])
            length = ends - starts
            only_return = (length == 1) & (data[starts] == 13)
            filled = (length >= 0) if blank else (length > 0) & ~only_return
            found += int(filled[1:].sum()) + bool(filled[0] or not empty)
            empty = not chunk[ends[-1] + 1 :].strip(b"\r")
    return found + (not empty)


def _careful_records(path: Path, skip: int, separator: str, *, blank: bool = False) -> int | None:
    """Records as Python's csv module counts them, which opens a quotation only at the start of a field.

    Slow; None where a field is too long for it.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for _ in range(skip):
            file.readline()
        try:
            lines = (line.replace("\0", " ") for line in file)
            return sum(1 for row in csv.reader(lines, delimiter=separator) if row or blank)
        except csv.Error:
            return None
