"""What a source's figures say about how they are written: decimal mark, and length of commodity codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.engine import connection as engine
from analytics.tables.mapping.maps import ColumnMap
from analytics.tables.values.parse import Style, cleaned, digits_of, narrow

# "1,234" and "1.234" read both ways; everything else tells the decimal mark.
_BOTH_WAYS = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_POINT = r"^[+-]?(\d+\.\d*|\d{1,3}(,\d{3})+\.\d*|\d{1,3}(,\d{3}){2,})$"
_COMMA = r"^[+-]?(\d+,\d*|\d{1,3}([. ']\d{3})+,\d*|\d{1,3}(\.\d{3}){2,})$"


@dataclass(frozen=True)
class Figures:
    """How a source writes figures, and whether it mixes two ways.

    Attributes
    ----------
    style : the way taken
    mixed : columns that hold figures of the other way too; what reads both ways there is set aside
    points, commas : figures that tell a decimal point, a decimal comma
    """

    style: Style
    mixed: tuple[str, ...] = ()
    points: int = 0
    commas: int = 0


def figures(shaped: ir.Table, table: Contract, column_map: ColumnMap) -> Figures:
    """Find the decimal mark of a source: the map's word, else what most figures tell."""
    declared = Style(column_map.decimal or ".", column_map.thousands, column_map.date_format, column_map.missing)
    names = [
        c.name for c in table.columns
        if c.kind in ("number", "integer") and c.name in shaped.columns and shaped[c.name].type().is_string()
    ]  # fmt: skip
    if column_map.decimal or not names:
        return Figures(declared)
    present = engine.one_row(shaped.aggregate(**{
        n: (shaped[n].contains(",") | shaped[n].contains("，")).sum() for n in names
    }))  # fmt: skip
    if not any(_whole(v) for v in present.values()):
        return Figures(declared)
    texts = {n: narrow(shaped[n].strip()) for n in names}
    tells = {n: ~t.re_search(_BOTH_WAYS) for n, t in texts.items()}
    counts = engine.one_row(shaped.aggregate(
        **{f"{n}_point": (tells[n] & t.re_search(_POINT)).sum() for n, t in texts.items()},
        **{f"{n}_comma": (tells[n] & t.re_search(_COMMA)).sum() for n, t in texts.items()},
    ))  # fmt: skip
    points, commas = (sum(_whole(v) for k, v in counts.items() if k.endswith(s)) for s in ("_point", "_comma"))
    mark = "," if commas > points else "."
    other = "_point" if mark == "," else "_comma"
    mixed = tuple(n for n in names if _whole(counts[n + other]))
    style = Style(mark, column_map.thousands, column_map.date_format, column_map.missing)
    return Figures(style, mixed, points, commas)


def _whole(value: object) -> int:
    return int(value) if value == value and value is not None else 0  # type: ignore[call-overload]


def reads_both_ways(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a figure reads differently with a decimal point and with a decimal comma."""
    return text.re_search(_BOTH_WAYS)


def other_mark(text: ir.StringValue, style: Style) -> ir.BooleanValue:
    """Whether a text that is no number in this style is one in the other."""
    return text.re_search(_COMMA if style.decimal == "." else _POINT)


@dataclass(frozen=True)
class CodeLengths:
    """What the lengths of a code column tell.

    Attributes
    ----------
    counts : length to number of rows
    restored : lengths that have lost a leading zero
    doubtful : lengths that cannot be a code of this column
    """

    counts: dict[int, int] = field(default_factory=dict)
    restored: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()


WHOLE_CODES = (4, 6, 8, 10, 12, 13)
JAPAN = 9  # statistical codes of nine digits exist: a column of nothing else is left as it is


def code_lengths(shaped: ir.Table, table: Contract, name: str, style: Style) -> CodeLengths:
    """Judge the lengths of a code column: a spreadsheet that took codes for numbers has cut their leading zero.

    A length one short of the column's dominant whole length is restored; other odd lengths are doubtful.
    """
    texts = shaped.group_by(name).aggregate(rows=shaped.count())
    texts = cleaned(texts, {name: (table[name], style)})
    texts = texts.mutate(length=digits_of(texts[f"_t_{name}"]).length()).drop_null("length")
    counted = engine.fetch(texts.group_by("length").aggregate(rows=texts["rows"].sum()))
    counts = {int(k): int(n) for k, n in counted.itertuples(index=False)}
    return judge_lengths(counts)


def judge_lengths(counts: dict[int, int]) -> CodeLengths:
    """Tell from the number of codes of each length which have lost a leading zero."""
    whole = {k: n for k, n in counts.items() if k in WHOLE_CODES}
    odd = [k for k in counts if k not in WHOLE_CODES]
    if not whole:
        if odd == [JAPAN]:
            return CodeLengths(counts)
        restored = [k for k in odd if k + 1 in (4, 6, 8)] if len(odd) == 1 else []
        return CodeLengths(counts, tuple(restored), tuple(k for k in odd if k not in restored))
    dominant = max(whole, key=lambda k: (whole[k], k))
    if JAPAN in odd and counts[JAPAN] > sum(whole.values()) and dominant != JAPAN + 1:
        return CodeLengths(counts, (), tuple(k for k in odd if k != JAPAN))
    restored = [k for k in odd if k + 1 == dominant]
    return CodeLengths(counts, tuple(restored), tuple(k for k in odd if k not in restored))


def restored(digits: ir.StringValue, text: ir.StringValue, lengths: CodeLengths) -> ir.StringValue:
    """Codes with their leading zero back; doubtful ones missing."""
    if not lengths.restored and not lengths.doubtful:
        return digits
    length = digits.length()
    cases = []
    if lengths.restored:
        # A dotted code that is short has lost a digit at its end, not at its start.
        short = length.isin(lengths.restored)
        cases.append((short & ~text.re_replace(r"\.0$", "").contains("."), ibis.literal("0") + digits))
        cases.append((short, ibis.null("string")))
    if lengths.doubtful:
        cases.append((length.isin(lengths.doubtful), ibis.null("string")))
    return ibis.cases(*cases, else_=digits)
