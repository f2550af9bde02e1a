"""Lines of a first column map: which header holds which column, and in what unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.errors import fold_width, plain_name
from analytics.language import parse_unit
from analytics.tables.contract.contracts import contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.plausible.declarations import flow_of
from analytics.tables.plausible.measures import no_revenue
from analytics.tables.start.words import CUMULATIVE, MONTHS, YEARS, columns_named
from analytics.tables.values.spellings import family_of
from analytics.tables.values.stated import UNIT_MULTIPLIERS, stated_currency, stated_factor
from analytics.tables.values.totals import is_total

LABELS = ("year-month", "six digits", "name, short year", "name year", "month/year", "quarter", "year.month", "year")
_IDS = ("district", "tax_item", "unit", "currency", "unique_id")
_NO_UNIT = "  # unit: {constant: CNY million}  # no unit is given: say it, and the page will"


@dataclass(frozen=True)
class Seen:
    """A header and what stands around it.

    Attributes
    ----------
    header : column names
    above : cells above the header
    values : distinct values of a column, a few
    """

    header: Sequence[str]
    above: tuple[str, ...]
    values: Callable[[str], list[str]]


Lines = tuple[list[str], set[str]]


def map_lines(seen: Seen, table: str) -> Lines | None:
    """Lines of a column map and the headers that it uses; None where the table cannot be made of them."""
    named = columns_named(seen.header, table)
    if table == "declarations":
        return _declarations(seen, named) if {"hs_code", "date"} <= set(named) else None
    return _wide(seen, named) or _labelled(seen, named) or _long(seen, named)


def label_of(text: str) -> str:
    """Spelling of a period in a header; "" where it names none."""
    name, meant = family_of(fold_width(text))
    return name if name in LABELS and any(1950 < p.day.year < 2100 for p in meant.values()) else ""


def _declarations(seen: Seen, named: dict[str, str]) -> Lines:
    lines = ["columns:"]
    if "declaration_id" not in named:
        parts = [named[n] for n in ("date", "hs_code", "origin", "district", "enterprise_id") if n in named]
        lines.append(f"  declaration_id: {{join: [{', '.join(map(quoted, parts))}]}}  # no number of its own")
    rules = {n: _field(n, h, seen) for n, h in named.items()}
    lines += [f"  {n}: {rule}" for n, rule in rules.items() if n != "unit" or "quantity" in named]
    if "quantity" not in named and "net_mass_kg" in named:
        weight, _, _ = rules["net_mass_kg"].partition("  #")
        lines += [f"  quantity: {weight}  # priced by the kilogram", "  unit: {constant: kg}"]
    if "currency" not in named and (currency := stated_currency(named.get("value", ""))):
        lines.append(f"  currency: {{constant: {currency}}}  # the header of the values says so")
    return lines, set(named.values())


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
        found = [f for text in _units_above(seen.above) if (f := stated_factor(column, f"x ({text})")) is not None]
        factor, where = (found[0] if found else None), "the lines above state the unit"
    if factor is not None and factor != 1:
        more.append(f"factor: {factor:g}")
        why = f"  # {where}"
    return f"{{from: {quoted(header)}, {', '.join(more)}}}{why}" if more else quoted(header)


def _long(seen: Seen, named: dict[str, str]) -> Lines | None:
    if not {"ds", "y"} <= set(named):
        return None
    named = {n: h for n, h in named.items() if n != "unit"} if _multiplier(seen) else named
    lines = ["columns:"]
    year = next((h for h in seen.header if plain_name(h) in map(plain_name, YEARS) and h != named["ds"]), None)
    if year and all(plain_name(v) in MONTHS for v in seen.values(named["ds"])):
        lines.append(f"  ds: {{join: [{quoted(year)}, {quoted(named['ds'])}]}}")
    else:
        lines.append(f"  ds: {quoted(named['ds'])}")
    lines += [f"  {name}: {quoted(h)}" for name, h in named.items() if name != "ds"]
    lines += _unit_line(named["y"], named, seen) + _cumulative([named["y"]]) + _frequency(seen)
    return lines, set(named.values()) | ({year} if year else set())


def _wide(seen: Seen, named: dict[str, str]) -> Lines | None:
    """Years down, months across."""
    year = next((h for h in seen.header if plain_name(h) in map(plain_name, YEARS)), None)
    months = {h: MONTHS[plain_name(h)] for h in seen.header if h != year and plain_name(h) in MONTHS}
    if year is None or len(months) < 2:
        return None
    ids = {n: h for n, h in named.items() if n in _IDS and h not in months}
    lines = ["columns:", f"  ds: {{join: [{quoted(year)}, ds]}}", *(f"  {n}: {quoted(h)}" for n, h in ids.items())]
    labels = ", ".join(f'{quoted(h)}: "{m:02d}"' for h, m in months.items())
    lines += [*_unit_line("", ids, seen), f"unpivot: {{into: ds, values: y, columns: {{{labels}}}}}"]
    return lines, {year, *months, *ids.values()}


def _labelled(seen: Seen, named: dict[str, str]) -> Lines | None:
    """Items down, periods across; or periods down and items across."""
    kinds = [label_of(h) for h in seen.header]
    finest = min((k for k in kinds if k), key=lambda k: {"year": 2, "quarter": 1}.get(k, 0), default="")
    months = tuple(k for k in LABELS if k not in ("year", "quarter"))
    wanted = (finest,) if finest in ("year", "quarter") else months  # a year beside its months adds them up
    labels = [h for h, k in zip(seen.header, kinds, strict=True) if k in wanted]
    if len(labels) >= 3:
        periods = {h for h, k in zip(seen.header, kinds, strict=True) if k}
        ids = {n: h for n, h in named.items() if n in _IDS and h not in periods}
        first = next((h for h in seen.header if h and h not in periods and h not in ids.values()), None)
        ids |= {"unique_id": first} if first and not {"unique_id", "tax_item", "district"} & set(ids) else {}
        lines = ["columns:", *(f"  {n}: {quoted(h)}" for n, h in ids.items()), *_unit_line("", ids, seen)]
        return [*lines, _across(labels, "ds")], {*labels, *ids.values()}
    year = next((h for h in seen.header if plain_name(h) in map(plain_name, YEARS)), None)
    named = named if "ds" in named or year is None else {"ds": year, **named}
    if "ds" in named and "y" not in named:
        ids = {n: h for n, h in named.items() if n in ("ds", "district", "unit", "currency", "vintage")}
        amounts = _amounts([h for h in seen.header if h and h not in ids.values()])
        if amounts:
            lines = ["columns:", *(f"  {n}: {quoted(h)}" for n, h in ids.items()), *_unit_line(amounts[0], ids, seen)]
            return [*lines, _across(amounts, "tax_item"), *_cumulative(amounts)], {*amounts, *ids.values()}
    return None


def _amounts(headers: list[str]) -> list[str]:
    """Columns of amounts: without growth, plans and counts, sums since January beside months, totals beside parts."""
    found = [h for h in headers if no_revenue(h) is None] or headers
    for leave in (_runs, is_total):
        found = [h for h in found if not leave(h)] or found
    return found


def _across(headers: list[str], into: str) -> str:
    across = ", ".join(f"{quoted(h)}: {quoted(h)}" for h in headers)
    return f"unpivot: {{into: {into}, values: y, columns: {{{across}}}}}"


def _runs(header: str) -> bool:
    return any(word in header.lower() for word in CUMULATIVE)


def _cumulative(amounts: list[str]) -> list[str]:
    said = "cumulative: true  # the name says that amounts run from January on"
    return [said] if all(map(_runs, amounts)) else []


def _unit_line(amount: str, named: dict[str, str], seen: Seen) -> list[str]:
    """Unit that stands in the header of the amounts or above it, or a line to fill in."""
    if multiplier := _multiplier(seen):
        measures = [h for h in seen.header if _bare(h) in ("unitmeasure", "currency")]
        powers, units = seen.values(multiplier), seen.values(measures[0]) if measures else []
        if len(powers) == len(units) == 1:
            unit = f"  unit: {{constant: {quoted(f'{_code(units[0])} 10^{_code(powers[0])}')}}}"
            return [unit, f"leave_out_columns: [{quoted(multiplier)}]"]
        if measures:
            return [f'  unit: {{join: [{quoted(measures[0])}, {quoted(multiplier)}], between: " 10^"}}']
    if "unit" in named:
        return []
    inside = re.findall(r"[(（\[]([^)）\]]+)[)）\]]", amount)
    for text in [t.removeprefix("单位：").removeprefix("单位:") for t in inside] + _units_above(seen.above):
        try:
            parse_unit(text)
        except ValueError:
            continue
        return [f"  unit: {{constant: {quoted(text)}}}"]
    return [_NO_UNIT]


def _units_above(above: Sequence[str]) -> list[str]:
    """Units that lines above the header state: 单位：万元、吨, (in millions of rand), Unit: USD thousand."""
    found = []
    for cell in above:
        stated = re.search(r"(?:单位|單位|unit|units)\s*[:：]\s*(.+)", cell, re.I)
        within = re.search(r"\b(in (?:thousands?|millions?|billions?) (?:of )?[\w .]+)", cell, re.I)
        for match in filter(None, (stated, within)):
            found += [t.strip(" )）") for t in re.split(r"[,，、;；]", match[1]) if t.strip(" )）")]
    return found


def _multiplier(seen: Seen) -> str | None:
    return next((h for h in seen.header if _bare(h) in UNIT_MULTIPLIERS), None)


def _frequency(seen: Seen) -> list[str]:
    """Keep one frequency where a file holds several."""
    header = next((h for h in seen.header if _bare(h) in ("freq", "frequency")), None)
    held = {_code(v): v for v in seen.values(header)} if header else {}
    kept = next((held[f] for f in ("M", "Q", "A") if f in held), None)
    if header is None or kept is None or len(held) < 2:
        return []
    reason = "reason: {en: another frequency, zh: 其他频率}"
    return [f"leave_out_rows: [{{column: {quoted(header)}, not_equals: {quoted(kept)}, {reason}}}]"]


def _bare(header: str) -> str:
    return plain_name(header.split(":")[0])


def _code(value: str) -> str:
    """Code of a value that carries its name too: "ZAR: Rand"."""
    return value.split(":")[0].strip()


def quoted(text: str) -> str:
    """Text as YAML reads it back."""
    if re.fullmatch(r"[A-Za-z_][\w ]*[\w]", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
