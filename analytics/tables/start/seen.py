"""A header and what stands around it: above all the unit of its amounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.errors import plain_name
from analytics.language import parse_unit
from analytics.tables.values.stated import UNIT_MULTIPLIERS, stated_unit, units_above

_NO_UNIT = "  # unit: {constant: CNY million}  # no unit is given: say it, and the page will"


@dataclass(frozen=True)
class Seen:
    """A header and what stands around it.

    Attributes
    ----------
    header : column names
    above : cells above the header
    values : distinct values of a column, a few
    every : the same, as many as were looked at: marks stand at a few figures only
    """

    header: Sequence[str]
    above: tuple[str, ...]
    values: Callable[[str], list[str]]
    every: Callable[[str], list[str]]


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
    if (stated := stated_unit(amount)) is not None:
        return [f"  unit: {{constant: {quoted(stated)}}}"]
    for text in units_above(seen.above):
        try:
            parse_unit(text)
        except ValueError:
            continue
        return [f"  unit: {{constant: {quoted(text)}}}"]
    return [_NO_UNIT]


_NEGATIVE = {
    "parentheses": r"[(（][^()（）]*\d[^()（）]*[)）]", "trailing minus": r"\d[\d.,' ]*-",
    "CR": r"\d[\d.,' ]*CR|CR ?\d[\d.,' ]*",
}  # fmt: skip


def negatives(headers: Sequence[str], seen: Seen) -> list[str]:
    """Figures below nothing, as accounts write them beside bare ones: (1,234), 1,234-, 1,234 CR: the line on them."""
    for name, pattern in _NEGATIVE.items():
        for value in (v.strip() for header in headers for v in seen.every(header)):
            if re.fullmatch(pattern, value):
                debit = ["strip: [DR]  # the others are marked so"] if name == "CR" else []
                return [f"negative: [{name}]  # {value} is taken as below nothing", *debit]
    return []


def flags(headers: Sequence[str], seen: Seen) -> list[str]:
    """Marks that an office sets behind provisional or revised figures, or for a note: the line that takes them off.

    815.2 p, 412 [r], 1,234¹, 1234*, 1234 1)
    """
    values = [v.strip() for header in headers for v in seen.every(header)]
    found = {match[1] for value in values if (match := _FLAGGED.fullmatch(value))}
    if not found:
        return []
    return [f"strip: [{', '.join(quoted(f) for f in sorted(found))}]  # flags of the source, such as p for provisional"]


_FLAGGED = re.compile(
    r"[+-]?\d[\d.,' \u00a0\u202f]*?\s?"
    r"([bcdefnprsuz]{1,2}|\[[a-z]{1,2}\]|\([a-z]{1,2}\)|[¹²³⁴-⁹]{1,2}|[*†‡]+|(?<=\s)\d\))"
)


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
