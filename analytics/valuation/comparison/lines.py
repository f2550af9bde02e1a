"""Declaration lines made ready for price comparison: import lines, keys, unit values, and outliers kept apart.

Everything here is one chain of Ibis expressions on the engine of `analytics.tables`; no line reaches pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.errors import AnalystError
from analytics.language import Text
from analytics.tables import Table, as_ibis
from analytics.tables.currency import several
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import PRODUCT_KEYS
from analytics.valuation.comparison.units import in_one_unit

BAND = (0.95, 1.05)
NEEDED = ("date", "hs_code", "quantity", "value")
OPTIONAL_TEXT = ("district", "enterprise_id", "origin", "regime", "transport_mode", "unit", "declaration_id")
LIKE = ("specification", "brand", "transport_mode", "trade_term", "seller_id", "regime", "related_party", "size_class")
"""What may part goods of one code beyond unit and origin; a size class is a power of ten of the quantity."""


class ValuationError(AnalystError, ValueError):
    """Declarations that no price level can be computed from: what was found, what is needed, what to do."""


Rule = tuple[Callable[[ir.Table], ir.BooleanValue], Text]


def _rules(first: str | None, last: str | None) -> list[Rule]:
    def is_import(table: ir.Table) -> ir.BooleanValue:
        if "direction" not in table.columns:
            return ibis.literal(True)
        said = table.direction.fill_null("").lower()
        return said.isin(["import", "i", "进口", ""])

    rules: list[Rule] = [
        (is_import, Text("not an import", "非进口")),
        (
            lambda t: ((t.quantity > 0) & (t.value > 0)).fill_null(False),
            Text("no positive quantity and value: no unit price", "数量或价值非正，无法计算单价"),
        ),
    ]
    if first is not None:
        start = pd.Timestamp(first).date()
        rules.append((lambda t: t.date.cast("date") >= start, Text(f"before {first}", f"早于{first}")))
    if last is not None:
        stop = (pd.Timestamp(last) + pd.offsets.MonthEnd(0)).date()
        rules.append((lambda t: t.date.cast("date") <= stop, Text(f"after {last}", f"晚于{last}")))
    return rules


def usable(declarations: Any, *, first: str | None = None, last: str | None = None) -> Any:
    """Set aside what cannot enter a price: other than imports, and lines without positive quantity and value.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame
    first, last : first and last month ("2024-01"); all by default

    Returns
    -------
    A Table with its row accounting extended; an Ibis table where none was given.

    Raises
    ------
    ValuationError
        For missing columns.
    """
    table = as_ibis(declarations)
    require(table, NEEDED)
    for rule, reason in _rules(first, last):
        if isinstance(declarations, Table):
            if int(declarations.ibis.filter(~rule(declarations.ibis)).limit(1).count().execute()):
                declarations = declarations.keep(rule, reason)
        else:
            table = table.filter(rule(table))
    return declarations if isinstance(declarations, Table) else table


def needed(by: Sequence[str]) -> list[str]:
    """Columns of the declarations that a breakdown needs."""
    own = {column_of(c) for c in by if c not in (*PRODUCT_KEYS, "product", "period", "size_class")}
    return sorted({*own, *NEEDED})


def imports(declarations: Any, also: Sequence[str] = ()) -> ir.Table:
    """Import lines with positive quantity and value; `also` names further columns.

    Raises
    ------
    ValuationError
        For missing columns.
    """
    wanted = (*NEEDED, *OPTIONAL_TEXT, "line_no", "net_mass_kg", "tax", "direction", "currency", *also)
    table = _at_hand(as_ibis(declarations, wanted), wanted)
    require(table, NEEDED)
    for rule, _ in _rules(None, None):
        table = table.filter(rule(table))
    return table


def column_of(dimension: str) -> str:
    """Column of the declarations that a breakdown is made of."""
    return "enterprise_id" if dimension == "enterprise" else dimension


def require(table: ir.Table, columns: Sequence[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    ValuationError
        Names what is missing and what there is.
    """
    missing = [c for c in columns if c not in table.columns]
    if missing:
        raise ValuationError(
            f"a price level needs the column {', '.join(missing)}. Columns found: {', '.join(table.columns)}. "
            "Map it in a column map, or choose another breakdown."
        )


