"""Finding a source's columns by their names, and saying what to do where they are not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.errors import DataError, nearest, plain_name
from analytics.tables.contract.contracts import CONTRACTS, Contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source.raw import Head, Raw

_OPEN_TO_DERIVATION = {"unique_id"}


@dataclass(frozen=True)
class Headers:
    """Where a source has what a table and its map ask for, by the source's own column names.

    Attributes
    ----------
    plain : canonical name to the column that holds it
    joined : canonical name to the columns of its parts; None for a label of columns that become rows
    lines : columns that become rows
    ruled : columns that the map's rules look at; None where a rule is passed over
    absent : canonical names that the source does not give
    """

    plain: dict[str, str]
    joined: dict[str, list[str | None]]
    lines: list[str]
    ruled: list[str | None]
    absent: list[str]


class _Finder:
    """Finds a source's columns by name, forgiving case, spaces, underscores and full-width forms."""

    def __init__(self, name: str, header: Sequence[str]) -> None:
        self._name, self._header = name, header
        self._plain: dict[str, list[str]] = {}
        for given in header:
            self._plain.setdefault(plain_name(given), []).append(given)

    def find(self, names: Sequence[str]) -> str | None:
        """Column that has one of the names, or None; refused where a name stands twice in the header."""
        for name in names:
            if self._header.count(name) > 1:
                raise DataError(f'{self._name}: the column "{name}" stands twice in the header. Rename or remove one.')
            exact = [name] if name in self._header else self._plain.get(plain_name(name), [])
            if len(exact) == 1:
                return exact[0]
        return None

    def needed(self, names: Sequence[str], why: str) -> str:
        """Column that has one of the names; refused where none has."""
        if found := self.find(names):
            return found
        raise DataError(
            f'{self._name}: column "{names[0]}", which the column map {why}, is not there.'
            f"{_near(names, self._header)} Columns found: {', '.join(self._header[:40])}."
        )


def found(raw: Raw, table: Contract, column_map: ColumnMap, wanted: Sequence[str] = ()) -> Headers:
    """Find every column that a table and a map ask for.

    Parameters
    ----------
    wanted : optional columns that this use needs

    Raises
    ------
    DataError
        A name stands twice, or a needed column is missing: named with the columns found and the nearest match, or the
        table that the file looks like.
    """
    finder, fields, unpivot = _Finder(raw.name, raw.header), column_map.for_table(table), column_map.unpivot
    plain = {
        name: header
        for name, field in fields.items()
        if not field.join and field.constant is None and (header := finder.find(field.sources))
    }
    lines = [finder.needed((name,), "turns into rows") for name in (unpivot.columns if unpivot else ())]
    ruled = [
        finder.find(rule.columns) if rule.where_there else finder.needed(rule.columns, "leaves out rows by")
        for rule in column_map.row_rules
    ]
    labels = unpivot.into if unpivot else ()
    joined = {
        name: [None if part[0] in labels else finder.needed(part, "joins with others") for part in field.join]
        for name, field in fields.items()
        if field.join
    }
    given = {*plain, *joined, *labels, *(name for name, field in fields.items() if field.constant is not None)}
    given |= {unpivot.values} if unpivot else set()
    given |= _OPEN_TO_DERIVATION if table.name == "receipts" else set()
    absent = [name for name in table.names if name not in given]
    _refuse_missing(raw, table, column_map, absent, wanted)
    return Headers(plain, joined, lines, ruled, absent)


def _near(names: Sequence[str], header: Sequence[str]) -> str:
    near = next((n for name in names if (n := nearest(name, header))), None)
    return f' Did you mean "{near}"?' if near else ""


def _refuse_missing(
    raw: Raw, table: Contract, column_map: ColumnMap, absent: Sequence[str], wanted: Sequence[str]
) -> None:
    """Refuse a source that lacks a column it needs: where names seem to stand instead, or what the file looks like."""
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
    said += _near(sought, raw.header)
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
