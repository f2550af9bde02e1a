"""Excel workbooks: a sheet becomes delimited text, so that one reader serves all."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from analytics.errors import DataError, did_you_mean
from analytics.language import Text
from analytics.tables.engine import connection as engine

Head = tuple[tuple[int, tuple[str, ...]], ...]
SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
EXACT_INTEGERS = 10**15  # Excel keeps 15 digits: a longer number has lost its last ones


@dataclass(frozen=True)
class Sheet:
    """A sheet as delimited text.

    Attributes
    ----------
    text : path of the text, without header
    header : column names
    rows : sheet row of every record
    notes : what of the workbook was not read
    head, sheets : first rows of this sheet, and of every sheet: where column names may stand
    """

    sheet: str
    text: Path
    header: list[str]
    rows: np.ndarray
    notes: tuple[Text, ...]
    head: Head
    sheets: tuple[tuple[str, Head], ...]


def convert(path: Path, name: str, sheet: str | None = None, header_row: int = 1) -> Sheet:
    """Write a sheet as UTF-8 text.

    Parameters
    ----------
    sheet : name of the sheet; by default the first one that is not empty
    header_row : row that holds the column names, counted from 1

    Raises
    ------
    DataError
        Not a readable workbook, no such sheet, or an empty one.
    """
    book = _opened(path, name)
    filled = {n: rows for n in book.sheet_names if (rows := book.get_sheet_by_name(n).to_python(skip_empty_area=False))}
    if sheet is not None and sheet not in book.sheet_names:
        raise DataError(
            f'{name}: no sheet "{sheet}".{did_you_mean(sheet, book.sheet_names)} Sheets: {", ".join(book.sheet_names)}.'
        )
    mine = sheet or next(iter(filled), "")
    rows = filled.get(mine, [])
    if len(rows) < header_row or not any(str(cell).strip() for cell in rows[header_row - 1]):
        raise DataError(f"{name}: row {header_row} of sheet {mine} should hold the column names, but it is empty.")
    header = [" ".join(_written(cell).split()) for cell in rows[header_row - 1]]
    while header and not header[-1]:
        header.pop()
    target = engine.temporary_folder() / f"{engine.new_name('sheet')}.csv"
    at, beside = [], 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL if len(header) > 1 else csv.QUOTE_ALL)
        for number, row in enumerate(rows[header_row:], start=header_row + 1):
            cells = [_written(cell) for cell in row[: len(header)]]
            beside += any(_written(cell).strip() for cell in row[len(header) :])
            if any(cells):
                writer.writerow(cells + [""] * (len(header) - len(cells)))
                at.append(number)
    sheets = tuple((n, _head(found)) for n, found in filled.items())
    notes = _left_out(name, mine, list(filled), sheet, beside)
    return Sheet(mine, target, header, np.array(at, dtype=np.int64), notes, _head(rows), sheets)


def _opened(path: Path, name: str) -> CalamineWorkbook:
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise DataError(
            f"{name}: this is a web page saved with an Excel ending. Open it in Excel, save it as .xlsx (or CSV) and "
            "read that file."
        )
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise DataError(
            f"{name}: not readable as an Excel workbook ({error}). Open it in Excel and save it anew."
        ) from None


def _head(rows: Sequence[Sequence[object]]) -> Head:
    return tuple((i, tuple(_written(cell).strip() for cell in row)) for i, row in enumerate(rows[:30], start=1))


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
