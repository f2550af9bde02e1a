"""A source brought into the shape of a canonical table: columns found and renamed, values unpivoted, rules applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from analytics.errors import DataError, nearest, plain_name
from analytics.tables.contract.contracts import CONTRACTS, Contract
from analytics.tables.mapping.maps import ColumnMap, Field, Unpivot, every_shipped
from analytics.tables.source.raw import RECORD, Raw

PART = "_part"
RULE = "_rule"
_OPEN_TO_DERIVATION = {"unique_id"}


@dataclass
class Shaped:
    """A source in canonical shape, not yet parsed.

    Attributes
    ----------
    table : canonical names, values as they stand in the source; `_record`; `_rule` (number of the map's rule that
        leaves the row out)
    origin : canonical name to the source's column names
    ignored, absent : source columns not used; canonical columns not there
    """

    table: ir.Table
    origin: dict[str, list[str]]
    ignored: list[str]
    absent: list[str]
    constants: list[str] = field(default_factory=list)


def shape(raw: Raw, table: Contract, column_map: ColumnMap, wanted: Sequence[str] = ()) -> Shaped:
    """Bring a source into canonical shape.

    Parameters
    ----------
    wanted : optional columns that this use needs

    Raises
    ------
    DataError
        A needed column is missing: named with the columns found and the nearest match, or the table that the file
        looks like.
    """
    finder = _Finder(raw)
    fields = column_map.for_table(table)
    origin: dict[str, list[str]] = {}
    values: dict[str, ir.Value] = {}
    labels = column_map.unpivot.into if column_map.unpivot else ()
    joins: dict[str, Field] = {}
    for name, rule in fields.items():
        if rule.join:
            joins[name] = rule
            origin[name] = [h for part in rule.join if (h := finder.find((part,)))]
        elif rule.constant is not None:
            values[name] = ibis.literal(rule.constant)
        elif header := finder.find(rule.sources):
            origin[name] = [header]
            values[name] = _coded(raw.column(header), rule)
    base = raw.table.select(
        RECORD,
        **{f"_v_{k}": v for k, v in values.items()},
        **_rule_column(raw, column_map, finder),
        **_join_parts(raw, joins, finder),
        **_unpivot_parts(raw, column_map.unpivot, finder, origin),
    )
    shaped = _unpivoted(base, column_map.unpivot)
    shaped = shaped.select(
        RECORD, RULE, PART,
        **{k: shaped[f"_v_{k}"] for k in values},
        **{k: shaped[k] for k in labels},
        **{k: _joined(shaped, k, rule, raw, labels) for k, rule in joins.items()},
        **({column_map.unpivot.values: shaped["_value"]} if column_map.unpivot else {}),
    )  # fmt: skip
    shaped = _derived(shaped, table)
    shaped = shaped.select(RECORD, RULE, PART, *[name for name in table.names if name in shaped.columns])
    absent = [name for name in table.names if name not in shaped.columns]
    _refuse_missing(raw, table, column_map, absent, wanted)
    used = {header for headers in origin.values() for header in headers} | set(finder.used)
    ignored = [header for header in raw.header if header not in used]
    return Shaped(shaped, origin, ignored, absent, [k for k, f in fields.items() if f.constant is not None])


class _Finder:
    """Finds a source's columns by name, forgiving case, spaces, underscores and full-width forms."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.plain: dict[str, list[str]] = {}
        for header in raw.header:
            self.plain.setdefault(plain_name(header), []).append(header)
        self.used: list[str] = []

    def find(self, names: Sequence[str]) -> str | None:
        for name in names:
            if self.raw.header.count(name) > 1:
                raise DataError(
                    f'{self.raw.name}: the column "{name}" stands twice in the header. Rename or remove one.'
                )
            exact = [name] if name in self.raw.header else self.plain.get(plain_name(name), [])
            if len(exact) == 1:
                self.used.append(exact[0])
                return exact[0]
        return None


def _coded(value: ir.Value, rule: Field) -> ir.Value:
    if not rule.codes:
        return value
    text = value.cast("string").strip()
    return ibis.cases(*[(text == code, ibis.literal(meaning)) for code, meaning in rule.codes.items()], else_=text)


