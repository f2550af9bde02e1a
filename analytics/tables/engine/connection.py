"""The engine as everybody else sees it: each table is worked on where it lies, in DuckDB or in Spark.

Expressions elsewhere are Ibis; which engine carries a table is known to the table, not set for the process.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from analytics.errors import DataError
from analytics.tables.engine import spark
from analytics.tables.engine.duck import Casts, DuckDB
from analytics.tables.engine.functions import BYTE_LENGTH, on_the_clock, trimmed, try_formats, whole_part
from analytics.tables.engine.interface import Engine, EngineError, new_name
from analytics.tables.engine.settings import Limits

__all__ = ["Engine", "EngineError", "new_name", "on_the_clock", "trimmed", "try_formats", "whole_part"]

_LARGE = 16 << 20
_NAME = re.compile(r"duckdb|spark(:local\[(\d+|\*)\]|://\S+)?")


@cache
def duckdb() -> DuckDB:
    """DuckDB of this process, started on first use; frames in memory are worked on by it as well."""
    engine = DuckDB(Limits.of_environment())
    ibis.set_backend(engine.backend)
    return engine


def named(name: str) -> Engine:
    """Engine of a name.

    Raises
    ------
    DataError
        For a name of another form than "duckdb", "spark", "spark:local[N]" or "spark://HOST:PORT".
    """
    if not _NAME.fullmatch(name):
        raise DataError(f'engine: "{name}" is not known. Allowed: duckdb, spark, spark:local[N], spark://HOST:PORT.')
    here = duckdb()
    if name == "duckdb":
        return here
    master = name if name.startswith("spark://") else name.removeprefix("spark").lstrip(":") or "local[*]"
    return spark.Spark(spark.session(master), here.folder)


def of(expression: ir.Expr) -> Engine:
    """Engine that an expression's tables lie in."""
    if "pyspark" not in sys.modules:  # nobody can have a table there; to look through an expression is dear
        return duckdb()
    backend = expression.get_backend()
    return spark.Spark(backend, duckdb().folder) if backend.name == "pyspark" else duckdb()


def connection() -> Any:  # an ibis backend
    """Return DuckDB as Ibis knows it."""
    return duckdb().backend


def configure(memory_limit: str | None = None, threads: int | None = None) -> None:
    """Set what DuckDB may take of the machine, also while it runs.

    Without a call ANALYTICS_MEMORY_LIMIT, ANALYTICS_THREADS and ANALYTICS_TEMP decide, as they are at its first use.

    Parameters
    ----------
    memory_limit : such as "8GB"
    threads : with more than one, sums may differ in late digits from run to run
    """
    here = duckdb()
    here.limit(replace(here.limits, memory=memory_limit or here.limits.memory, threads=threads or here.limits.threads))


def threads() -> int:
    """Threads that the engine, and work beside it, may use."""
    return duckdb().limits.threads


@contextlib.contextmanager
def every_core(size: int) -> Iterator[None]:
    """Let DuckDB use all cores while a large source is read: nothing is added up, so that no digit depends on it.

    Parameters
    ----------
    size : bytes of the source; small ones are not worth it
    """
    here = duckdb()
    usual = here.limits
    if usual.cores <= usual.threads or size < _LARGE:
        yield
        return
    here.limit(replace(usual, threads=usual.cores))
    try:
        yield
    finally:
        here.limit(usual)


def temporary_folder() -> Path:
    """Folder for spilled and converted data, removed when the process ends."""
    return duckdb().folder


def first_rows(path: Path, width: int, separator: str, skip: int, rows: int) -> ir.Table:
    """First records of delimited UTF-8 text as they stand, for a look."""
    return duckdb().first_rows(path, width, separator, skip, rows)


def load_delimited(
    path: Path, width: int, separator: str, skip: int, casts: Casts | None = None
) -> tuple[ir.Table, pd.DataFrame]:
    """Load delimited UTF-8 text as it stands: columns c0, c1, ... of text, in the file's order.

    Parameters
    ----------
    path : file to load
    width : number of columns
    separator : one character
    skip : lines before the first record (the header is one of them)
    casts : columns that are cast on the way, of the table of texts; by default none

    Returns
    -------
    (table, rejects)
        Records that do not fit the width are not in the table but in rejects: start (byte in the file), entry (which
        record or blank line of the file it is, header lines included), problem.
    """
    return duckdb().load_delimited(path, width, separator, skip, casts)


