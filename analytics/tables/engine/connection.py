"""The engine: connecting, loading and executing. Nobody else knows that it is DuckDB.

Expressions elsewhere are Ibis; what DuckDB alone can do (reading delimited text with its rejects, lenient date formats,
row hashes) stands here, so that another engine has one module to replace.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from analytics.errors import AnalystError, DataError
from analytics.tables.engine import spark
from analytics.tables.engine.settings import ENGINE, Settings, current, machine_memory, on_spark, wanted

_number = itertools.count(1)


class EngineError(AnalystError):
    """What the engine could not do, in its own first words."""


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise DataError(
            "The data do not fit into the memory that the engine may use. Raise ANALYTICS_MEMORY_LIMIT (such as 8GB), "
            "or set ANALYTICS_TEMP to a folder with more room for data that spill to disk."
        ) from None
    except duckdb.Error as error:
        raise EngineError(str(error).splitlines()[0]) from error


def configure(
    memory_limit: str | None = None, threads: int | None = None, folder: Path | None = None, *,
    engine: str | None = None,
) -> None:  # fmt: skip
    """Set the engine and what it may take of the machine, also while it runs.

    Without a call DuckDB is the engine, and ANALYTICS_MEMORY_LIMIT, ANALYTICS_THREADS and ANALYTICS_TEMP decide.

    Raises
    ------
    DataError
        For an engine of another form than "duckdb", "spark", "spark:local[N]" or "spark://HOST:PORT".
    """
    before = wanted()
    if engine is not None and not ENGINE.fullmatch(engine):
        raise DataError(f'engine: "{engine}" is not known. Allowed: duckdb, spark, spark:local[N], spark://HOST:PORT.')
    current[:] = [
        Settings(
            memory_limit or before.memory_limit, threads or before.threads, folder or before.folder,
            engine or before.engine,
        )
    ]  # fmt: skip
    if connection.cache_info().currsize:
        _apply(connection())
    if engine is not None:
        here = connection()  # the first call makes DuckDB the default of tables in memory
        ibis.set_backend(_spark() or here)


def _spark() -> Any:
    """Return the Spark backend that is asked for; None for DuckDB."""
    name = wanted().engine
    if name == "duckdb":
        return None
    return spark.backend(name if name.startswith("spark://") else name.removeprefix("spark").lstrip(":") or "local[*]")


def _spark_of(expression: ir.Table) -> Any:
    """Return the Spark backend that an expression's tables lie in; None for DuckDB."""
    backend = expression.get_backend()
    return backend if backend.name == "pyspark" else None


@cache
def temporary_folder() -> Path:
    """Folder for spilled and converted data, removed when the process ends."""
    parent = wanted().folder
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="analytics-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def connection() -> Any:  # an ibis backend
    """Return this process's engine, started on first use."""
    backend = ibis.duckdb.connect(temp_directory=str(temporary_folder() / "spill"))
    _apply(backend)
    ibis.set_backend(backend)
    return backend


def _apply(backend: Any) -> None:
    mine = wanted()
    limit = mine.memory_limit or f"{machine_memory() // 2**21}MiB"
    backend.con.execute(f"SET memory_limit = '{limit}'")
    if mine.threads:
        backend.con.execute(f"SET threads = {int(mine.threads)}")
    # In a kernel without ipywidgets DuckDB has no bar to switch off, and says so with an error.
    with contextlib.suppress(duckdb.InvalidInputException):
        backend.con.execute("SET enable_progress_bar = false")


def new_name(stem: str) -> str:
    """Return a table name not used before in this process."""
    return f"{stem}_{next(_number)}"


def _sql(expression: ir.Table) -> str:
    # Layers must stay layers: merged into one, every check would parse its cell anew.
    fuse, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        return str((_spark_of(expression) or connection()).compile(expression))
    finally:
        ibis.options.sql.fuse_selects = fuse


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _file(path: Path) -> str:
    """Name of a file for the engine, which takes names for patterns: its signs are put between brackets."""
    return _text("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def load_delimited(path: Path, width: int, separator: str, skip: int) -> tuple[ir.Table, pd.DataFrame]:
    """Load delimited UTF-8 text as it stands: columns c0, c1, ... of text, in the file's order.

    Parameters
    ----------
    path : file to load
    width : number of columns
    separator : one character
    skip : lines before the first record (the header is one of them)

    Returns
    -------
    (table, rejects)
        Records that do not fit the width are not in the table but in rejects: start (byte in the file), entry (which
        record or blank line of the file it is, header lines included), problem.
    """
    raw = connection().con
    name, scans, errors = new_name("text"), new_name("scans"), new_name("rejects")
    columns = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width)) + "}"
    with _said_plainly():
        raw.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv({_file(path)}, auto_detect = false, header = false, "
            f"skip = {skip}, delim = {_text(separator)}, quote = '\"', escape = '\"', columns = {columns}, "
            "null_padding = false, store_rejects = true, "
            f"rejects_scan = {_text(scans)}, rejects_table = {_text(errors)})"
        )
    rejects = raw.execute(
        "SELECT line_byte_position - 1 AS start, min(line) AS entry, min(error_type::VARCHAR) AS problem "
        f"FROM {errors} GROUP BY 1 ORDER BY 1"
    ).df()
    raw.execute(f"DROP TABLE {errors}; DROP TABLE {scans}")
    return connection().table(name), rejects