def _rule_column(raw: Raw, column_map: ColumnMap, finder: _Finder) -> dict[str, ir.Value]:
    cases = []
    for number, rule in enumerate(column_map.row_rules):
        header = finder.find((rule.column,))
        if header is None:
            near = nearest(rule.column, raw.header)
            hint = f' Did you mean "{near}"?' if near else ""
            raise DataError(
                f'{raw.name}: the column map leaves out rows by column "{rule.column}", which is not there.{hint}'
            )
        text = raw.column(header).cast("string").strip()
        hit = text.isin(rule.equals) if rule.equals else ibis.literal(False)
        if rule.matches:
            hit |= text.re_search(rule.matches)
        if rule.empty:
            hit |= text.isnull() | (text == "")
        cases.append((hit.fill_null(False), ibis.literal(number, "int32")))
    return {RULE: ibis.cases(*cases) if cases else ibis.null("int32")}


def _join_parts(raw: Raw, joins: dict[str, Field], finder: _Finder) -> dict[str, ir.Value]:
    parts = {}
    for rule in joins.values():
        for part in rule.join:
            if header := finder.find((part,)):
                parts[f"_j_{raw.header.index(header)}"] = raw.column(header).cast("string").strip()
    return parts


def _joined(shaped: ir.Table, name: str, rule: Field, raw: Raw, labels: Sequence[str]) -> ir.Value:
    pieces = []
    for part in rule.join:
        if part in labels:
            pieces.append(shaped[part])
            continue
        header = _Finder(raw).find((part,))
        if header is None:
            near = nearest(part, raw.header)
            hint = f' Did you mean "{near}"?' if near else ""
            raise DataError(f'{raw.name}: column "{part}", which the column map joins into {name}, is not there.{hint}')
        pieces.append(shaped[f"_j_{raw.header.index(header)}"])
    return ibis.literal(rule.between).join(pieces)


def _unpivot_parts(
    raw: Raw, unpivot: Unpivot | None, finder: _Finder, origin: dict[str, list[str]]
) -> dict[str, ir.Value]:
    if unpivot is None:
        return {}
    parts, found = {}, []
    for number, name in enumerate(unpivot.columns):
        header = finder.find((name,))
        if header is None:
            near = nearest(name, raw.header)
            hint = f' Did you mean "{near}"?' if near else ""
            raise DataError(
                f'{raw.name}: column "{name}", which the column map turns into rows, is not there.{hint} '
                f"Columns found: {', '.join(raw.header)}."
            )
        found.append(header)
        parts[f"_u_{number}"] = raw.column(header).cast("string")
    origin[unpivot.values] = found
    return parts


def _unpivoted(base: ir.Table, unpivot: Unpivot | None) -> ir.Table:
    if unpivot is None:
        return base.mutate(**{PART: ibis.literal(0, "int32")})
    kept = [c for c in base.columns if not c.startswith("_u_")]
    parts = []
    for number, labels in enumerate(unpivot.columns.values()):
        named = {into: ibis.literal(label) for into, label in zip(unpivot.into, labels, strict=True)}
        parts.append(base.select(*kept, **named, _value=base[f"_u_{number}"], **{PART: ibis.literal(number, "int32")}))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _derived(shaped: ir.Table, table: Contract) -> ir.Table:
    """A series without a name is named by what it holds."""
    if table.name != "receipts" or "unique_id" in shaped.columns:
        return shaped
    by = [shaped[c].cast("string") for c in ("tax_item", "district") if c in shaped.columns]
    return shaped.mutate(unique_id=ibis.literal("/").join(by) if by else ibis.literal("total"))


def _refuse_missing(raw: Raw, table: Contract, column_map: ColumnMap, absent: list[str], wanted: Sequence[str]) -> None:
    unknown = [name for name in wanted if name not in table.by_name]
    if unknown:
        raise DataError(f'"{unknown[0]}" is not a column of {table.name}. Columns: {", ".join(table.names)}.')
    needed = [name for name in (*table.required, *wanted) if name in absent]
    if not needed:
        return
    name, columns = needed[0], f"Columns found: {', '.join(raw.header[:40])}."
    sought = column_map.fields[name].sources if name in column_map.fields else (name,)
    said = f"{raw.name}: column {name} ({table[name].title.en}) is missing"
    said += f", sought as {' or '.join(map(repr, sought))}." if sought not in ((name,), ()) else "."
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
