"""Which decimal mark the figures of a column are written with, told by all its values, points and commas alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from analytics.language import Text
from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.doubts import Doubt, Way
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.values.numbers import Style
from analytics.tables.values.parse import narrow

# "1,234" and "1.234" read both ways; everything else tells the decimal mark.
_BOTH_POINT = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_BOTH_COMMA = r"^[+-]?[1-9]\d{0,2},\d{3}$"
BOTH_WAYS = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_GROUPS_COMMA = r"^[+-]?(\d{1,3}(,\d{2,3})*,\d{3}\.\d*|\d{1,3}(,\d{2,3})+,\d{3})$"
_GROUPS_POINT = r"^[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$"
_POINT = rf"^[+-]?(\d*\.\d{{1,2}}|\d*\.\d{{4,}}|0*\.\d{{3}}|\d{{4,}}\.\d{{3}}|\d+\.)$|{_GROUPS_COMMA}"
_COMMA = rf"^[+-]?(\d*,\d{{1,2}}|\d*,\d{{4,}}|0*,\d{{3}}|\d{{4,}},\d{{3}}|\d{{1,3}}([ ']\d{{3}})+,\d+)$|{_GROUPS_POINT}"
_EVIDENCE = {
    "point": _POINT, "comma": _COMMA, "both_point": _BOTH_POINT, "both_comma": _BOTH_COMMA,
    "bare": r"^[+-]?\d{1,3}$",
}  # fmt: skip
_FEW = 2_000
_FIRST = 50_000  # rows that usually tell
_SURELY_GROUPS = 44  # of so many decimals, chance would have ended one in a zero that is not written (0.9^44 is 1 %)
MARKS = {".": Text("point", "小数点"), ",": Text("comma", "逗号")}


@dataclass(frozen=True)
class Figures:
    """How the columns of a source write figures.

    Attributes
    ----------
    styles : column to the way taken; `style` for all others
    mixed : columns that hold figures of the other way too; what reads both ways there is set aside
    told : column to the figures that tell a decimal point, and a decimal comma
    doubts : columns in which nothing tells the mark
    """

    style: Style
    styles: Mapping[str, Style]
    mixed: tuple[str, ...] = ()
    told: Mapping[str, tuple[int, int]] = None  # type: ignore[assignment]
    doubts: tuple[Doubt, ...] = ()

    def of(self, column: str) -> Style:
        """Style of a column."""
        return self.styles.get(column, self.style)


def figures(shaped: ir.Table, table: Contract, column_map: ColumnMap, rows: int) -> Figures:
    """Find the decimal mark of every column of a source of so many rows: the map's word, else what its figures tell."""
    general = Style(
        column_map.decimal or ".", column_map.thousands, column_map.date_format, column_map.missing,
        column_map.negative, column_map.strip, column_map.calendar, column_map.time_zone,
    )  # fmt: skip
    fields = column_map.for_table(table)
    styles = {
        name: replace(
            general, decimal=rule.decimal or general.decimal, date_format=rule.date_format or general.date_format
        )
        for name, rule in fields.items()
    }
    asked = [
        c.name for c in table.columns
        if c.kind in ("number", "integer") and c.name in shaped.columns and shaped[c.name].type().is_string()
        and not column_map.decimal and not (c.name in fields and fields[c.name].decimal)
    ]  # fmt: skip
    seen = _evidence(shaped, asked, rows)
    if not seen:
        return Figures(general, styles, told={})
    marks = {name: _mark(counts) for name, counts in seen.items()}
    styles |= {n: replace(styles.get(n, general), decimal=mark) for n, mark in marks.items() if mark}
    mixed = tuple(n for n, c in seen.items() if c["point"] and c["comma"])
    told = {n: (c["point"], c["comma"]) for n, c in seen.items() if c["comma"] or c["both_comma"]}
    doubts = tuple(_doubt(shaped, n) for n, mark in marks.items() if mark is None)
    return Figures(general, styles, mixed, told, doubts)


