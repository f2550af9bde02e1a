"""A source as it stands, before the contract: columns under their own names, every record numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import DataError
from analytics.language import Text
from analytics.tables.engine import connection as engine
from analytics.tables.source import excel, loading, looking, textfile
from analytics.tables.source.excel import Head
from analytics.tables.source.lines import counted, lines_of, misfits_of

RECORD = "_record"
_PLACE = "_place_in_files"


@dataclass(frozen=True)
class Raw:
    """What a source holds.

    Attributes
    ----------
    name : how messages call it (a file name, a table's name; never an address)
    header : column names as found
    table : Ibis table with columns c0, c1, ... in the header's order and `_record` (counted from 1)
    sha256 : of the file
    rows : records it holds, counted without the engine (a database's by the database)
    found : what was recognised (encoding, separator, sheet), for the report
    misfits : records that do not fit the header: record, line, problem
    notes : what of the source was not read
    head : first rows as cells, each with its line: where column names may stand
    sheets : names of a workbook's sheets, and the head of each
    stamps : file to its size and time of change when it was read
    in_place : the table is read anew from its files at each use
    """

    name: str
    header: list[str]
    table: ir.Table
    sha256: str
    rows: int
    found: dict[str, str] = field(default_factory=dict)
    misfits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"record": [], "line": [], "problem": []}))
    notes: tuple[Text, ...] = ()
    head: Head = ()
    sheets: tuple[tuple[str, Head], ...] = ()
    stamps: dict[Path, tuple[int, ...]] = field(default_factory=dict)
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
            return numbers, lines_of(self.text.path, self.layout, numbers)
        return numbers, np.full(len(records), -1)


def from_text(path: Path, name: str, asked: loading.Asked, casts: loading.Cast | None = None) -> Raw:
    """Load a delimited text file.

    Parameters
    ----------
    casts : for large files, what is cast while they are loaded

    Raises
    ------
    DataError
        Not readable, or the engine finds other records than a count of the text.
    """
    before = stamp(path)
    text = loading.load(path, name, asked, casts)
    file, layout = text.file, text.layout
    misfits = misfits_of(text.rejects, text.broken, file, layout.skip)
    loaded = engine.count(text.table)
    rows = counted(file, layout, loaded + len(misfits), name)
    if stamp(path) != before:
        raise DataError(f"{name}: the file changed while it was read. Nothing of it was used; read it again.")
    found = {"encoding": file.encoding, "separator": textfile.SEPARATORS.get(layout.separator, layout.separator)}
    if layout.skip > 1:
        found["names in line"] = f"{asked.header_row or layout.skip}"
    one_line_each = loaded + len(misfits) + layout.skip == file.lines
    return Raw(
        name, layout.header, _numbered(text.table), file.sha256, rows, found, misfits, head=layout.head,
        first_line=layout.skip + 1 if one_line_each else None, text=file, layout=layout, in_place=text.cast,
    )  # fmt: skip


def stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is written anew: its size, time of change and place on the disk."""
    seen = path.stat()
    return (seen.st_size, seen.st_mtime_ns, seen.st_ino)


def from_sheet(sheet: excel.Sheet, path: Path) -> Raw:
    """Load a sheet of an Excel workbook."""
    table, _ = engine.load_delimited(sheet.text, len(sheet.header), ",", 0)
    rows = len(sheet.rows)
    if engine.count(table) != rows:
        raise DataError(f"{sheet.name}: sheet {sheet.sheet} could not be read whole. Save it as CSV and try again.")
    return Raw(
        sheet.name, sheet.header, _numbered(table), looking.digest(path), rows,
        {"format": "Excel", "sheet": sheet.sheet}, notes=sheet.notes, head=sheet.head, sheets=sheet.sheets,
        rows_of_sheet=sheet.rows,
    )  # fmt: skip


def from_parquet(paths: Sequence[Path], name: str, there: engine.Engine | None = None) -> Raw:
    """Load Parquet files (one, or the parts of a folder), by default into DuckDB."""
    try:
        table = (there or engine.duckdb()).load_parquet(paths, _PLACE)
        held = sum(pq.read_metadata(path).num_rows for path in paths)
    except (engine.EngineError, pa.ArrowInvalid) as error:
        first = str(error).replace(str(paths[0]), name)
        raise DataError(f"{name}: not readable as Parquet ({first}). Copy or export it again.") from None
    header = [column for column in table.columns if column != _PLACE]
    rows = table.select(**{f"c{i}": table[column] for i, column in enumerate(header)}, **{RECORD: table[_PLACE]})
    return Raw(
        name, header, rows, looking.digest(*paths), held, {"format": "Parquet"}, in_place=True,
        stamps={path: stamp(path) for path in paths},
    )  # fmt: skip


def from_table(
    table: ir.Table, name: str, digest: str, kind: str, *, rows: int | None = None, simulated: bool = False
) -> Raw:
    """Take a table that already lies in the engine.

    Parameters
    ----------
    rows : as counted where the table comes from; by default as the engine counts them
    """
    stored = engine.store(_renamed(table))
    held = engine.count(stored)
    if rows is not None and rows != held:
        raise DataError(
            f"{name}: {rows:,} rows were counted and {held:,} arrived: the table changes while it is read. "
            "Nothing of it was used; read it again."
        )
    return Raw(name, list(table.columns), _numbered(stored), digest, held, {"format": kind}, simulated=simulated)


def _renamed(table: ir.Table) -> ir.Table:
    return table.select(**{f"c{i}": table[name] for i, name in enumerate(table.columns)})


def _numbered(table: ir.Table) -> ir.Table:
    """Number the records by the row id that the engine keeps anyway."""
    return table.mutate(**{RECORD: table.rowid() + ibis.literal(1, "int64")})
