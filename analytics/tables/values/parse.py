"""Reading text by the contract: numbers, dates, codes and flags as Ibis expressions that run inside the engine.

Plain values take the engine's own cast; only what that refuses is normalised (full-width digits, thousands separators,
Chinese dates, Excel serials), so that clean files pay nothing for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.errors import _HALF
from analytics.tables.contract.contracts import Column
from analytics.tables.engine import connection as engine

MISSING = ("", "NULL", "null", "None", "NaN", "nan", "<NA>", "\\N")
# Not for codes and texts, where "NA" is Namibia.
MISSING_FIGURES = (*MISSING, "NA", "N/A", "n/a", "#N/A", "-", "--", "—", "——", "…", ".")
TRUE = ("1", "true", "t", "yes", "y", "是", "有", "1.0")
FALSE = ("0", "false", "f", "no", "n", "否", "无", "0.0")
FIGURES = ("number", "integer", "date", "time", "month", "flag")

_WIDE = "".join(chr(c) for c in _HALF)
_NARROW = "".join(chr(c) for c in _HALF.values())
_SERIAL = r"^\d{5}(\.\d+)?$"
_EXCEL_EPOCH = "1899-12-30"
_DATES = [
    "%Y年%m月%d日", "%Y.%m.%d", "%Y %m %d",
    "%Y-%m", "%Y/%m", "%Y.%m", "%Y年%m月", "%Y年%m月份", "%YM%m", "%Y-%b", "%d-%b-%Y", "%d %b %Y",
    "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y.%m.%d %H:%M:%S", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S",
]  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How figures are written in a source.

    Attributes
    ----------
    decimal : "." or ","
    thousands : separator of thousands; None: whatever of comma, point, space and apostrophe the decimal mark leaves
    date_format : as in strptime; None: recognised
    missing : further texts for a missing value
    """

    decimal: str = "."
    thousands: str | None = None
    date_format: str | None = None
    missing: tuple[str, ...] = ()


def narrow(text: ir.StringValue) -> ir.StringValue:
    """Full-width forms as usual ones; marks that spreadsheets put around text (a tab, ="...", a quote) removed."""
    plain = (
        (engine.byte_length(text) == text.length()) & ~text.contains("\t") & ~text.contains("=") & ~text.contains("'")
    )
    unwrapped = text.translate(_WIDE, _NARROW).strip().re_replace(r'^="(.*)"$', "\\1").re_replace(r"^'", "")
    return ibis.cases((plain, text), else_=unwrapped)


def trimmed(value: ir.Value) -> ir.StringValue:
    """Text of a source column without spaces around it."""
    return engine.trimmed(value) if value.type().is_string() else _written(value)


def present(text: ir.StringValue, column: Column, style: Style) -> ir.StringValue:
    """Trimmed text; missing where it stands for a missing value."""
    tokens = (MISSING_FIGURES if column.kind in FIGURES else MISSING) + style.missing
    longest = max(len(t.encode()) for t in tokens)
    return ibis.cases((engine.byte_length(text) > longest, text), (text.isin(tokens), ibis.null("string")), else_=text)


def quick(value: ir.Value, column: Column, style: Style, *, mixed: bool) -> ir.Value:
    """Figure, date or flag of a cell that needs no cleaning; missing where it does.

    Parameters
    ----------
    mixed : the column writes figures in two ways, so that none can be taken as it stands
    """
    kind = value.type()
    if column.kind in ("number", "integer"):
        if kind.is_numeric() or kind.is_boolean():
            number = value.cast("float64")
        elif style.decimal != "." or mixed or not kind.is_string():
            return ibis.null("float64")
        else:
            number = value.try_cast("float64")
        if column.kind == "number":
            return _finite(number)
        return ibis.cases((number == engine.whole_part(number), number.try_cast("int64").cast("float64")))
    if column.kind in ("date", "time", "month"):
        if kind.is_temporal():
            return value.cast("timestamp(6)")
        if not kind.is_string():
            return ibis.null("timestamp(6)")
        if style.date_format:
            return engine.try_formats(value, ibis.array([style.date_format])).cast("timestamp(6)")
        return value.try_cast("timestamp(6)" if column.kind == "time" else "date").cast("timestamp(6)")
    if kind.is_boolean():
        return value
    return flag_of(value) if kind.is_string() else flag_of(_written(value))


