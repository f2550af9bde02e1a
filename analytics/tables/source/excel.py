"""Excel workbooks: a sheet becomes delimited text, so that one reader serves all."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from analytics.errors import DataError, did_you_mean
from analytics.language import Text
from analytics.tables.engine import connection as engine
from analytics.tables.source.wrappings.formulas import refuse_uncomputed

Head = tuple[tuple[int, tuple[str, ...]], ...]
SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
EXACT_INTEGERS = 10**15  # Excel keeps 15 digits: a longer number has lost its last ones


@dataclass(frozen=True)
class Sheet:
    """A sheet as delimited text.

    Attributes
    ----------
    name : how messages call it
    text : path of the text, without header
    header : column names
    rows : sheet row of every record
    notes : what of the workbook was not read
    head, sheets : first rows of this sheet, and of every sheet: where column names may stand
    """

    name: str
    sheet: str
    text: Path
    header: list[str]
    rows: np.ndarray
    notes: tuple[Text, ...]
    head: Head
    sheets: tuple[tuple[str, Head], ...]


@dataclass(frozen=True)
class _Book:
    """A workbook, opened once: its sheets, the rows of those that hold any, and which a reader is not shown."""

    name: str
    sheets: dict[str, CalamineSheet]
    rows: dict[str, list[list[object]]]
    hidden: frozenset[str]


def sheets(path: Path, name: str, wanted: str | None = None, header_row: int = 1) -> list[Sheet]:
    """Write sheets of a workbook as UTF-8 text.

    Parameters
    ----------
    wanted : name of the sheet; by default the first visible one that is not empty; "*" for all that are alike
    header_row : row that holds the column names, counted from 1

    Raises
    ------
    DataError
        Not a readable workbook, no such sheet, or an empty one.
    """
    book = _opened(path, name)
    refuse_uncomputed(path, name, wanted, list(book.sheets))
    if wanted == "*":
        return [_written_out(book, f"{name} [{sheet}]", sheet, header_row) for sheet in _alike(book, header_row)]
    if wanted is not None and wanted not in book.sheets:
        raise DataError(
            f'{name}: no sheet "{wanted}".{did_you_mean(wanted, book.sheets)} Sheets: {", ".join(book.sheets)}.'
        )
    return [_written_out(book, name, wanted, header_row)]


def _written_out(book: _Book, name: str, wanted: str | None, header_row: int) -> Sheet:
    seen = {n: rows for n, rows in book.rows.items() if n not in book.hidden or n == wanted} or book.rows
    mine = wanted or next(iter(seen), "")
    merged = {n: _merged(book.sheets[n]) for n in (*seen, *filter(None, [mine]))}
    rows = _filled_down(book.rows.get(mine, []), merged.get(mine, ()), header_row)
    if len(rows) < header_row or not any(str(cell).strip() for cell in rows[header_row - 1]):
        raise DataError(f"{name}: row {header_row} of sheet {mine} should hold the column names, but it is empty.")
    header, depth = _names(rows, merged[mine], header_row)
    target = engine.temporary_folder() / f"{engine.new_name('sheet')}.csv"
    at, beside = [], 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL if len(header) > 1 else csv.QUOTE_ALL)
        for number, row in enumerate(rows[header_row + depth :], start=header_row + depth + 1):
            cells = [_written(cell) for cell in row[: len(header)]]
            beside += any(_written(cell).strip() for cell in row[len(header) :])
            if any(cells):
                writer.writerow(cells + [""] * (len(header) - len(cells)))
                at.append(number)
    heads = {n: _head(rows if n == mine else found, merged[n]) for n, found in seen.items()}
    notes = _left_out(name, mine, list(book.rows), wanted, beside)
    return Sheet(name, mine, target, header, np.array(at, dtype=np.int64), notes, heads[mine], tuple(heads.items()))


def _opened(path: Path, name: str) -> _Book:
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise DataError(
            f"{name}: this is a web page saved with an Excel ending. Open it in Excel, save it as .xlsx (or CSV) and "
            "read that file."
        )
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise DataError(
            f"{name}: not readable as an Excel workbook ({error}). Open it in Excel and save it anew."
        ) from None
    read = {n: book.get_sheet_by_name(n) for n in book.sheet_names}
    filled = {n: rows for n, one in read.items() if (rows := _rows(one))}
    hidden = frozenset(s.name for s in book.sheets_metadata if s.visible != SheetVisibleEnum.Visible)
    return _Book(name, read, filled, hidden)


Merged = tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def _alike(book: _Book, header_row: int) -> list[str]:
    """Visible sheets that hold the same column names as most of them do."""
    names: dict[tuple[str, ...], list[str]] = {}
    for sheet, rows in book.rows.items():
        if sheet not in book.hidden and len(rows) >= header_row:
            names.setdefault(tuple(_names(rows, _merged(book.sheets[sheet]), header_row)[0]), []).append(sheet)
    found = max(names.values(), key=len, default=[])
    if not found:
        raise DataError(
            f"{book.name}: no sheet holds column names in row {header_row}. Set `header_row:` and `sheet:`."
        )
    return found


def _rows(sheet: CalamineSheet) -> list[list[object]]:
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def _merged(sheet: CalamineSheet) -> Merged:
    """First and last cell (row and column from 0) of every merged range; none where the format does not tell."""
    return tuple(sheet.merged_cell_ranges or ())


def _filled_down(rows: list[list[object]], merged: Merged, header_row: int) -> list[list[object]]:
    """Rows of data in which a cell merged over several rows says its value in each."""
    rows = [list(row) for row in rows] if merged else rows
    for (top, left), (bottom, right) in merged:
        if top >= header_row and left == right:
            for at in range(top + 1, min(bottom + 1, len(rows))):
                rows[at][left] = rows[top][left]
    return rows


def _names(rows: Sequence[Sequence[object]], merged: Merged, header_row: int) -> tuple[list[str], int]:
    """Column names, and how many rows they span beyond the first: names merged over rows stand beside groups of names.

    A name below a group of names stands for itself; where two groups hold the same name, the group's goes before it.
    """
    top = header_row - 1
    spans = [bottom - first for (first, _), (bottom, _) in merged if first == top and bottom > first]
    groups = [(left, right) for (first, left), (last, right) in merged if first == last == top and right > left]
    depth = max(spans, default=0) if groups else 0
    first = [" ".join(_written(cell).split()) for cell in rows[top]]
    if depth and top + depth < len(rows):
        below = [" ".join(_written(cell).split()) for cell in rows[top + depth]]
        for left, right in groups:
            first[left : right + 1] = [first[left]] * (right + 1 - left)
        twice = {n for n in below if below.count(n) > 1}
        first = [f"{a} {b}" if b in twice else b or a for a, b in zip(first, below, strict=True)]
    while first and not first[-1]:
        first.pop()
    return first, depth


def _head(rows: Sequence[Sequence[object]], merged: Merged) -> Head:
    return tuple((i, tuple(_names(rows, merged, i)[0])) for i in range(1, min(len(rows), 30) + 1))


def _left_out(name: str, mine: str, filled: list[str], sheet: str | None, beside: int) -> tuple[Text, ...]:
    """Sheets not read, unless the map chose one; and rows with cells right of the last column name."""
    found = []
    others = [n for n in filled if n != mine]
    if others and sheet is None:
        found.append(Text(
            f"{name}: sheet {mine} is read; not read: {', '.join(others)} (set `sheet:` in the column map).",
            f"{name}：读取工作表{mine}；未读取：{'、'.join(others)}（可在字段映射中设置`sheet:`）。",
        ))  # fmt: skip
    if beside:
        found.append(Text(
            f"{name}: {beside:,} rows of sheet {mine} hold cells right of the last column name; these are not read.",
            f"{name}：工作表{mine}有{beside}行在最后一个列名右侧另有内容，未读取。",
        ))  # fmt: skip
    return tuple(found)


def _written(cell: object) -> str:
    """Write a cell as an analyst sees it: whole numbers without ".0", dates as ISO."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < EXACT_INTEGERS:
            return str(int(cell))
        return f"{cell:E}" if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return " ".join(str(cell).splitlines()) if cell is not None else ""
