"""A first look at a file: which table it holds, where its names stand, and the column map that reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.errors import DataError, fold_width, plain_name
from analytics.language import parse_unit
from analytics.tables.contract.contracts import contract
from analytics.tables.mapping.files import every_shipped
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.source import sources
from analytics.tables.source.raw import Raw
from analytics.tables.start.words import CUMULATIVE, MONTHS, YEARS, columns_named
from analytics.tables.values.spellings import family_of

_TABLES = ("declarations", "receipts")
_LABEL = ("year-month", "six digits", "name, short year", "name year", "month/year", "quarter", "year.month", "year")


@dataclass(frozen=True)
class Guess:
    """What a file seems to hold.

    Attributes
    ----------
    table : of the contract
    shipped : name of a shipped map that reads it as it stands; "" where `lines` are needed
    lines : of a column map in YAML, commented
    left : headers that the map does not use
    """

    table: str
    shipped: str
    lines: tuple[str, ...]
    left: tuple[str, ...]


def guess(source: str, table: str | None = None) -> Guess:
    """Find the table that a file seems to hold and write a column map for it.

    Parameters
    ----------
    source : as in `tables.read`
    table : where it is known

    Raises
    ------
    DataError
        The file cannot be opened, or no table fits its columns.
    """
    [raw, *_] = sources.open_source(sources.split(source)[0], table or "declarations", ColumnMap())
    sheet, row, header = _header(raw)
    found = {name: _map_lines(header, name) for name in ([table] if table else _TABLES)}
    fits = {name: lines for name, lines in found.items() if lines}
    if not fits:
        raise DataError(
            f"{raw.name}: no table of the contract fits its columns ({', '.join(h for h in header if h)[:200]}). "
            "Write a "
            "column map by hand: docs/own_data.md shows one for each kind of file."
        )
    best = max(fits, key=lambda name: len(columns_named(header, name)) + 2 * (name == "declarations"))
    layout = ([f"sheet: {_quoted(sheet)}"] if sheet else []) + ([f"header_row: {row}"] if row > 1 else [])
    if not layout and (known := _shipped(header, best)):
        return Guess(best, known, (), ())
    lines, used = fits[best]
    return Guess(best, "", (f"table: {best}", *layout, *lines), tuple(h for h in header if h and h not in used))


def _header(raw: Raw) -> tuple[str, int, Sequence[str]]:
    """Sheet (if not the first), row and names of the header: the row that names most columns."""
    rows = [("", line, row) for line, row in raw.head]
    rows += [(sheet, line, row) for sheet, head in raw.sheets for line, row in head if sheet != raw.found.get("sheet")]
    if not rows:
        return "", 1, raw.header

    def score(entry: tuple[str, int, Sequence[str]]) -> tuple[int, int]:
        cells = [" ".join(c.split()) for c in entry[2]]
        labels = sum(_is_label(c) or plain_name(c) in MONTHS for c in cells)
        return max(len(columns_named(cells, t)) for t in _TABLES) + (labels if labels > 2 else 0), -entry[1]

    sheet, line, row = max(rows, key=score)
    first = "sep" in plain_name("".join(raw.head[0][1])) and line == 2 if raw.head else False
    return sheet, 1 if first else line, [" ".join(c.split()) for c in row]


def _shipped(header: Sequence[str], table: str) -> str:
    plain = {plain_name(h) for h in header}
    for known in every_shipped():
        wanted = [f.sources for f in known.fields.values() if f.sources]
        required = [f for f in known.fields.values() if f.join]
        known_names = {plain_name(s) for names in wanted for s in names}
        known_names |= {plain_name(s) for f in required for part in f.join for s in part}
        known_names |= {plain_name(s) for s in known.left_out}
        joined = all(any(plain_name(s) in plain for s in part) for f in required for part in f.join)
        reads = all(_reads(known, name, plain) for name in contract(table).required)
        if (
            known.table == table
            and not known.unpivot
            and joined
            and reads
            and len(plain & known_names) >= 0.7 * len(plain)
        ):
            return known.name
    return ""


def _reads(known: ColumnMap, name: str, plain: set[str]) -> bool:
    """Whether a map finds a column of its table in a header."""
    rule = known.fields.get(name)
    if rule is None:
        return False
    return rule.constant is not None or bool(rule.join) or any(plain_name(s) in plain for s in rule.sources)


def _map_lines(header: Sequence[str], table: str) -> tuple[list[str], set[str]] | None:
    """Lines of a column map and the headers that it uses; None where the table cannot be made of them."""
    named = columns_named(header, table)
    if table == "declarations":
        return _declarations(named) if {"hs_code", "date"} <= set(named) else None
    return _wide(header, named) or _labelled(header, named) or _long(header, named)


def _declarations(named: dict[str, str]) -> tuple[list[str], set[str]]:
    lines = ["columns:"]
    if "declaration_id" not in named:
        parts = [named[n] for n in ("date", "hs_code", "origin", "district", "enterprise_id") if n in named]
        lines.append(f"  declaration_id: {{join: [{', '.join(map(_quoted, parts))}]}}  # no number of its own")
    lines += [f"  {name}: {_quoted(h)}" for name, h in named.items() if name != "unit" or "quantity" in named]
    if "quantity" not in named and "net_mass_kg" in named:
        lines += [f"  quantity: {_quoted(named['net_mass_kg'])}  # priced by the kilogram", "  unit: {constant: kg}"]
    return lines, set(named.values())


def _long(header: Sequence[str], named: dict[str, str]) -> tuple[list[str], set[str]] | None:
    if not {"ds", "y"} <= set(named):
        return None
    lines = ["columns:", *(f"  {name}: {_quoted(h)}" for name, h in named.items())]
    lines += _unit_line(named["y"], named) + _cumulative(named["y"])
    return lines, set(named.values())


def _wide(header: Sequence[str], named: dict[str, str]) -> tuple[list[str], set[str]] | None:
    """Years down, months across."""
    year = next((h for h in header if plain_name(h) in map(plain_name, YEARS)), None)
    months = {h: MONTHS[plain_name(h)] for h in header if h != year and plain_name(h) in MONTHS}
    if year is None or len(months) < 2:
        return None
    ids = {
        n: h
        for n, h in named.items()
        if n in ("district", "tax_item", "unit", "currency", "unique_id") and h not in months
    }
    lines = ["columns:", f"  ds: {{join: [{_quoted(year)}, ds]}}", *(f"  {n}: {_quoted(h)}" for n, h in ids.items())]
    labels = ", ".join(f'{_quoted(h)}: "{m:02d}"' for h, m in months.items())
    lines += [*_unit_line("", ids), f"unpivot: {{into: ds, values: y, columns: {{{labels}}}}}"]
    return lines, {year, *months, *ids.values()}


def _labelled(header: Sequence[str], named: dict[str, str]) -> tuple[list[str], set[str]] | None:
    """Items down, periods across; or periods down and items across."""
    labels = [h for h in header if _is_label(h)]
    if len(labels) >= 3:
        ids = {n: h for n, h in named.items() if n in ("district", "tax_item", "unit", "currency", "unique_id")}
        first = next((h for h in header if h and h not in labels and h not in ids.values()), None)
        ids |= {"unique_id": first} if first and not {"unique_id", "tax_item", "district"} & set(ids) else {}
        across = ", ".join(f"{_quoted(h)}: {_quoted(h)}" for h in labels)
        lines = ["columns:", *(f"  {n}: {_quoted(h)}" for n, h in ids.items()), *_unit_line("", ids)]
        return [*lines, f"unpivot: {{into: ds, values: y, columns: {{{across}}}}}"], {*labels, *ids.values()}
    if "ds" in named and "y" not in named:
        ids = {n: h for n, h in named.items() if n in ("ds", "district", "unit", "currency", "vintage")}
        amounts = [h for h in header if h and h not in ids.values()]
        if amounts:
            across = ", ".join(f"{_quoted(h)}: {_quoted(h)}" for h in amounts)
            lines = ["columns:", *(f"  {n}: {_quoted(h)}" for n, h in ids.items()), *_unit_line(amounts[0], ids)]
            lines += [f"unpivot: {{into: tax_item, values: y, columns: {{{across}}}}}", *_cumulative(" ".join(amounts))]
            return lines, {*amounts, *ids.values()}
    return None


def _is_label(text: str) -> bool:
    name, meant = family_of(fold_width(text))
    return name in _LABEL and any(1950 < p.day.year < 2100 for p in meant.values())


def _unit_line(amount: str, named: dict[str, str]) -> list[str]:
    """Unit that stands in the header of the amounts, or a line to fill in."""
    if "unit" in named:
        return []
    for inside in re.findall(r"[(（\[]([^)）\]]+)[)）\]]", amount):
        try:
            parse_unit(inside.removeprefix("单位：").removeprefix("单位:"))
        except ValueError:
            continue
        return [f"  unit: {{constant: {_quoted(inside)}}}"]
    return ["  # unit: {constant: CNY million}  # no unit is given: say it, and the page will"]


def _cumulative(amount: str) -> list[str]:
    return ["cumulative: true  # the name says that amounts run from January on"] if any(
        word in amount.lower() for word in CUMULATIVE) else []  # fmt: skip


def _quoted(text: str) -> str:
    return (
        text
        if re.fullmatch(r"[A-Za-z_][\w ]*[\w]", text)
        else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