def _finite(number: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.cases((~(number.isinf() | number.isnan()), number))


def cleaned(table: ir.Table, columns: Mapping[str, tuple[Column, Style]], mixed: Sequence[str] = ()) -> ir.Table:
    """Add to columns their quick value (`_q_<name>`, figures only) and their cleaned text (`_t_<name>`).

    Layer stands on layer, so that no cell is cleaned twice; a figure that reads quickly is not cleaned at all and has
    no text.

    Parameters
    ----------
    columns : name to its contract and the style of its source
    """
    figures = {n: pair for n, pair in columns.items() if pair[0].kind in FIGURES}
    quickly = {f"_q_{n}": quick(table[n], c, s, mixed=n in mixed) for n, (c, s) in figures.items()}
    table = table.mutate(**quickly) if quickly else table
    table = table.mutate(**{
        f"_t_{n}": ibis.cases((table[f"_q_{n}"].isnull(), trimmed(table[n]))) if n in figures else trimmed(table[n])
        for n in columns
    })  # fmt: skip
    table = table.mutate(**{f"_t_{n}": present(table[f"_t_{n}"], c, s) for n, (c, s) in columns.items()})
    folded = [n for n, (c, _) in columns.items() if c.kind != "text" and table[n].type().is_string()]
    return table.mutate(**{f"_t_{n}": narrow(table[f"_t_{n}"]) for n in folded}) if folded else table


def _written(value: ir.Value) -> ir.StringValue:
    """Text of a typed column; whole numbers without decimals, for they are identifiers or codes."""
    if value.type().is_floating():
        value = value.cast("float64")
        whole = (value == engine.whole_part(value)) & (value.abs() < 1e15)
        return ibis.cases(
            (whole, value.cast("int64").cast("string")),
            (value.isnan(), ibis.null("string")),
            else_=value.cast("string"),
        )
    return value.cast("string")


def parsed(table: ir.Table, column: Column, style: Style) -> ir.Value:
    """Value of a cleaned column by its kind; missing where the text cannot be read."""
    text = table[f"_t_{column.name}"]
    if column.kind == "code":
        return digits_of(text)
    if column.kind not in FIGURES:
        return text
    at_once = table[f"_q_{column.name}"]
    if column.kind == "flag":
        return ibis.coalesce(at_once, flag_of(text))
    if column.kind == "time":
        return ibis.coalesce(at_once, text.try_cast("timestamp(6)"), date_of(text, style)).cast("timestamp(6)")
    if column.kind in ("date", "month"):
        date = ibis.coalesce(at_once, date_of(text, style))
        return date.truncate("D" if column.kind == "date" else "M").cast("timestamp(6)")
    number = ibis.coalesce(at_once, _finite(number_of(text, style)))
    if column.unit.startswith("share"):
        share = ibis.cases((text.endswith("%"), text.re_replace(r"\s*%$", "")))
        number = ibis.coalesce(number, number_of(share, style) / 100)
    return (
        number
        if column.kind == "number"
        else ibis.cases((number == engine.whole_part(number), number)).try_cast("int64")
    )


def number_of(text: ir.StringValue, style: Style) -> ir.FloatingValue:
    """Number written in the source's style, full-width or not."""
    if style.decimal == ".":
        marks = {",": ",", "'": "'", " ": " ", None: ", '"}.get(style.thousands, style.thousands or "")
        grouped = _grouped(text, marks, r"\.")
        return (
            ibis.coalesce(text.try_cast("float64"), grouped.re_replace(f"[{marks}]", "").try_cast("float64"))
            if marks
            else (text.try_cast("float64"))
        )
    marks = r"\. '" if style.thousands is None else "\\." if style.thousands == "." else style.thousands
    pattern = r"^[+-]?\d*(,\d+)?([eE][+-]?\d+)?$"
    plain = ibis.cases((text.re_search(pattern), text))
    grouped = _grouped(text, marks, ",").re_replace(f"[{marks}]", "") if marks else ibis.null("string")
    return ibis.coalesce(plain, grouped).replace(",", ".").try_cast("float64")


def _grouped(text: ir.StringValue, marks: str, decimal: str) -> ir.StringValue:
    """Keep the text where it is a number in groups of three digits, else missing."""
    return ibis.cases((text.re_search(rf"^[+-]?\d{{1,3}}([{marks}]\d{{3}})+({decimal}\d*)?$"), text))


def date_of(text: ir.StringValue, style: Style) -> ir.TimestampValue:
    """Date in the source's format, or in any that reads one way only."""
    formats = ibis.array([style.date_format] if style.date_format else _DATES)
    by_format = engine.try_formats(text, formats)
    epoch = ibis.literal(_EXCEL_EPOCH).cast("timestamp")
    serial = engine.whole_part(ibis.cases((text.re_search(_SERIAL), text)).try_cast("float64")).cast("int64")
    from_serial = epoch + serial.as_interval("D")
    if style.date_format:
        return ibis.coalesce(by_format, from_serial)
    compact = ibis.cases(
        (text.re_search(r"^\d{8}$"), engine.try_formats(text, ibis.array(["%Y%m%d"]))),
        (text.re_search(r"^\d{6}$"), engine.try_formats(text, ibis.array(["%Y%m"]))),
        (text.re_search(_SERIAL), from_serial),
        else_=by_format,
    )
    return ibis.coalesce(text.try_cast("date").cast("timestamp"), compact)


def flag_of(text: ir.StringValue) -> ir.BooleanValue:
    """Yes or no in the words that are usual."""
    word = text.lower()
    return ibis.cases((word.isin(TRUE), True), (word.isin(FALSE), False))


def digits_of(text: ir.StringValue) -> ir.StringValue:
    """Commodity code as bare digits: dots, spaces and a ".0" left by a spreadsheet removed; else missing."""
    plain = text.re_search(r"^\d{2,13}$")
    bare = text.re_replace(r"\.0$", "").re_replace(r"[.\s-]", "")
    return ibis.cases((plain, text), (bare.re_search(r"^\d{2,13}$"), bare))


def digits_lost(text: ir.StringValue) -> ir.BooleanValue:
    """Whether an identifier stands in scientific notation."""
    # A case, since only that spares most rows the pattern.
    return ibis.cases((text.contains("E+"), text.re_search(r"^\d(\.\d+)?E\+\d+$")), else_=False)