def load_parquet(paths: Sequence[Path], record: str) -> ir.Table:
    """Parquet files where they lie: columns in the first file's order, records counted from 1 in column `record`.

    Nothing is copied: each use reads the columns that it needs. Partitions named by folders (district=5100/...) become
    columns.
    """
    if elsewhere := _spark():
        return spark.load_parquet(elsewhere, new_name("parquet"), paths, record)
    files = "[" + ", ".join(_file(p) for p in paths) + "]"
    read = f"read_parquet({files}, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
    name, raw = new_name("parquet"), connection().con
    with _said_plainly():
        rows = dict(raw.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata({files})").fetchall())
        index = raw.execute(f"SELECT DISTINCT file_index, filename FROM {read} ORDER BY 1").fetchall()
        offsets, before = {}, 0
        for number, file in index:
            offsets[number], before = before, before + rows[file]
        first = ", ".join(str(offsets.get(i, 0)) for i in range(max(offsets, default=0) + 1))
        number = f"list_extract([{first}]::BIGINT[], (file_index + 1)::BIGINT) + file_row_number + 1"
        raw.execute(f"CREATE VIEW {name} AS SELECT *, {number} AS {record} FROM {read}")
    return connection().table(name)


def load_arrow(batches: pa.Table | pa.RecordBatchReader) -> ir.Table:
    """Load an Arrow table or a stream of batches."""
    name = new_name("arrow")
    connection().con.register(f"{name}_source", batches)
    connection().con.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_source")
    connection().con.unregister(f"{name}_source")
    return connection().table(name)


def load_frame(frame: pd.DataFrame, beside: ir.Table | None = None) -> ir.Table:
    """Load a DataFrame, into the engine where another table lies if one is given."""
    if elsewhere := _spark() if beside is None else _spark_of(beside):
        return spark.load_frame(elsewhere, new_name("frame"), frame)
    return load_arrow(pa.Table.from_pandas(frame, preserve_index=False))


def store(expression: ir.Table, stem: str = "stored") -> ir.Table:
    """Execute an expression once and keep the result in the engine."""
    return _named("TABLE", expression, stem)


def checkpoint(expression: ir.Table) -> ir.Table:
    """Keep a result that is used twice where the engine would compute it twice: Spark does, DuckDB does not."""
    return store(expression, "checkpoint") if _spark_of(expression) else expression


def view(expression: ir.Table, stem: str = "view") -> ir.Table:
    """Give an expression a name in the engine: it is computed at each use, but written out and planned only once."""
    return _named("VIEW", expression, stem)


def _named(kind: Literal["TABLE", "VIEW"], expression: ir.Table, stem: str) -> ir.Table:
    name, sql = new_name(stem), _sql(expression)
    if elsewhere := _spark_of(expression):
        return (spark.store if kind == "TABLE" else spark.view)(elsewhere, name, sql)
    with _said_plainly():
        connection().con.execute(f"CREATE {kind} {name} AS {sql}")
    return connection().table(name)


def drop(table: ir.Table) -> None:
    """Remove a stored table that nobody needs any more."""
    if elsewhere := _spark_of(table):
        spark.drop(elsewhere, table.get_name())
        return
    with contextlib.suppress(duckdb.Error):
        connection().con.execute(f"DROP TABLE IF EXISTS {table.get_name()}")


def fetch(expression: ir.Table) -> pd.DataFrame:
    """Execute an expression and return pandas: text as str, dates as datetime64[us], flags as nullable boolean."""
    elsewhere = _spark_of(expression)
    with _said_plainly():
        query = _sql(expression)
        arrow = spark.fetch(elsewhere, query) if elsewhere else connection().con.sql(query).to_arrow_table()
    frame = arrow.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get, date_as_object=False)
    for field in arrow.schema:
        if pa.types.is_null(field.type) or pa.types.is_string(field.type):
            frame[field.name] = frame[field.name].astype("str")
        elif pa.types.is_date(field.type):
            frame[field.name] = frame[field.name].astype("datetime64[us]")
    return frame


