"""Finding a source's columns by their names, and saying what to do where they are not found."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.errors import DataError, nearest, plain_name
from analytics.tables.contract.contracts import CONTRACTS, Contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source.raw import Head, Raw

_OPEN_TO_DERIVATION = {"unique_id"}


class Finder:
    """Finds a source's columns by name, forgiving case, spaces, underscores and full-width forms."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.plain: dict[str, list[str]] = {}
        for header in raw.header:
            self.plain.setdefault(plain_name(header), []).append(header)

    def find(self, names: Sequence[str]) -> str | None:
        """Column that has one of the names, or None.

        Raises
        ------
        DataError
            A name stands twice in the header.
        """
        for name in names:
            if self.raw.header.count(name) > 1:
                raise DataError(
                    f'{self.raw.name}: the column "{name}" stands twice in the header. Rename or remove one.'
                )
            exact = [name] if name in self.raw.header else self.plain.get(plain_name(name), [])
            if len(exact) == 1:
                return exact[0]
        return None

    def needed(self, names: Sequence[str], why: str) -> str:
        """Column that has one of the names.

        Raises
        ------
        DataError
            None has.
        """
        if found := self.find(names):
            return found
        near = next((n for name in names if (n := nearest(name, self.raw.header))), None)
        hint = f' Did you mean "{near}"?' if near else ""
        raise DataError(
            f'{self.raw.name}: column "{names[0]}", which the column map {why}, is not there.{hint} '
            f"Columns found: {', '.join(self.raw.header[:40])}."
        )


def refuse_missing(
    raw: Raw, table: Contract, column_map: ColumnMap, absent: Sequence[str], wanted: Sequence[str]
) -> None:
    """Refuse a source that lacks a column it needs.

    Raises
    ------
    DataError
        Naming the column, where names seem to stand instead, the table that the file looks like, or the nearest match.
    """
    unknown = [name for name in wanted if name not in table.by_name]
    if unknown:
        raise DataError(f'"{unknown[0]}" is not a column of {table.name}. Columns: {", ".join(table.names)}.')
    needed = [name for name in (*table.required, *wanted) if name in absent]
    if not needed:
        return
    name, columns = needed[0], f"Columns found: {', '.join(raw.header[:40])}."
    sought = column_map.fields[name].sources if name in column_map.fields else (name,)
    said = f"{raw.name}: column {name} ({table[name].title.en}) is missing"
    said += "." if sought == (name,) or not sought else f" (the column map looks for {' or '.join(sought)})."
    if elsewhere := _names_elsewhere(raw, table, column_map):
        raise DataError(f"{said} {elsewhere}")
    other = _another_shape(raw.header, table)
    if other:
        raise DataError(f"{said} {other} {columns}")
    near = next((n for s in sought if (n := nearest(s, raw.header))), None)
    said += f' Did you mean "{near}"?' if near else ""
    if len(needed) > 1:
        columns += f" Also missing: {', '.join(dict.fromkeys(needed[1:]))}."
    raise DataError(
        f"{said} {columns} If the columns have other names, say so in a column map (--map); "
        f"{table.name} need at least {', '.join(dict.fromkeys((*table.required, *wanted)))}."
    )


def _names_elsewhere(raw: Raw, table: Contract, column_map: ColumnMap) -> str:
    """Where column names seem to stand: a further row, or another sheet; "" if nowhere better."""
    here = _score(tuple(raw.header), table, column_map)
    rows = [(line, row) for line, row in raw.head if _score(row, table, column_map) > max(here, 1)]
    sheets = [(name, line, row) for name, head in raw.sheets for line, row in _best(head, table, column_map)
              if name != raw.found.get("sheet") and _score(row, table, column_map) > max(here, 1)]  # fmt: skip
    if rows:
        line, row = max(rows, key=lambda r: _score(r[1], table, column_map))
        return (
            f"Column names seem to stand in row {line} ({', '.join(c for c in row if c)[:120]}): set "
            f"`header_row: {line}` in the column map. Row {_header_line(raw)} was taken for the names: "
            f"{', '.join(h for h in raw.header if h)[:120]}."
        )
    if sheets:
        name, line, row = max(sheets, key=lambda s: _score(s[2], table, column_map))
        row_too = f" and `header_row: {line}`" if line > 1 else ""
        return (
            f"Sheet {raw.found.get('sheet')} was read; column names seem to stand in sheet {name}, row {line} "
            f"({', '.join(c for c in row if c)[:120]}): set `sheet: {name}`{row_too} in the column map. "
            f"Sheets: {', '.join(n for n, _ in raw.sheets)}."
        )
    if len(raw.sheets) > 1:
        return (
            f"Sheet {raw.found.get('sheet')} was read; the workbook also holds "
            f"{', '.join(n for n, _ in raw.sheets if n != raw.found.get('sheet'))}: set `sheet:` in the column map to "
            f"read one of these. Columns found: {', '.join(h for h in raw.header if h)[:200]}."
        )
    return ""


def _header_line(raw: Raw) -> int:
    names = [" ".join(h.split()) for h in raw.header]
    return next((line for line, row in raw.head if [" ".join(c.split()) for c in row][: len(names)] == names), 1)


def _best(head: Head, table: Contract, column_map: ColumnMap) -> Head:
    return tuple(sorted(head, key=lambda r: -_score(r[1], table, column_map))[:1])


def _score(row: Sequence[str], table: Contract, column_map: ColumnMap) -> int:
    """How many of a table's columns a row of cells names, by the map, the contract or a shipped map."""
    cells = {plain_name(cell) for cell in row if cell}
    maps = [column_map] if column_map.fields else [m for m in every_shipped() if m.table == table.name]
    best = sum(plain_name(name) in cells for name in table.names)
    for known in maps:
        fields = known.fields.values()
        best = max(best, sum(any(plain_name(s) in cells for s in f.sources) for f in fields))
    return best


def _another_shape(header: Sequence[str], table: Contract) -> str:
    """Say what a file of the wrong table, or of a shape known by a shipped map, looks like; "" if like neither."""
    plain = {plain_name(h) for h in header}
    for known in every_shipped():
        wanted = [f.sources for f in known.fields.values() if f.sources]
        hits = sum(any(plain_name(s) in plain for s in names) for names in wanted)
        if len(wanted) >= 2 and hits >= 0.8 * len(wanted) and known.table:
            what = "" if known.table == table.name else f" It holds {known.table}, not {table.name}."
            title = known.title.en if known.title else known.name
            return f"This looks like {title}.{what} Read it with the column map {known.name} (--map {known.name})."
    scores = {c.name: sum(plain_name(n) in plain for n in c.names) for c in CONTRACTS.values()}
    best = max(scores, key=lambda name: scores[name])
    complete = all(plain_name(n) in plain for n in CONTRACTS[best].required if n not in _OPEN_TO_DERIVATION)
    if best != table.name and scores[best] > scores[table.name] and complete:
        return f"This looks like a file of {best}, not of {table.name}."
    return ""
