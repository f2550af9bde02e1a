"""A source brought into the shape of a canonical table: columns found and renamed, values unpivoted, rules applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.mapping.maps import ColumnMap, Field, Unpivot
from analytics.tables.shaping import finding
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
    at, fields = finding.found(raw, table, column_map, wanted), column_map.for_table(table)
    constants = [name for name, rule in fields.items() if rule.constant is not None]
    values = {n: ibis.literal(fields[n].constant) for n in constants}
    values |= {n: _coded(raw.column(header), fields[n]) for n, header in at.plain.items()}
    values = {name: values[name] for name in fields if name in values}
    parts = sorted({header for headers in at.joined.values() for header in headers if header})
    base = raw.table.select(
        RECORD, **{f"_v_{k}": v for k, v in values.items()}, **{RULE: _rule(raw, column_map, at.ruled)},
        **{f"_j_{raw.header.index(h)}": raw.column(h).cast("string").strip() for h in parts},
        **{f"_u_{i}": raw.column(header).cast("string") for i, header in enumerate(at.lines)},
    )  # fmt: skip
    long, unpivot = _unpivoted(base, column_map.unpivot), column_map.unpivot
    amounts = {unpivot.values: long["_value"]} if unpivot else {}
    shaped = _derived(long.select(
        RECORD, RULE, PART,
        **{k: long[f"_v_{k}"] for k in values},
        **{k: long[k] for k in (unpivot.into if unpivot else ()) if k not in at.joined},
        **{k: _joined(long, fields[k], raw.header, headers) for k, headers in at.joined.items()},
        **amounts,
    ), table)  # fmt: skip
    shaped = shaped.select(RECORD, RULE, PART, *[name for name in table.names if name in shaped.columns])
    origin = {n: [h] for n, h in at.plain.items()} | {n: [h for h in hs if h] for n, hs in at.joined.items()}
    origin |= {unpivot.values: at.lines} if unpivot else {}
    used = {*at.ruled, *(header for headers in origin.values() for header in headers)}
    return Shaped(shaped, origin, [h for h in raw.header if h not in used], at.absent, constants)


def _coded(value: ir.Value, rule: Field) -> ir.Value:
    if not rule.codes:
        return value
    text = value.cast("string").strip()
    return ibis.cases(*[(text == code, ibis.literal(meaning)) for code, meaning in rule.codes.items()], else_=text)


def _rule(raw: Raw, column_map: ColumnMap, ruled: Sequence[str | None]) -> ir.Value:
    """Number of the rule that leaves a row out."""
    cases = []
    for number, (rule, header) in enumerate(zip(column_map.row_rules, ruled, strict=True)):
        if header is None:
            continue
        text = raw.column(header).cast("string").strip()
        hit = text.isin(rule.equals) if rule.equals else ibis.literal(False)
        if rule.not_equals:
            hit |= ~text.isin(rule.not_equals)
        if rule.matches:
            hit |= text.re_search(rule.matches)
        if rule.empty:
            hit |= text.isnull() | (text == "")
        cases.append((hit.fill_null(False), ibis.literal(number, "int32")))
    return ibis.cases(*cases) if cases else ibis.null("int32")


def _joined(long: ir.Table, rule: Field, header: Sequence[str], at: Sequence[str | None]) -> ir.Value:
    """Columns (or labels of columns that became rows) written one after the other."""
    pieces = [
        long[part[0]] if column is None else long[f"_j_{header.index(column)}"]
        for part, column in zip(rule.join, at, strict=True)
    ]
    return ibis.literal(rule.between).join(pieces)


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
