"""Columns of a large text that are cast while it is loaded: those whose first rows leave no doubt of their style.

The cast is the one that clean cells get anyway. A cell that it cannot take ends the load, and the text is loaded as it
stands: the careful way decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from analytics.errors import plain_name
from analytics.tables.contract.contracts import Column, Contract
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.values import figures, parse

_FIGURES = ("number", "integer")


@ibis.udf.scalar.builtin(name="error", signature=((str,), str))
def _refused(text):  # type: ignore[no-untyped-def]
    """End the query."""


class Casting:
    """What a contract and a map say of the columns of a text that is about to be loaded."""

    def __init__(self, rules: Contract, column_map: ColumnMap) -> None:
        self._rules, self._map = rules, column_map

    def columns(self, header: list[str], sample: ir.Table) -> dict[str, Column]:
        """Columns of the engine (c0, c1, ...) that are cast, with what they hold.

        Parameters
        ----------
        header : names of the text's columns
        sample : first rows as they stand
        """
        plain = self._map
        if plain.unpivot or plain.cumulative or plain.decimal or plain.calendar or plain.missing or plain.time_zone:
            return {}
        found = {place: self._rules[name] for name, place in self._places(header).items()}
        if not found:
            return {}
        seen = figures.counted(sample, [place for place, column in found.items() if column.kind in _FIGURES])
        told = {place: _told(counts) for place, counts in seen.items()}
        return {place: column for place, column in found.items() if told.get(place, True)}

    def _places(self, header: list[str]) -> dict[str, str]:
        """Column of the contract to the column of the engine, where a figure, date or flag is read as it stands."""
        plain = [plain_name(h) for h in header]
        used = [name for rule in self._map.row_rules for name in rule.columns]
        used += [name for field in self._map.fields.values() for part in field.join for name in part]
        found: dict[str, str] = {}
        for name, field in self._map.for_table(self._rules).items():
            kind = self._rules[name].kind
            if kind not in parse.FIGURES or field.codes or field.date_format or field.decimal or field.join:
                continue
            at = next((plain.index(p) for s in field.sources if (p := plain_name(s)) in plain), None)
            if at is not None and plain.count(plain[at]) == 1 and header[at] not in used:
                found[name] = f"c{at}"
        kinds: dict[str, set[str]] = {}
        for name, place in found.items():
            kinds.setdefault(place, set()).add(self._rules[name].kind)
        return {name: place for name, place in found.items() if len(kinds[place]) == 1}


def _told(counts: Mapping[str, int]) -> bool:
    """Whether first rows show a decimal point, or figures without any mark."""
    if counts["comma"] or counts["both_comma"]:
        return False
    return bool(counts["point"]) or not counts["both_point"]


def cast(text: ir.StringValue, column: Column, *, whole: bool) -> ir.Value:
    """Value of a clean cell; any other ends the query.

    Parameters
    ----------
    whole : no first row had a mark: the first that has one ends the query too
    """
    value = parse.quick(text, column, figures.Style(), mixed=False)
    if column.kind == "integer":
        value = value.cast("int64")
    odd = text.notnull() & value.isnull()
    if whole and column.kind in _FIGURES:
        odd = odd | text.contains(".")
    return ibis.cases((odd, _refused(text).cast(value.type())), else_=value)


def casts(casting: Casting, header: list[str], rows: ir.Table, sample: ir.Table) -> dict[str, ir.Value]:
    """Expressions of the columns that are cast while `rows` are loaded."""
    columns = casting.columns(header, sample)
    wanted = [place for place, column in columns.items() if column.kind in _FIGURES]
    marked = engine.one_row(sample.aggregate(**{p: sample[p].contains(".").any() for p in wanted})) if wanted else {}
    return {p: cast(rows[p], column, whole=not engine.is_true(marked.get(p, True))) for p, column in columns.items()}