@dataclass(frozen=True)
class Seen:
    """What one pass over import lines tells before they are read.

    Attributes
    ----------
    currencies : lines by currency, the most first
    taxed : whether any tax is declared
    units : spellings of units, each with itself in small letters without spaces around it
    chapters : DataFrame chapter, lines; in the order of the chapters
    """

    currencies: pd.Series
    taxed: bool
    units: dict[str, str]
    chapters: pd.DataFrame

    @property
    def currency(self) -> str:
        """Currency of all values, "" where none is given; several are refused with a ValuationError."""
        if (said := several(self.currencies)) is not None:
            raise ValuationError(said)
        return str(self.currencies.index[0]) if len(self.currencies) else ""


def look(table: ir.Table, concordance: Mapping[str, str] | None = None) -> Seen:
    """Look through import lines once."""
    # By the whole code, of which no text is made anew for each line.
    keys = {"code": _code(table, concordance), "unit": _text(table, "unit")}
    keys["currency"] = table.currency if "currency" in table.columns else ibis.null("string")
    tax = table.tax.fill_null(0.0).sum() if "tax" in table.columns else ibis.literal(0.0)
    every = table.group_by(**keys).agg(lines=table.count(), tax=tax)
    found = engine.fetch(every.mutate(spelt=every["unit"].strip().lower()))
    currencies = found[found["currency"].notna()].groupby("currency")["lines"].sum()
    return Seen(
        currencies.sort_values(ascending=False, kind="stable"),
        bool(found["tax"].sum() > 0),
        dict(sorted(set(zip(found["unit"], found["spelt"], strict=True)))),
        found.groupby(found["code"].str[:2].rename("chapter"))["lines"].sum().reset_index(),
    )


def _at_hand(table: ir.Table, wanted: Sequence[str]) -> ir.Table:
    """Table in the suite's engine: one that lies in another DuckDB of the user's is copied, the columns in use only."""
    backend = table.get_backend()
    if backend.name != "duckdb" or backend is engine.connection():
        return table
    return engine.load_arrow(table.select([c for c in table.columns if c in wanted]).to_pyarrow())


def keyed(
    table: ir.Table,
    product_digits: int = 0,
    concordance: Mapping[str, str] | None = None,
    like: Sequence[str] = (),
    seen: Seen | None = None,
) -> tuple[ir.Table, str]:
    """Lines with the keys and figures of a price comparison, and what weighs them ("tax" or "value").

    Quantities in a unit of mass are given in kilograms, so that tonnes compare with kilograms and pounds; other units
    differ in their spelling only where letters are large or small.
    """
    seen = seen or look(table, concordance)
    text = {name: _text(table, name) for name in OPTIONAL_TEXT}
    code = _code(table, concordance)
    weight = table.tax.fill_null(0.0).cast("float64") if seen.taxed else table.value.cast("float64")
    mass = table.net_mass_kg.cast("float64") if "net_mass_kg" in table.columns else ibis.null("float64")
    unit, factor = in_one_unit(text["unit"], seen.units)
    quantity = table.quantity.cast("float64") * factor
    lines = table.select(
        declaration_id=text["declaration_id"],
        line_no=table.line_no.cast("int64") if "line_no" in table.columns else ibis.row_number().cast("int64"),
        month=table.date.cast("date").truncate("M").cast("date"),
        product=code.substr(0, product_digits) if product_digits else code,
        district=text["district"],
        enterprise=text["enterprise_id"],
        origin=text["origin"].strip().upper(),
        regime=text["regime"],
        transport_mode=text["transport_mode"],
        unit=unit,
        like=_like(table, quantity, like),
        quantity=quantity,
        value=table.value.cast("float64"),
        net_mass_kg=mass,
        tax_weight=weight,
        log_price=(table.value / quantity).cast("float64").ln(),
    )
    prefixes = {name: lines["product"].substr(0, digits) for name, digits in PRODUCT_KEYS.items()}
    return lines.mutate(**prefixes), "tax" if seen.taxed else "value"


def _code(table: ir.Table, concordance: Mapping[str, str] | None) -> ir.StringValue:
    code = table.hs_code.cast("string")
    return code.cases(*[(old, new) for old, new in concordance.items()], else_=code) if concordance else code


def _text(table: ir.Table, name: str) -> ir.StringValue:
    return table[name].cast("string").fill_null("") if name in table.columns else ibis.literal("")


def _like(table: ir.Table, quantity: ir.FloatingValue, like: Sequence[str]) -> ir.StringValue:
    """What parts goods beyond code, unit and origin, as one text."""
    joint = ibis.literal("")
    for name in like:
        part = quantity.log10().floor().cast("int64").cast("string") if name == "size_class" else _text(table, name)
        joint = joint + part + "|"
    return joint
