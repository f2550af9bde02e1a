"""A source as it stands, before the contract: columns under their own names, every record numbered."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.errors import DataError
from analytics.tables.engine import connection as engine
from analytics.tables.source import excel, mending, textfile

RECORD = "_record"
_PLACE = "_place_in_files"


@dataclass
class Raw:
    """What a source holds.

    Attributes
    ----------
    name : how messages call it (a file name, a table's name; never an address)
    header : column names as found
    table : Ibis table with columns c0, c1, ... in the header's order and `_record` (counted from 1)
    sha256 : of the file
    found : what was recognised (encoding, separator, sheet), for the report
    misfits : records that do not fit the header: record, line, fields
    in_place : the table is read anew from its files at each use
    """

    name: str
    header: list[str]
    table: ir.Table
    sha256: str
    found: dict[str, str] = field(default_factory=dict)
    misfits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"record": [], "line": [], "problem": []}))
    first_line: int | None = None
    rows_of_sheet: np.ndarray | None = None
    text: textfile.TextFile | None = None
    layout: textfile.Layout | None = None
    simulated: bool = False
    in_place: bool = False

    def column(self, name: str) -> ir.Value:
        """Column of that name."""
        return self.table[f"c{self.header.index(name)}"]

    def places(self, records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Record numbers and physical lines (-1 where unknown) of records as the engine counts them.

        The engine does not count records that fit no header; the numbers given to a reader do.
        """
        if self.rows_of_sheet is not None:
            return records, self.rows_of_sheet[records - 1]
        gaps = np.asarray(self.misfits["record"].dropna(), dtype=np.int64)
        numbers = records
        if len(gaps):
            numbers = records + np.searchsorted(np.sort(gaps) - np.arange(len(gaps)), records, side="right")
        if self.first_line is not None:
            return numbers, numbers + self.first_line - 1
        if self.text is not None and self.layout is not None and len(records):
            return numbers, _lines_of(self.text.path, self.layout, numbers)
        return numbers, np.full(len(records), -1)


def _lines_of(path: Path, layout: textfile.Layout, numbers: np.ndarray) -> np.ndarray:
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


def from_text(path: Path, name: str, *, encoding: str | None, separator: str | None, header_row: int) -> Raw:
    """Load a delimited text file."""
    file = textfile.prepare(path, name, encoding)
    layout = textfile.layout(file.path, name, separator, header_row)
    width, path, broken = len(layout.header), file.path, set[int]()
    try:
        table, rejects = engine.load_delimited(path, width, layout.separator, layout.skip)
        if rejects["problem"].isin(_SWALLOWING).any():
            engine.drop(table)
            path, broken = mending.mend(path, width, layout.separator, layout.skip)
            table, rejects = engine.load_delimited(path, width, layout.separator, layout.skip)
    except engine.EngineError as error:
        raise DataError(
            f"{name}: not readable as delimited text ({error}). Export it again, or save it as UTF-8."
        ) from None
    loaded = engine.count(table)
    found = {"encoding": file.encoding, "separator": textfile.SEPARATORS.get(layout.separator, layout.separator)}
    raw = Raw(name, layout.header, _numbered(table), file.sha256, found, text=replace(file, path=path), layout=layout)
    raw.misfits = _misfits(rejects, broken, file, path, layout.skip)
    if loaded + len(raw.misfits) + layout.skip == file.lines:
        raw.first_line = layout.skip + 1
    return raw


_PROBLEMS = {
    "MISSING COLUMNS": "too_few_fields",
    "TOO MANY COLUMNS": "too_many_fields",
    "UNQUOTED VALUE": "broken_quotes",
    "INVALID ENCODING": "broken_characters",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
}


_SWALLOWING = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM")


def _misfits(rejects: pd.DataFrame, broken: set[int], file: textfile.TextFile, path: Path, skip: int) -> pd.DataFrame:
    """One entry a record that fits no header: record (missing where blank lines hide it), line, problem."""
    frame = pd.DataFrame({
        "record": (rejects["entry"] - skip).astype("Int64"),
        "line": _lines_at(path, rejects["start"].tolist()),
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


def from_excel(path: Path, name: str, *, sheet: str | None, header_row: int) -> Raw:
    """Load a sheet of an Excel workbook."""
    text, header, rows = excel.convert(path, name, sheet, header_row)
    table, _ = engine.load_delimited(text, len(header), ",", 0)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Raw(name, header, _numbered(table), digest, {"format": "Excel"}, rows_of_sheet=rows)


def from_parquet(paths: list[Path], name: str, digest: str) -> Raw:
    """Load Parquet files (one, or the parts of a folder)."""
    try:
        table = engine.load_parquet(paths, _PLACE)
    except engine.EngineError as error:
        first = str(error).replace(str(paths[0]), name)
        raise DataError(f"{name}: not readable as Parquet ({first}). Copy or export it again.") from None
    header = [column for column in table.columns if column != _PLACE]
    rows = table.select(**{f"c{i}": table[column] for i, column in enumerate(header)}, **{RECORD: table[_PLACE]})
    return Raw(name, header, rows, digest, {"format": "Parquet"}, in_place=True)


def from_table(table: ir.Table, name: str, digest: str, kind: str, *, simulated: bool = False) -> Raw:
    """Take a table that already lies in the engine."""
    stored = engine.store(_renamed(table))
    return Raw(name, list(table.columns), _numbered(stored), digest, {"format": kind}, simulated=simulated)


def _renamed(table: ir.Table) -> ir.Table:
    return table.select(**{f"c{i}": table[name] for i, name in enumerate(table.columns)})


def _numbered(table: ir.Table) -> ir.Table:
    """Number the records by the row id that the engine keeps anyway."""
    return table.mutate(**{RECORD: table.rowid() + ibis.literal(1, "int64")})
