"""All tables of a briefing in one Excel file: a contents sheet, one sheet a table, the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from analytics.briefing.files import harmless, write_bytes
from analytics.briefing.parts import Column
from analytics.language import Language, Text

# A fixed date: the file's bytes must not depend on when it was made.
_CREATED = datetime(2000, 1, 1)
# A longer table stays in its CSV: workbooks of a million cells are slow to write and to open.
MAX_ROWS = 20_000
_WIDEST = 60

_HEADS = {
    "sheet": Text("Sheet", "工作表"),
    "file": Text("CSV file", "CSV文件"),
    "rows": Text("Rows", "行数"),
    "contents": Text("Contents", "目录"),
    "note": Text("Note", "说明"),
    "long": Text("too long for a sheet: see the CSV file", "行数过多，未列工作表，见CSV文件"),
}


def write_workbook(
    path: Path, tables: Mapping[str, pd.DataFrame], columns: Mapping[str, Sequence[Column]], language: Language
) -> Path:
    """Write the tables to one workbook.

    Parameters
    ----------
    path : Path
    tables : mapping of name to DataFrame
        Tables of more than 20,000 rows are named in the contents only.
    columns : mapping of name to columns
        Number formats of the tables shown on the page.
    language : {"en", "zh"}
    """
    out = BytesIO()
    # Strings stay strings: nothing in a cell may turn into a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _CREATED, "title": "Customs analytics"})
        formats = _Formats(book)
        contents = book.add_worksheet(_HEADS["contents"].in_language(language))
        listed = []
        taken = {contents.get_name().lower()}
        for name in sorted(tables):
            frame = tables[name]
            sheet = ""
            if len(frame) <= MAX_ROWS:
                sheet = _sheet_name(name, taken)
                shown = {c.key: c for c in columns.get(name, ())}
                _fill(book.add_worksheet(sheet), frame, shown, formats)
            listed.append(
                (sheet, f"tables/{name}.csv", len(frame), "" if sheet else _HEADS["long"].in_language(language))
            )
        _contents(contents, listed, formats, language)
    return write_bytes(path, out.getvalue())


class _Formats:
    """Cell formats by what they show, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#F4F6F8"}
        )

    def get(self, code: str) -> Any:
        if code not in self._made:
            self._made[code] = self._book.add_format({"num_format": code})
        return self._made[code]


def _sheet_name(name: str, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", "_", name)[:31] or "table"
    sheet, number = base, 2
    while sheet.lower() in taken:
        sheet = f"{base[: 31 - len(str(number)) - 1]}_{number}"
        number += 1
    taken.add(sheet.lower())
    return sheet


def _code(column: Column | None, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return "yyyy-mm" if column and column.kind == "month" else "yyyy-mm-dd"
    if column is None or column.kind not in ("number", "percent", "money"):
        return "#,##0" if pd.api.types.is_integer_dtype(values) else "#,##0.0###"
    digits = column.digits if column.digits is not None else (0 if column.kind == "number" else 1)
    decimals = "." + "0" * digits if digits else ""
    body = f"0{decimals}%" if column.kind == "percent" else f"#,##0{decimals}"
    return f"+{body};-{body};{body}" if column.sign else body


def _fill(sheet: Worksheet, frame: pd.DataFrame, shown: Mapping[str, Column], formats: _Formats) -> None:
    sheet.freeze_panes(1, 1)
    for at, name in enumerate(frame.columns):
        values = frame.iloc[:, at]
        # Identifiers and years are no amounts: neither a thousands separator nor a decimal belongs there.
        bare = pd.api.types.is_integer_dtype(values) and str(name) in ("year", "line_no", "months_known")
        cell = formats.get("0" if bare else _code(shown.get(str(name)), values))
        sheet.write_string(0, at, str(harmless(str(name))), formats.head)
        widest = len(str(name))
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            widest = max(widest, _write_numbers(sheet, at, values, cell))
        else:
            for row, value in enumerate(values.astype(object), start=1):
                widest = max(widest, _write(sheet, row, at, value, cell))
        sheet.set_column(at, at, min(max(widest + 2, 9), _WIDEST))
    if len(frame) and len(frame.columns):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_numbers(sheet: Worksheet, column: int, values: pd.Series, cell: Any) -> int:
    """Write a column of numbers, missing and infinite ones as empty cells, and return about how wide it shows."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    for row in np.flatnonzero(np.isfinite(numbers)):
        sheet.write_number(int(row) + 1, column, float(numbers[row]), cell)
    largest = np.max(np.abs(numbers[np.isfinite(numbers)]), initial=0.0)
    return len(f"{largest:,.1f}") + 1


def _write(sheet: Worksheet, row: int, column: int, value: Any, cell: Any) -> int:
    """Write one value and return about how wide it shows."""
    if isinstance(value, str):
        sheet.write_string(row, column, value)
        shown = value[:_WIDEST]
        return len(shown) if shown.isascii() else sum(2 if ord(c) > 0x2E7F else 1 for c in shown)
    if value is None or (not isinstance(value, tuple | list) and pd.isna(value)):
        return 0
    if isinstance(value, pd.Timestamp | datetime):
        sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime().replace(tzinfo=None), cell)
        return 10
    if isinstance(value, bool) or str(type(value).__name__) == "bool_":
        sheet.write_boolean(row, column, bool(value))
        return 5
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        number = float(value)
        if number in (float("inf"), float("-inf")):
            return 0
        sheet.write_number(row, column, number, cell)
        return len(f"{number:,.1f}")
    return _write(sheet, row, column, str(value), cell)


def _contents(sheet: Worksheet, listed: list[tuple[str, str, int, str]], formats: _Formats, language: Language) -> None:
    for at, key in enumerate(("sheet", "file", "rows", "note")):
        sheet.write_string(0, at, _HEADS[key].in_language(language), formats.head)
    for row, (name, file, rows, note) in enumerate(listed, start=1):
        if name:
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, file)
        sheet.write_number(row, 2, rows, formats.get("#,##0"))
        sheet.write_string(row, 3, note)
    sheet.set_column(0, 1, 32)
    sheet.set_column(3, 3, 40)
    sheet.freeze_panes(1, 0)
