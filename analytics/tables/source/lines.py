"""Where records stand in a text file: their physical lines, and those that fit no header."""

from __future__ import annotations

import csv
from collections.abc import Set
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.tables.source import textfile


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
