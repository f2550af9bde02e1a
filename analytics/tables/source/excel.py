"""Excel workbooks: a sheet becomes delimited text, so that one reader serves all."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from analytics.errors import DataError, did_you_mean
from analytics.tables.engine import connection as engine

SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
EXACT_INTEGERS = 10**15  # Excel keeps 15 digits: a longer number has lost its last ones


def convert(path: Path, name: str, sheet: str | None = None, header_row: int = 1) -> tuple[Path, list[str], np.ndarray]:
    """Write a sheet as UTF-8 text.

    Parameters
    ----------
    sheet : name of the sheet; by default the first one that is not empty
    header_row : row that holds the column names, counted from 1

    Returns
    -------
    (path of the text without header, column names, sheet row of every record)

    Raises
    ------
    DataError
        Not a readable workbook, no such sheet, or an empty one.
    """
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise DataError(f'{name}: no sheet "{sheet}".{did_you_mean(sheet, names)} Sheets: {", ".join(names)}.')
        rows: Sequence[Sequence[object]] = (
            book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) if sheet else _first_filled(book)
        )
    except (CalamineError, OSError) as error:
        raise DataError(
            f"{name}: not readable as an Excel workbook ({error}). Open it in Excel and save it anew."
        ) from None
    if len(rows) < header_row or not any(str(cell).strip() for cell in rows[header_row - 1]):
        raise DataError(f"{name}: row {header_row} should hold the column names, but it is empty.")
    header = [_written(cell).strip() for cell in rows[header_row - 1]]
    while header and not header[-1]:
        header.pop()
    target = engine.temporary_folder() / f"{engine.new_name('sheet')}.csv"
    at = []
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, row in enumerate(rows[header_row:], start=header_row + 1):
            cells = [_written(cell) for cell in row[: len(header)]]
            if any(cells):
                writer.writerow(cells + [""] * (len(header) - len(cells)))
                at.append(number)
    return target, header, np.array(at, dtype=np.int64)


def _first_filled(book: CalamineWorkbook) -> Sequence[Sequence[object]]:
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            return rows
    return []


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
    return " ".join(str(cell).split("\n")) if cell is not None else ""
