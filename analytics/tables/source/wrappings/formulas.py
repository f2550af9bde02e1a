"""Workbooks whose formulas were never computed: the program that wrote them left the cells empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from analytics.errors import DataError

_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(.*?)</c>', re.DOTALL)
_LARGEST = 64 << 20  # bytes of a sheet that is looked through


def refuse_uncomputed(path: Path, name: str, sheet: str | None, sheets: Sequence[str]) -> None:
    """Refuse a workbook with formulas that hold no result, in the sheet that is read or, where none is named, in any.

    Parameters
    ----------
    path, name : the workbook, and how to call it in messages
    sheet, sheets : the sheet that is read, if one is named, and all of them in their order

    Raises
    ------
    DataError
        Says the first cell, and what to do.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as parts:
        found = [p for p in parts.infolist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", p.filename)]
        found.sort(key=lambda p: int(re.sub(r"\D", "", p.filename)))
        if sheet in sheets and len(found) == len(sheets):
            found = [found[sheets.index(sheet)]]
        for part in found:
            xml = parts.read(part) if part.file_size <= _LARGEST else b""
            cells = _CELL.finditer(xml) if b"<f" in xml else ()
            empty = [m[1].decode() for m in cells if b"<f" in m[3] and _bare(m[2], m[3])]
            if empty:
                raise DataError(
                    f"{name}: {len(empty):,} formulas hold no result (first in cell {empty[0]}): the program that "
                    "wrote the workbook did not compute them. Open it in Excel or LibreOffice and save it anew."
                )


def _bare(attributes: bytes, inside: bytes) -> bool:
    """Whether a cell holds no result; a text that is empty is one."""
    return b't="str"' not in attributes and not re.search(rb"<v>[^<]", inside)
