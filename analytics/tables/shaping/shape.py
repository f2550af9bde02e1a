"""A source brought into the shape of a canonical table: columns found and renamed, values unpivoted, rules applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.mapping.maps import ColumnMap, Field, Unpivot
from analytics.tables.shaping.finding import Finder, refuse_missing
from analytics.tables.source.raw import RECORD, Raw

PART = "_part"
RULE = "_rule"


@dataclass(frozen=True)
class Shaped:
    """A source in canonical shape, not yet parsed.

    Attributes
    ----------
    table : canonical names, values as they stand in the source; `_record`; `_rule` (number of the map's rule that
        leaves the row out)
    origin : canonical name to the source's column names
    ignored, absent : source columns not used; canonical columns not there
    constants : columns that the map fills
    """

    table: ir.Table
    origin: dict[str, list[str]]
    ignored: list[str]
    absent: list[str]
    constants: list[str]


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
    finder = Finder(raw)
    fields = column_map.for_table(table)
    constants = [name for name, rule in fields.items() if rule.constant is not None]
    joins = {name: rule for name, rule in fields.items() if rule.join}
    plain = {n: h for n, r in fields.items() if n not in joins and n not in constants and (h := finder.find(r.sources))}
    lines = _lines(raw, column_map, finder)
    values = {n: ibis.literal(fields[n].constant) for n in constants}
    values |= {n: _coded(raw.column(header), fields[n]) for n, header in plain.items()}
    values = {name: values[name] for name in fields if name in values}
    labels = column_map.unpivot.into if column_map.unpivot else ()
    rules, rule_headers = _rule_column(raw, column_map, finder)
    base = raw.table.select(
        RECORD, **{f"_v_{k}": v for k, v in values.items()}, **rules, **_join_parts(raw, joins, finder, labels),
        **{f"_u_{i}": raw.column(header).cast("string") for i, header in enumerate(lines)},
    )  # fmt: skip
    long = _unpivoted(base, column_map.unpivot)
    amounts = {column_map.unpivot.values: long["_value"]} if column_map.unpivot else {}
    long = long.select(
        RECORD, RULE, PART,
        **{k: long[f"_v_{k}"] for k in values},
        **{k: long[k] for k in labels if k not in joins},
        **{k: _joined(long, rule, raw, finder, labels) for k, rule in joins.items()},
        **amounts,
    )  # fmt: skip
    shaped = _derived(long, table)
    shaped = shaped.select(RECORD, RULE, PART, *[name for name in table.names if name in shaped.columns])
    absent = [name for name in table.names if name not in shaped.columns]
    refuse_missing(raw, table, column_map, absent, wanted)
    origin = _origin(plain, joins, column_map.unpivot, lines, finder)
    used = {header for headers in origin.values() for header in headers} | set(rule_headers)
    return Shaped(shaped, origin, [h for h in raw.header if h not in used], absent, constants)


def _origin(
    plain: dict[str, str], joins: dict[str, Field], unpivot: Unpivot | None, lines: list[str], finder: Finder
) -> dict[str, list[str]]:
    """Canonical name to the source's column names."""
    joined = {n: [h for part in rule.join if (h := finder.find(part))] for n, rule in joins.items()}
    return {n: [h] for n, h in plain.items()} | joined | ({unpivot.values: lines} if unpivot else {})


def _coded(value: ir.Value, rule: Field) -> ir.Value:
    if not rule.codes:
        return value
    text = value.cast("string").strip()
    return ibis.cases(*[(text == code, ibis.literal(meaning)) for code, meaning in rule.codes.items()], else_=text)


def _rule_column(raw: Raw, column_map: ColumnMap, finder: Finder) -> tuple[dict[str, ir.Value], list[str]]:
    """Number of the rule that leaves a row out, and the columns that the rules look at."""
    cases, headers = [], []
    for number, rule in enumerate(column_map.row_rules):
        header = finder.find(rule.columns)
        if header is None and rule.where_there:
            continue
        header = header or finder.needed(rule.columns, "leaves out rows by")
        headers.append(header)
        text = raw.column(header).cast("string").strip()
        hit = text.isin(rule.equals) if rule.equals else ibis.literal(False)
        if rule.not_equals:
            hit |= ~text.isin(rule.not_equals)
        if rule.matches:
            hit |= text.re_search(rule.matches)
        if rule.empty:
            hit |= text.isnull() | (text == "")
        cases.append((hit.fill_null(False), ibis.literal(number, "int32")))
    return {RULE: ibis.cases(*cases) if cases else ibis.null("int32")}, headers


def _join_parts(raw: Raw, joins: dict[str, Field], finder: Finder, labels: Sequence[str]) -> dict[str, ir.Value]:
    headers = {h for rule in joins.values() for part in rule.join if part[0] not in labels and (h := finder.find(part))}
    return {f"_j_{raw.header.index(h)}": raw.column(h).cast("string").strip() for h in sorted(headers)}


def _joined(long: ir.Table, rule: Field, raw: Raw, finder: Finder, labels: Sequence[str]) -> ir.Value:
    """Columns (or labels of an unpivoted one) written one after the other."""
    pieces = []
    for part in rule.join:
        if part[0] in labels:
            pieces.append(long[part[0]])
        else:
            pieces.append(long[f"_j_{raw.header.index(finder.needed(part, 'joins with others'))}"])
    return ibis.literal(rule.between).join(pieces)


def _lines(raw: Raw, column_map: ColumnMap, finder: Finder) -> list[str]:
    """Columns that are turned into rows."""
    names = column_map.unpivot.columns if column_map.unpivot else ()
    return [finder.needed((name,), "turns into rows") for name in names]


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
