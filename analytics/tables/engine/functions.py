"""Functions of the engines that Ibis does not know, or knows only slower."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.Array(dt.string)), dt.timestamp))
def try_formats(text, formats):  # type: ignore[no-untyped-def]
    """First of the formats that reads the text, else missing."""


@ibis.udf.scalar.builtin(name="trim", signature=((dt.string,), dt.string))
def trimmed(text):  # type: ignore[no-untyped-def]
    """Text without spaces around it: twenty times as fast as trimming a set of characters."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.Timestamp("UTC")), dt.timestamp))
def on_the_clock(zone, moment):  # type: ignore[no-untyped-def]
    """Clock of a time zone at a moment."""


@ibis.udf.scalar.builtin(name="trunc", signature=((dt.float64,), dt.float64))
def whole_part(number):  # type: ignore[no-untyped-def]
    """Number without its decimals, as a float: ibis's own floor passes through int64 and fails beyond it."""


@ibis.udf.scalar.builtin(name="strlen", signature=((dt.string,), dt.int64))
def _strlen(text):  # type: ignore[no-untyped-def]
    """DuckDB's name."""


@ibis.udf.scalar.builtin(name="octet_length", signature=((dt.string,), dt.int64))
def _octet_length(text):  # type: ignore[no-untyped-def]
    """Spark's name."""


BYTE_LENGTH = {"strlen": _strlen, "octet_length": _octet_length}