def stream(expression: ir.Table) -> Iterator[pa.RecordBatch]:
    """Execute an expression and give its rows batch by batch, in no particular order."""
    if elsewhere := _spark_of(expression):
        yield from spark.stream(elsewhere, _sql(expression))
        return
    with _said_plainly():
        yield from connection().con.sql(_sql(expression)).to_arrow_reader(1 << 17)


def threads() -> int:
    """Threads that the engine, and work beside it, may use."""
    return wanted().threads or os.cpu_count() or 1


def one_row(expression: ir.Table) -> dict[str, Any]:
    """Execute an aggregate and return its only row."""
    return dict(fetch(expression).iloc[0])


def is_true(value: Any) -> bool:
    """Whether a flag that was fetched is true; missing is not."""
    return value is not None and bool(pd.notna(value)) and bool(value)


def count(table: ir.Table) -> int:
    """Rows of a table."""
    if _spark_of(table):
        return int(one_row(table.aggregate(rows=table.count()))["rows"])
    ((rows,),) = connection().con.execute(f"SELECT count(*) FROM ({_sql(table)})").fetchall()
    return int(rows)


def handed_over(expression: ir.Table) -> ir.Table:
    """Move a result of DuckDB to Spark, through a Parquet file in the temporary folder."""
    path = temporary_folder() / f"{new_name('handed')}.parquet"
    with _said_plainly():
        connection().con.execute(f"COPY ({_sql(expression)}) TO {_text(path)} (FORMAT parquet)")
    return load_parquet([path], "_handed").drop("_handed")


def copy_to_csv(expression: ir.Table, path: Path) -> None:
    """Write the result of an expression as CSV (UTF-8) without holding it in memory."""
    connection().con.execute(f"COPY ({_sql(expression)}) TO {_text(path)} (HEADER, DELIMITER ',')")


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.Array(dt.string)), dt.timestamp))
def try_formats(text, formats):  # type: ignore[no-untyped-def]
    """First of the formats that reads the text, else missing."""


@ibis.udf.scalar.builtin(name="trim", signature=((dt.string,), dt.string))
def trimmed(text):  # type: ignore[no-untyped-def]
    """Text without spaces around it: twenty times as fast as trimming a set of characters."""


@ibis.udf.scalar.builtin(name="trunc", signature=((dt.float64,), dt.float64))
def whole_part(number):  # type: ignore[no-untyped-def]
    """Number without its decimals, as a float: ibis's own floor passes through int64 and fails beyond it."""


@ibis.udf.scalar.builtin(name="strlen", signature=((dt.string,), dt.int64))
def _strlen(text):  # type: ignore[no-untyped-def]
    """DuckDB's name."""


@ibis.udf.scalar.builtin(name="octet_length", signature=((dt.string,), dt.int64))
def _octet_length(text):  # type: ignore[no-untyped-def]
    """Spark's name."""


def byte_length(text: ir.StringValue) -> ir.IntegerValue:
    """Length in bytes."""
    return _octet_length(text) if on_spark() else _strlen(text)


def key_hash(table: ir.Table, columns: Sequence[str]) -> ir.IntegerValue:
    """64-bit hash of some columns of a row: equal values, missing ones included, have equal hashes."""
    values = [table[name] for name in columns]

    def hashed(*given):  # type: ignore[no-untyped-def]
        """Hash of values."""

    order = inspect.Parameter.POSITIONAL_OR_KEYWORD
    hashed.__signature__ = inspect.Signature([inspect.Parameter(f"v{i}", order) for i in range(len(values))])  # type: ignore[attr-defined]
    signature = (tuple(value.type() for value in values), dt.int64 if _spark_of(table) else dt.uint64)
    name = "xxhash64" if _spark_of(table) else "hash"
    return ibis.udf.scalar.builtin(hashed, name=name, signature=signature)(*values)


def content_hash(table: ir.Table) -> int:
    """Hash of a stored table's rows, whatever their order."""
    ((value,),) = connection().con.execute(f"SELECT bit_xor(hash(t)) FROM {table.get_name()} AS t").fetchall()
    return int(value or 0)
