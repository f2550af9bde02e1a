"""Declaration lines made ready for price comparison: import lines, keys, unit values, and outliers kept apart.

Everything here is one chain of Ibis expressions on the engine of `analytics.tables`; no line reaches pandas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.errors import AnalystError
from analytics.language import Text
from analytics.statistics import MAD_TO_SD
from analytics.tables import Table, as_ibis
from analytics.tables.engine import connection as engine

NEEDED = ("date", "hs_code", "quantity", "value")
OPTIONAL_TEXT = ("district", "enterprise_id", "origin", "regime", "transport_mode", "unit", "declaration_id")
PRODUCT_KEYS = {"chapter": 2, "heading": 4, "subheading": 6}
KEYS = (
    "district",
    "chapter",
    "heading",
    "subheading",
    "product",
    "enterprise",
    "origin",
    "regime",
    "transport_mode",
    "period",
)
OUTLIER_KINDS = ("unit slip", "quantity and weight swapped", "extreme price")
_LN10 = math.log(10)
# How near to a power of ten a deviation must come to count as a slip of the decimal point, in robust spreads.
SLIP_NEARNESS = 2.5
# Fewer lines of an origin say little of its spread: back off to the product over all origins.
THIN_ORIGIN = 10


class ValuationError(AnalystError, ValueError):
    """Declarations that no price level can be computed from: what was found, what is needed, what to do."""


@dataclass(frozen=True)
class Prepared:
    """Lines ready for comparison.

    Attributes
    ----------
    lines : Ibis table, one row a line, with `unit_value`, `log_price`, keys, `tax_weight` and `kind` ("" where kept)
    kept : Ibis table, the lines that enter price levels
    weighted_by : "tax", or "value" where the declarations hold no tax
    currency : the currency of all values, or "" where none is given
    """

    lines: ir.Table
    kept: ir.Table
    weighted_by: str
    currency: str


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
    _require(table, NEEDED)
    for rule, reason in _rules(first, last):
        if isinstance(declarations, Table):
            if int(declarations.ibis.filter(~rule(declarations.ibis)).limit(1).count().execute()):
                declarations = declarations.keep(rule, reason)
        else:
            table = table.filter(rule(table))
    return declarations if isinstance(declarations, Table) else table


def needed(by: Sequence[str]) -> list[str]:
    """Columns of the declarations that a breakdown needs."""
    own = {_column(c) for c in by if c not in (*PRODUCT_KEYS, "product", "period")}
    return sorted({*own, *NEEDED})


def imports(declarations: Any) -> ir.Table:
    """Import lines with positive quantity and value.

    Raises
    ------
    ValuationError
        For missing columns.
    """
    table = as_ibis(declarations, (*NEEDED, *OPTIONAL_TEXT, "line_no", "net_mass_kg", "tax", "direction", "currency"))
    _require(table, NEEDED)
    for rule, _ in _rules(None, None):
        table = table.filter(rule(table))
    return table


def prepare(
    declarations: Any,
    *,
    product_digits: int = 0,
    outlier_threshold: float = 3.5,
    concordance: Mapping[str, str] | None = None,
    dimensions: Sequence[str] = (),
) -> Prepared:
    """Turn declarations into lines with a unit value, keys for comparison and an outlier flag.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    product_digits : int
        Digits of the HS code that make a product; 0 for all.
    outlier_threshold : float
        Robust standard deviations from the median of the product beyond which a line is set apart; 0 keeps all.
    concordance : mapping of old to new HS code, optional
        For a period that spans two HS editions.
    dimensions : keys that must be at hand

    Raises
    ------
    ValuationError
        For missing columns, no usable line, or values in several currencies.
    """
    table = imports(declarations)
    _require(table, [_column(d) for d in dimensions if d not in (*PRODUCT_KEYS, "product", "period")])
    currency = one_currency(table)
    lines, weighted_by = keyed(table, product_digits, concordance)
    ready = engine.store(lines, "lines")
    stored = engine.store(_flagged(ready, outlier_threshold), "lines")
    engine.drop(ready)
    kept = stored.filter(stored.kind == "")
    if not int(kept.count().execute()):
        raise ValuationError(
            "no import line with positive quantity and value is left. Check the columns quantity, value and direction."
        )
    return Prepared(stored, kept, weighted_by, currency)


def _column(dimension: str) -> str:
    return "enterprise_id" if dimension == "enterprise" else dimension


def _require(table: ir.Table, columns: Sequence[str]) -> None:
    missing = [c for c in columns if c not in table.columns]
    if missing:
        raise ValuationError(
            f"a price level needs the column {', '.join(missing)}. Columns found: {', '.join(table.columns)}. "
            "Map it in a column map, or choose another breakdown."
        )


def one_currency(table: ir.Table) -> str:
    """Currency of all values, "" where none is given.

    Raises
    ------
    ValuationError
        For values in several currencies.
    """
    if "currency" not in table.columns:
        return ""
    found = engine.fetch(table.group_by("currency").agg(lines=table.count()).order_by(ibis.desc("lines")))
    found = found[found["currency"].notna()]
    if len(found) > 1:
        listed = ", ".join(f"{r.currency} ({r.lines:,} lines)" for r in found.itertuples())
        raise ValuationError(
            f"column currency: values in {len(found)} currencies: {listed}. Convert them to one at the customs rate, "
            "or leave the others out in the column map."
        )
    return str(found["currency"].iloc[0]) if len(found) else ""


def keyed(
    table: ir.Table, product_digits: int = 0, concordance: Mapping[str, str] | None = None
) -> tuple[ir.Table, str]:
    """Lines with the keys and figures of a price comparison, and what weighs them ("tax" or "value")."""
    text = {
        name: (table[name].cast("string").fill_null("") if name in table.columns else ibis.literal(""))
        for name in OPTIONAL_TEXT
    }
    code = table.hs_code.cast("string")
    if concordance:
        code = code.cases(*[(old, new) for old, new in concordance.items()], else_=code)
    has_tax = "tax" in table.columns and float((table.tax.fill_null(0.0)).sum().execute() or 0) > 0
    weight = table.tax.fill_null(0.0).cast("float64") if has_tax else table.value.cast("float64")
    mass = table.net_mass_kg.cast("float64") if "net_mass_kg" in table.columns else ibis.null("float64")
    lines = table.select(
        declaration_id=text["declaration_id"],
        line_no=table.line_no.cast("int64") if "line_no" in table.columns else ibis.row_number().cast("int64"),
        month=table.date.cast("date").truncate("M").cast("date"),
        product=code.substr(0, product_digits) if product_digits else code,
        district=text["district"],
        enterprise=text["enterprise_id"],
        origin=text["origin"],
        regime=text["regime"],
        transport_mode=text["transport_mode"],
        unit=text["unit"],
        quantity=table.quantity.cast("float64"),
        value=table.value.cast("float64"),
        net_mass_kg=mass,
        tax_weight=weight,
        log_price=(table.value / table.quantity).cast("float64").ln(),
    )
    prefixes = {name: lines["product"].substr(0, digits) for name, digits in PRODUCT_KEYS.items()}
    return lines.mutate(**prefixes), "tax" if has_tax else "value"


def _flagged(lines: ir.Table, threshold: float) -> ir.Table:
    """Add `deviation` (log, from the product's median), `spread` (robust) and `kind` ("" for lines kept)."""
    narrow, wide = ["product", "unit", "origin"], ["product", "unit"]
    centred = lines
    for keys, name in ((narrow, "narrow"), (wide, "wide")):
        middle = lines.group_by(keys).agg(**{f"median_{name}": lines.log_price.median(), f"n_{name}": lines.count()})
        centred = centred.left_join(middle, keys).select(centred, middle[f"median_{name}"], middle[f"n_{name}"])
        centred = engine.checkpoint(centred)
    thin = centred.n_narrow < THIN_ORIGIN
    centred = centred.mutate(
        deviation=centred.log_price - ibis.ifelse(thin, centred.median_wide, centred.median_narrow), thin=thin
    )
    for keys, name in ((narrow, "narrow"), (wide, "wide")):
        spread = centred.group_by(keys).agg(**{f"mad_{name}": centred.deviation.abs().median()})
        centred = centred.left_join(spread, keys).select(centred, spread[f"mad_{name}"])
        centred = engine.checkpoint(centred)
    mad = ibis.ifelse(centred.thin, centred.mad_wide, centred.mad_narrow)
    centred = centred.mutate(spread=ibis.greatest(mad * MAD_TO_SD, 0.02))
    centred = centred.mutate(kind=_kind(centred, threshold))
    return centred.drop("median_narrow", "median_wide", "n_narrow", "n_wide", "mad_narrow", "mad_wide", "thin")


def _kind(lines: ir.Table, threshold: float) -> ir.StringValue:
    if not threshold:
        return ibis.literal("")
    off = lines.deviation
    power = (off / _LN10).round()
    slip = (power != 0) & ((off - power * _LN10).abs() <= SLIP_NEARNESS * lines.spread)
    # Value per kilogram in place of value per unit: the price fits once quantity and net mass change places.
    swapped_off = off + (lines.quantity / lines.net_mass_kg).ln()
    swapped = (lines.net_mass_kg > 0) & (swapped_off.abs() <= threshold * lines.spread)
    return ibis.cases(
        ((off.abs() <= threshold * lines.spread), ""),
        # Where both fit, the slip is the simpler story.
        (slip, OUTLIER_KINDS[0]),
        (swapped.fill_null(False), OUTLIER_KINDS[1]),
        else_=OUTLIER_KINDS[2],
    )