def _mark(counts: Mapping[str, int]) -> str | None:
    """Decimal mark of a column; None where it reads two ways.

    The column's own figures tell it, never those of another, which may come from elsewhere. Where all marks have three
    digits behind them they group if smaller figures stand without any: decimals would end otherwise now and then.
    """
    if counts["point"] or counts["comma"]:
        return "," if counts["comma"] > counts["point"] else "."
    points, commas = counts["both_point"], counts["both_comma"]
    if not points and not commas:
        return "."
    if counts["bare"] and max(points, commas) >= _SURELY_GROUPS and not min(points, commas):
        return "." if commas else ","
    return None


def _evidence(shaped: ir.Table, names: list[str], rows: int) -> dict[str, dict[str, int]]:
    """Figures of each kind, for the columns that hold marks; a look at the first rows spares most files the rest."""
    if not names:
        return {}
    if rows <= _FEW:
        return {
            n: c
            for n, c in counted(shaped, names).items()
            if any(c[k] for k in ("point", "comma", "both_point", "both_comma"))
        }
    seen = engine.one_row(shaped.aggregate(
        **{f"{n}:odd": _odd(shaped[n]).any() for n in names},
        **{f"{n}:point": shaped[n].contains(".").any() for n in names},
    ))  # fmt: skip
    full = [n for n in names if engine.is_true(seen[f"{n}:odd"])]
    quick = [n for n in names if n not in full and engine.is_true(seen[f"{n}:point"])]
    found: dict[str, dict[str, int]] = {}
    for first in (_FEW, _FIRST):
        found |= {n: c for n, c in counted(shaped.limit(first), quick).items() if c["point"]}
        quick = [n for n in quick if n not in found]
    return found | counted(shaped, full + quick)


def _odd(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a text holds a comma, two points or a mark beyond ASCII: then all figures of the column are looked at."""
    return text.contains(",") | text.like("%.%.%") | (engine.byte_length(text) > text.length())


def counted(shaped: ir.Table, names: list[str]) -> dict[str, dict[str, int]]:
    """Figures of each kind of evidence by column."""
    if not names:
        return {}
    texts = shaped.select(**{n: narrow(shaped[n].strip()) for n in names})
    counts = engine.one_row(
        texts.aggregate(**{f"{n}:{k}": texts[n].re_search(p).sum() for n in names for k, p in _EVIDENCE.items()})
    )
    return {n: {k: _whole(counts[f"{n}:{k}"]) for k in _EVIDENCE} for n in names}


def _whole(value: object) -> int:
    return int(value) if value == value and value is not None else 0  # type: ignore[call-overload]


def _doubt(shaped: ir.Table, name: str) -> Doubt:
    text = narrow(shaped[name].strip())
    example = str(engine.one_row(shaped.filter(text.re_search(BOTH_WAYS)).select(example=text).limit(1))["example"])
    whole, parts = example.replace(",", "").replace(".", ""), example.replace(",", ".")
    mark = "," if "," in example else "."
    ways = {
        ".": Way(Text(f"it is {whole if mark == ',' else parts}", f"即{whole if mark == ',' else parts}"),
                 f'{name}: {{from: ..., decimal: "."}}'),
        ",": Way(Text(f"it is {parts if mark == ',' else whole}", f"即{parts if mark == ',' else whole}"),
                 f'{name}: {{from: ..., decimal: ","}}'),
    }  # fmt: skip
    said = Text(
        f'"{example}" reads two ways: every mark of the column has exactly three digits behind it, so that nothing '
        "tells a decimal mark from one that groups thousands.",
        f"“{example}”有两种读法：该列所有分隔符后均恰为三位数字，无法判断是小数点还是千位分隔符。",
    )
    return Doubt(name, "decimal", said, (ways["."], ways[","]))


def reads_both_ways(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a figure reads differently with a decimal point and with a decimal comma."""
    return text.re_search(BOTH_WAYS)


def other_mark(text: ir.StringValue, style: Style) -> ir.BooleanValue:
    """Whether a text that is no number in this style is one in the other."""
    return text.re_search(_COMMA if style.decimal == "." else _POINT)
