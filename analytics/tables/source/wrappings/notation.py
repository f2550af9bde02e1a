"""JSON as statistical offices answer with it: a list of rows or of records, alone or under one name."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analytics.errors import DataError
from analytics.tables.engine import connection as engine

SUFFIXES = (".json", ".jsonl", ".ndjson")
_LARGEST = 256 << 20


def as_text(path: Path, name: str) -> Path:
    """Write the rows of a JSON file as delimited text, every figure with the digits that stand there.

    Raises
    ------
    DataError
        Not JSON, too large to be held, or no list of rows.
    """
    if path.stat().st_size > _LARGEST:
        raise DataError(f"{name}: a JSON file of this size is not read. Export the rows as CSV or Parquet.")
    header, rows = _rows(_parsed(path, name), name)
    target = engine.temporary_folder() / f"{engine.new_name('json')}.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    return target


def _parsed(path: Path, name: str) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".json":
            return [json.loads(line, parse_float=str, parse_int=str) for line in text.splitlines() if line.strip()]
        return json.loads(text, parse_float=str, parse_int=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DataError(f"{name}: not readable as JSON ({error}). Fetch it again, or export the rows as CSV.") from None


def _rows(found: Any, name: str) -> tuple[list[str], list[Sequence[Any]]]:
    """Column names and rows: of lists whose first holds the names, or of records with the same ones."""
    for _ in range(3):  # {"result": {"data": [...]}}
        if isinstance(found, dict):
            lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], list | dict)]
            inner = [v for v in found.values() if isinstance(v, dict)]
            found = lists[0] if len(lists) == 1 else inner[0] if not lists and len(inner) == 1 else None
    if isinstance(found, list) and len(found) > 1 and all(isinstance(row, list) for row in found):
        header = [str(cell) for cell in found[0]]
        if all(len(row) == len(header) for row in found):
            return header, found[1:]
    if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
        names = list(dict.fromkeys(key for row in found for key in row))
        return [str(n) for n in names], [[row.get(n) for n in names] for row in found]
    raise DataError(f"{name}: this is JSON, but no list of rows or records. Export the rows as CSV, Excel or Parquet.")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