def load_arrow(batches: pa.Table | pa.RecordBatchReader) -> ir.Table:
    """Load an Arrow table or a stream of batches."""
    return duckdb().load_arrow(batches)


def load_frame(frame: pd.DataFrame, beside: ir.Table | None = None) -> ir.Table:
    """Load a DataFrame, into the engine where another table lies if one is given."""
    return (duckdb() if beside is None else of(beside)).load_frame(frame)


def load_frames(frames: Iterator[pd.DataFrame], schema: ibis.Schema, beside: ir.Table) -> ir.Table:
    """Load frames of the same columns and categories one after the other, as one table where another lies.

    Parameters
    ----------
    frames : each is let go before the next is asked for
    schema : of the table
    beside : table of the engine that takes them
    """
    return of(beside).load_frames(frames, schema)


def store(expression: ir.Table, stem: str = "stored") -> ir.Table:
    """Execute an expression once and keep the result in the engine."""
    return of(expression).store(expression, stem)


def checkpoint(expression: ir.Table) -> ir.Table:
    """Keep a result that is used twice where the engine would compute it twice: Spark does, DuckDB does not."""
    return of(expression).checkpoint(expression)


def view(expression: ir.Table, stem: str = "view") -> ir.Table:
    """Give an expression a name in the engine: it is computed at each use, but written out and planned only once."""
    return of(expression).view(expression, stem)


def give_reasons(table: ir.Table, found: ir.Table, places: Sequence[str], reason: str) -> None:
    """Give rows of a stored table the reasons that another table has for their places; those that have one keep it."""
    duckdb().give_reasons(table, found, places, reason)


def drop(table: ir.Table) -> None:
    """Remove a stored table that nobody needs any more."""
    of(table).drop(table)


def fetch(expression: ir.Table, *, coded: bool = False) -> pd.DataFrame:
    """Execute an expression and return pandas: text as str, dates as datetime64[us], flags as nullable boolean.

    Parameters
    ----------
    coded : leave texts that the engine holds as codes (`load_frames`) categories, in the order of the texts
    """
    return of(expression).fetch(expression, coded=coded)


def stream(expression: ir.Table) -> Iterator[pa.RecordBatch]:
    """Execute an expression and give its rows batch by batch, in no particular order."""
    return of(expression).stream(expression)


def one_row(expression: ir.Table) -> dict[str, Any]:
    """Execute an aggregate and return its only row."""
    return dict(fetch(expression).iloc[0])


def is_true(value: Any) -> bool:
    """Whether a flag that was fetched is true; missing is not."""
    return value is not None and bool(pd.notna(value)) and bool(value)


def count(table: ir.Table) -> int:
    """Rows of a table."""
    return int(one_row(table.aggregate(rows=table.count()))["rows"])


def handed_over(expression: ir.Table, to: Engine) -> ir.Table:
    """Move a result of DuckDB to another engine, through a Parquet file in the temporary folder."""
    return to.load_parquet([duckdb().written(expression)], "_handed").drop("_handed")


def byte_length(text: ir.StringValue) -> ir.IntegerValue:
    """Length in bytes."""
    return BYTE_LENGTH[of(text).byte_length](text)


def key_hash(table: ir.Table, columns: Sequence[str]) -> ir.IntegerValue:
    """64-bit hash of some columns of a row: equal values, missing ones included, have equal hashes."""
    values = [table[name] for name in columns]

    def hashed(*given):  # type: ignore[no-untyped-def]
        """Hash of values."""

    order = inspect.Parameter.POSITIONAL_OR_KEYWORD
    hashed.__signature__ = inspect.Signature([inspect.Parameter(f"v{i}", order) for i in range(len(values))])  # type: ignore[attr-defined]
    name, kind = of(table).key_hash
    signature = (tuple(value.type() for value in values), dt.dtype(kind))
    return ibis.udf.scalar.builtin(hashed, name=name, signature=signature)(*values)


def content_hash(table: ir.Table) -> int:
    """Hash of a stored table's rows, whatever their order."""
    return duckdb().content_hash(table)
