"""A header and what stands around it: above all the unit of its amounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.errors import plain_name
from analytics.language import parse_unit
from analytics.tables.values.stated import UNIT_MULTIPLIERS

_NO_UNIT = "  # unit: {constant: CNY million}  # no unit is given: say it, and the page will"

_LARGE = re.compile(r"million|thousand|billion|crore|lakh|万|亿|億|千|百万|mio\b|mrd\b", re.IGNORECASE)
_SHORT = 20  # characters of a line that holds a unit and nothing else


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


def unit_line(amount: str, named: dict[str, str], seen: Seen) -> list[str]:
    """Unit that stands in the header of the amounts or above it, or a line to fill in."""
    if multiplier := multiplier_of(seen):
        measures = [h for h in seen.header if bare(h) in ("unitmeasure", "currency")]
        powers, units = seen.values(multiplier), seen.values(measures[0]) if measures else []
        if len(powers) == len(units) == 1:
            unit = f"  unit: {{constant: {quoted(f'{code_of(units[0])} 10^{code_of(powers[0])}')}}}"
            return [unit, f"leave_out_columns: [{quoted(multiplier)}]"]
        if measures:
            return [f'  unit: {{join: [{quoted(measures[0])}, {quoted(multiplier)}], between: " 10^"}}']
    if "unit" in named:
        return []
    inside = re.findall(r"[(（\[]([^)）\]]+)[)）\]]", amount)
    for text in [t.removeprefix("单位：").removeprefix("单位:") for t in inside] + units_above(seen.above):
        try:
            parse_unit(text)
        except ValueError:
            continue
        return [f"  unit: {{constant: {quoted(text)}}}"]
    return [_NO_UNIT]


def negatives(headers: Sequence[str], seen: Seen) -> list[str]:
    """Figures in parentheses beside bare ones are negative, as accounts write them: the line that says so."""
    for header in headers:
        for value in seen.values(header):
            if re.fullmatch(r"\s*[(（][^()（）]*\d[^()（）]*[)）]\s*", value):
                return [f"negative: [parentheses]  # {value.strip()} is taken as below nothing"]
    return []


def flags(headers: Sequence[str], seen: Seen) -> list[str]:
    """Letters that a statistical office sets behind provisional or revised figures ("815.2 p"): the line on them."""
    found = {
        match[1]
        for header in headers
        for value in seen.values(header)
        if (match := re.fullmatch(r"[+-]?[\d.,]*\d\s?([bcdefnprsuz]{1,2})", value.strip()))
    }
    if not found:
        return []
    return [f"strip: [{', '.join(quoted(f) for f in sorted(found))}]  # flags of the source, such as p for provisional"]


def units_above(above: Sequence[str]) -> list[str]:
    """Units that lines above the header state: 单位：万元、吨, (in millions of rand), Unit: USD thousand, £ million."""
    found = []
    for cell in above:
        alone = [cell, *re.findall(r"[(（\[]([^)）\]]+)[)）\]]", cell)]
        found += [t.strip() for t in alone if _LARGE.search(t) and len(t) < _SHORT]
        stated = re.search(r"(?:单位|單位|unit|units)\s*[:：]\s*(.+)", cell, re.I)
        within = re.search(r"\b(in (?:thousands?|millions?|billions?) (?:of )?[\w .]+)", cell, re.I)
        for match in filter(None, (stated, within)):
            found += [t.strip(" )）") for t in re.split(r"[,，、;；]", match[1]) if t.strip(" )）")]
    return found


def multiplier_of(seen: Seen) -> str | None:
    """Column of SDMX that holds the power of ten of the amounts."""
    return next((h for h in seen.header if bare(h) in UNIT_MULTIPLIERS), None)


def bare(header: str) -> str:
    """Plain name of a header that carries its label too: "FREQ: Frequency"."""
    return plain_name(header.split(":")[0])


def code_of(value: str) -> str:
    """Code of a value that carries its name too: "ZAR: Rand"."""
    return value.split(":")[0].strip()


def quoted(text: str) -> str:
    """Text as YAML reads it back."""
    if re.fullmatch(r"[A-Za-z_][\w ]*[\w]", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
