"""First column map for declarations, or for statistics of trade by goods."""

from __future__ import annotations

from analytics.errors import plain_name
from analytics.tables.contract.contracts import contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.plausible.declarations import flow_of
from analytics.tables.start import kinds
from analytics.tables.start.phrases import part
from analytics.tables.start.seen import Lines, Seen, negatives, quoted
from analytics.tables.start.words import columns_named
from analytics.tables.values.stated import stated_currency, stated_factor, units_above

_KEY = ("date", "hs_code", "origin", "district", "enterprise_id")  # what tells lines apart where no number does


def declared(seen: Seen) -> Lines | None:
    """Lines of the map and headers used; None without a code of goods and a date."""
    named = columns_named(seen.header, "declarations", seen.values)
    date, dates = _date(seen, named)
    if "hs_code" not in named or not date:
        return None
    named = {n: h for n, h in named.items() if n == "date" or h not in dates}
    lines = ["columns:"]
    if "declaration_id" not in named:
        parts = [*dates, *(named[n] for n in _KEY[1:] if n in named)]
        named.pop("line_no", None)  # numbers of lines tell them apart only within a declaration
        lines.append(f"  declaration_id: {{join: [{', '.join(map(quoted, parts))}]}}  # no number of its own")
    rules = {n: _field(n, h, seen) for n, h in named.items()} | {"date": date}
    unit, quantity = _quantity(seen, named, rules)
    lines += [f"  {n}: {rule}" for n, rule in rules.items() if n not in ("unit", "quantity")] + quantity + unit
    if "currency" not in named and (currency := stated_currency(named.get("value", ""))):
        lines.append(f"  currency: {{constant: {currency}}}  # the header of the values says so")
    return [*lines, *negatives(list(named.values()), seen)], {*named.values(), *dates}


def _date(seen: Seen, named: dict[str, str]) -> tuple[str, list[str]]:
    """Where the date comes from, and the headers: one column, or a year and a month in two; "" where neither."""
    column = named.get("date")
    if column and not kinds.are_months(seen.values(column)) and not kinds.are_years(seen.values(column)):
        return quoted(column), [column]
    years = [h for h in part(seen.header, "years") if kinds.are_years(seen.values(h))]
    months = [h for h in part(seen.header, "months") if kinds.are_months(seen.values(h))]
    if not years or not months:
        return "", []
    return f"{{join: [{quoted(years[0])}, {quoted(months[0])}]}}", [years[0], months[0]]


def _quantity(seen: Seen, named: dict[str, str], rules: dict[str, str]) -> tuple[list[str], list[str]]:
    """Lines of unit and quantity: a quantity without a unit is worth nothing, a mass is always in kilograms."""
    if "quantity" in named and "unit" in named:
        return [f"  unit: {rules['unit']}"], [f"  quantity: {rules['quantity']}"]
    kilograms = stated_factor(contract("declarations")["net_mass_kg"], named.get("quantity", ""))
    if kilograms is not None:  # the header of the quantity names a mass
        more = f"{{from: {quoted(named['quantity'])}, factor: {kilograms:g}}}"
        rule = quoted(named["quantity"]) if kilograms == 1 else more
        return ["  unit: {constant: kg}  # the header of the quantity says so"], [f"  quantity: {rule}"]
    if "net_mass_kg" in named:
        weight, _, _ = rules["net_mass_kg"].partition("  #")
        return ["  unit: {constant: kg}"], [f"  quantity: {weight}  # priced by the kilogram"]
    return [], [f"  quantity: {rules['quantity']}"] if "quantity" in named else []


def _field(name: str, header: str, seen: Seen) -> str:
    """Where a column of declarations comes from: with the codes of a shipped map, and the factor that its unit asks."""
    column = contract("declarations")[name]
    more, why = [], ""
    known = [m.fields[name] for m in every_shipped() if m.table == "declarations" and name in m.fields]
    codes = next((k.codes for k in known if k.codes and plain_name(header) in map(plain_name, k.sources)), {})
    if name == "direction" and not codes:
        codes = {v: flow for v in seen.values(header) if (flow := flow_of(v))}
    if codes:
        more.append("codes: {" + ", ".join(f'"{k}": "{v}"' for k, v in codes.items()) + "}")
    factor, where = stated_factor(column, header), "the header states the unit"
    if factor is None and column.kind == "number":
        found = [f for text in units_above(seen.above) if (f := stated_factor(column, f"x ({text})")) is not None]
        factor, where = (found[0] if found else None), "the lines above state the unit"
    if factor is not None and factor != 1:
        more.append(f"factor: {factor:g}")
        why = f"  # {where}"
    return f"{{from: {quoted(header)}, {', '.join(more)}}}{why}" if more else quoted(header)
