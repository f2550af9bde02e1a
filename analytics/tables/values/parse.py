"""Reading text by the contract: numbers, dates, codes and flags as Ibis expressions that run inside the engine.

Plain values take the engine's own cast; only what that refuses is normalised (full-width digits, thousands separators,
Chinese dates, Excel serials), so that clean files pay nothing for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.errors import _HALF
from analytics.tables.contract.contracts import Column
from analytics.tables.engine import connection as engine
from analytics.tables.values.numbers import Style, number_of

MISSING = ("", "NULL", "null", "None", "NaN", "nan", "<NA>", "\\N")
# Not for codes and texts, where "NA" is Namibia.
MISSING_FIGURES = (
    *MISSING, "NA", "na", "N/A", "n/a", "n.a.", "N.A.", "n.d.", "N.D.", "nd", "ND", "nil", "Nil", "NIL", "(blank)",
    "[x]", "[z]", "[c]", "[u]", ":c", ":u", ":z", ": c", ": u", ": z",  # of British offices, of Eurostat
    "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!",
    "-", "--", "–", "—", "——", "…", ".", "..", "...", ":", "0000-00-00", "1900-01-00",
)  # fmt: skip
TRUE = ("1", "true", "t", "yes", "y", "是", "有", "1.0")
FALSE = ("0", "false", "f", "no", "n", "否", "无", "0.0")
_FREE = (
    "free",
    "frei",
    "exento",
    "exempt",
    "isento",
    "免税",
    "免稅",
    "無税",
    "무세",
    "exenta",
    "libre",
)  # rates of nothing
DAY, WHY, MONTHS = "_d_", "_w_", "_m_"  # of a date text: what it means, why it is not read, the months it covers
OFFSET = r":\d{2}(?:\.\d+)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
"""What names the clock behind a time."""
FIGURES = ("number", "integer", "date", "time", "month", "flag")

_WIDE = "".join(chr(c) for c in _HALF)
_NARROW = "".join(chr(c) for c in _HALF.values())
_FROM, _TO = (ibis.literal(day).cast("timestamp") for day in ("1950-01-01", "2100-01-01"))


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
            odd = value.contains("_") | value.contains("x")  # the engine's own cast takes 1_000 and 0x1F
            number = ibis.cases((odd, ibis.null("float64")), else_=value.try_cast("float64"))
        if column.kind == "number":
            return _finite(number)
        return ibis.cases((number == engine.whole_part(number), number.try_cast("int64").cast("float64")))
    if column.kind in ("date", "time", "month"):
        if style.time_zone and column.kind != "month" and (kind.is_timestamp() or kind.is_string()):
            told = _in_zone(engine.trimmed(value) if kind.is_string() else value, style.time_zone, column.kind)
            return ibis.cases((told.between(_FROM, _TO), told))
        if kind.is_temporal():
            return value.cast("timestamp(6)")
        if not kind.is_string():
            return ibis.null("timestamp(6)")
        if style.calendar:
            return ibis.null("timestamp(6)")
        if style.date_format:
            return engine.try_formats(value, ibis.array([style.date_format])).cast("timestamp(6)")
        # What the engine takes for a year of another age is looked at again: 113/01/05, 24/01/05.
        date = value.try_cast("timestamp(6)" if column.kind == "time" else "date").cast("timestamp(6)")
        return ibis.cases((date.between(_FROM, _TO), date))
    if kind.is_boolean():
        return value
    return flag_of(value) if kind.is_string() else flag_of(_written(value))


def _in_zone(value: ir.Value, zone: str, kind: str) -> ir.TimestampValue:
    """Times of a column on the clock of a zone; those that name no offset, and days at midnight, as they stand."""
    if not value.type().is_string() and not value.type().timezone:
        return value.cast("timestamp(6)")
    written = value.try_cast("timestamp(6)")
    told = engine.on_the_clock(zone, value.try_cast(dt.Timestamp("UTC")))
    moved = value.re_search(OFFSET) if value.type().is_string() else ibis.literal(True)
    moved = moved & (written != written.truncate("D")) if kind == "date" else moved
    return ibis.cases((moved, told), else_=written)


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
    if column.kind in ("date", "time", "month"):
        name = f"{DAY}{column.name}"
        date = ibis.coalesce(at_once, table[name]) if name in table.columns else at_once
        if column.kind == "time":
            return date
        return date.truncate("D" if column.kind == "date" else "M").cast("timestamp(6)")
    number = ibis.coalesce(at_once, _finite(number_of(text, style)))
    if column.unit.startswith("share"):
        share = ibis.cases((text.endswith("%"), text.re_replace(r"\s*%$", "")))
        free = ibis.cases((text.lower().isin(_FREE), 0.0))
        number = ibis.coalesce(number, number_of(share, style) / 100, free)
    return (
        number
        if column.kind == "number"
        else ibis.cases((number == engine.whole_part(number), number)).try_cast("int64")
    )


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


_CLOCK = r"[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?$"
_COMPACT_CLOCK = r"^(\d{8})[ T]?(\d{2})(\d{2})(\d{2})$"


def day_text(text: ir.StringValue) -> ir.StringValue:
    """Text of a date without its time of day, nor the fraction of a spreadsheet's day."""
    bare = text.re_replace(_CLOCK, "").re_replace(_COMPACT_CLOCK, "\\1")
    return bare.re_replace(r"^(\d{5})\.\d+$", "\\1")


def trimmed_day(text: ir.StringValue, style: Style) -> ir.StringValue:
    """Text of a date as it is looked up: without its time of day, unless its format holds one."""
    return text if style.date_format else day_text(text)


def clock_of(text: ir.StringValue) -> ir.IntegerValue:
    """Seconds of the day that stand in a text; 0 where none do."""
    hours, minutes, seconds = (
        ibis.coalesce(
            text.re_extract(_CLOCK, i).try_cast("int64"),
            text.re_extract(_COMPACT_CLOCK, i + 1).try_cast("int64"),
            ibis.literal(0),
        )
        for i in (1, 2, 3)
    )
    half = text.re_extract(_CLOCK, 4).lower().left(1)  # 12:05 AM is five past midnight
    hours = ibis.cases((half == "p", hours % 12 + 12), (half == "a", hours % 12), else_=hours)
    return hours * 3600 + minutes * 60 + seconds
