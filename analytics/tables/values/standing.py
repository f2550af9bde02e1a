"""Columns of a typed source that already stand as the contract wants them, found by a look at their distinct values.

A national file holds few distinct codes, countries and enterprises. When none of these values would be changed by
cleaning, no row needs to be cleaned, and the source can be used where it lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from analytics.tables.contract.contracts import Column
from analytics.tables.engine import connection as engine
from analytics.tables.values.lengths import CodeLengths, judge_lengths
from analytics.tables.values.numbers import Style
from analytics.tables.values.parse import cleaned, digits_lost, digits_of

TEXTS = ("id", "text", "code")
# Identifiers that no cleaning changes and that name no total ("Total-2024" would begin with one of the letters left
# out): one pass over the dearest column of a large file answers for both.
_PLAIN = r"^(?:[0-9A-FH-RU-Za-fh-ru-z][0-9A-Za-z/_.:-]*)?[0-9]$"


@dataclass(frozen=True)
class Standing:
    """A column that needs no cleaning.

    Attributes
    ----------
    column : contract of the column
    complete : no row lacks a value
    lengths : of a code's digits
    plain : of an identifier: letters and digits alone, the last one a digit, so that none of them names a total
    """

    column: Column
    complete: bool
    lengths: CodeLengths | None = None
    plain: bool = False

    def value_in(self, table: ir.Table) -> ir.Value:
        """Value in its canonical type."""
        value = table[self.column.name]
        return value if self.column.kind in TEXTS else _typed(value, self.column)


def standing(shaped: ir.Table, columns: Mapping[str, tuple[Column, Style]], key: str) -> dict[str, Standing]:
    """Columns that can be taken as they are; the others are read by `parse`.

    Parameters
    ----------
    shaped : source in canonical shape
    columns : name to its contract and the style of its source
    key : column with about as many distinct values as rows, which is looked at row by row
    """
    found: dict[str, Standing] = {}
    for name, (column, style) in columns.items():
        text = column.kind in TEXTS and shaped[name].type().is_string()
        if text and (known := _text(shaped, column, style, every_row=name == key)):
            found[name] = known
    return found | _figures(shaped, {n: c for n, (c, _) in columns.items() if _typed(shaped[n], c) is not None})


def _figures(shaped: ir.Table, figures: Mapping[str, Column]) -> dict[str, Standing]:
    """Typed figures, dates and flags, all in one pass; values are told apart by column only where one is odd."""
    if not figures:
        return {}
    odd = {n: o for n, c in figures.items() if (o := _odd(shaped[n], c)) is not None}
    there = {n: shaped[n].count() for n in figures}  # of a Parquet file its own statistics tell
    anything = {":odd": reduce(or_, odd.values()).any()} if odd else {}
    seen = engine.one_row(shaped.aggregate(**there, **anything, **{":rows": shaped.count()}))
    fit = list(figures)
    if odd and engine.is_true(seen[":odd"]):
        which = engine.one_row(shaped.aggregate(**{n: o.any() for n, o in odd.items()}))
        fit = [n for n in figures if n not in odd or not engine.is_true(which[n])]
    return {n: Standing(figures[n], int(seen[n]) == int(seen[":rows"])) for n in fit}


def _plain(shaped: ir.Table, column: Column) -> Standing | None:
    """Identifiers of which each is plain; None where some are not."""
    text = shaped[column.name]
    seen = engine.one_row(
        shaped.aggregate(bad=(~text.re_search(_PLAIN)).any(), there=text.count(), rows=shaped.count())
    )
    if engine.is_true(seen["bad"]):
        return None
    return Standing(column, int(seen["there"]) == int(seen["rows"]), plain=True)


def _text(shaped: ir.Table, column: Column, style: Style, *, every_row: bool) -> Standing | None:
    name = column.name
    if every_row and column.kind == "id" and not style.missing and (plain := _plain(shaped, column)):
        return plain
    values = shaped.select(name) if every_row else shaped.group_by(name).aggregate(rows=shaped.count())
    texts = cleaned(values, {name: (column, style)})
    text = texts[f"_t_{name}"]
    bad = ~text.identical_to(texts[name])
    if column.kind == "id":
        bad |= digits_lost(text).fill_null(False)
    if column.kind == "code":
        bad |= ~digits_of(text).identical_to(text)
    asked = {"bad": bad.any(), "missing": texts[name].isnull().any()}
    seen = engine.one_row(texts.aggregate(**asked))
    if engine.is_true(seen["bad"]):
        return None
    lengths = None
    if column.kind == "code":
        by_length = texts.mutate(length=text.length()).drop_null("length")
        counted = engine.fetch(by_length.group_by("length").aggregate(rows=by_length["rows"].sum()))
        lengths = judge_lengths({int(k): int(n) for k, n in counted.itertuples(index=False)})
        if lengths.restored or lengths.doubtful:
            return None
    return Standing(column, not engine.is_true(seen["missing"]), lengths)


def _typed(value: ir.Value, column: Column) -> ir.Value | None:
    """Figure, date or flag in its canonical type; None where the source holds it in another."""
    kind = value.type()
    if column.kind == "number" and kind.is_numeric():
        return value.cast("float64")
    if column.kind == "integer" and kind.is_integer() and not kind.is_uint64():
        return value.cast("int64")
    if column.kind in ("date", "time", "month") and (kind.is_date() or (kind.is_timestamp() and kind.timezone is None)):
        return value.cast("timestamp(6)")
    return value if column.kind == "flag" and kind.is_boolean() else None


def _odd(value: ir.Value, column: Column) -> ir.BooleanValue | None:
    """Whether a typed value is not yet what it must become; None where it always is."""
    if column.kind == "number" and value.type().is_floating():
        return (value - value) != 0  # neither infinite nor "not a number", and cheaper than to ask for both
    if column.kind in ("date", "month"):
        date = value.cast("timestamp(6)")
        return date != date.truncate("D" if column.kind == "date" else "M").cast("timestamp(6)")
    return None
