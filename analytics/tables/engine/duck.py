"""DuckDB inside the process: the engine of all that one machine carries, and the one that cleans text."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr.operations import DatabaseTable

from analytics import places
from analytics.errors import DataError
from analytics.tables.engine.interface import Engine, EngineError, new_name
from analytics.tables.engine.settings import Limits

_BATCH = 1 << 16  # rows; larger ones are fetched from the system anew each time
Casts = Callable[[ir.Table], Mapping[str, ir.Value]]


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


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches, of which the next is computed while one is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _file(path: Path) -> str:
    """Name of a file for the engine, which takes names for patterns: its signs are put between brackets."""
    return _text("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


class DuckDB(Engine):
    """One DuckDB, started with its limits."""

    cleans = True
    streams = True
    byte_length = "strlen"
    key_hash = ("hash", "uint64")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.backend: Any = ibis.duckdb.connect(temp_directory=str(self.folder / "spill"))
        self.raw = self.backend.con
        self.limit(limits)
        # In a kernel without ipywidgets DuckDB has no bar to switch off, and says so with an error.
        with contextlib.suppress(duckdb.InvalidInputException):
            self.raw.execute("SET enable_progress_bar = false")

    @cached_property
    def folder(self) -> Path:
        """Folder for spilled and converted data, removed when the process ends."""
        return places.until_exit(self.limits.folder or Path(tempfile.gettempdir()))

    def limit(self, limits: Limits) -> None:
        """Set what it may take of the machine, also while it runs.

        Raises
        ------
        EngineError
            Not a size or number that DuckDB reads; what was in force before stays so.
        """
        with _said_plainly():
            self.raw.execute(f"SET memory_limit = {_text(limits.memory)}")
            self.raw.execute(f"SET threads = {int(limits.threads)}")
        self.limits = replace(limits, folder=self.limits.folder)

    def arrow(self, query: str) -> pa.Table:
        """Execute a query."""
        with _said_plainly():
            return self.raw.sql(query).to_arrow_table()

    def stream(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Execute an expression and give its rows batch by batch, in no particular order."""
        with _said_plainly():
            batches = self.raw.sql(self.sql(expression)).to_arrow_reader(_BATCH)
            yield from _ahead(batches) if self.limits.threads > 1 else batches

    def store(self, expression: ir.Table, stem: str) -> ir.Table:
        """Execute an expression once and keep the result."""
        return self._named("TABLE", expression, stem)

    def view(self, expression: ir.Table, stem: str) -> ir.Table:
        """Give an expression a name: it is computed at each use."""
        return self._named("VIEW", expression, stem)

    def _named(self, kind: str, expression: ir.Table, stem: str) -> ir.Table:
        name, query = new_name(stem), self.sql(expression)
        with _said_plainly():
            self.raw.execute(f"CREATE {kind} {name} AS {query}")
        return self._table(name)

    def _table(self, name: str) -> ir.Table:
        """Table of a name; asked by Ibis for its columns, the engine would spell out all categories of each."""
        there = self.raw.table(name)
        kinds = zip(there.columns, there.types, strict=True)
        schema = {name: "string" if kind.id == "enum" else DuckDBType.from_string(str(kind)) for name, kind in kinds}
        return DatabaseTable(name, schema, self.backend).to_expr()

    def give_reasons(self, table: ir.Table, found: ir.Table, places: Sequence[str], reason: str) -> None:
        """Give rows of a stored table the reasons that another has for their places (`_d` before their names)."""
        name, other = table.get_name(), found.get_name()
        same = " AND ".join(f"{name}.{place} = {other}._d{place}" for place in places)
        with _said_plainly():
            self.raw.execute(
                f"UPDATE {name} SET {reason} = {other}._duplicate FROM {other} WHERE {same} AND {name}.{reason} IS NULL"
            )

    def checkpoint(self, expression: ir.Table) -> ir.Table:
        """Nothing: one query computes what it uses twice only once."""
        return expression

    def drop(self, table: ir.Table) -> None:
        """Remove a stored table."""
        with contextlib.suppress(duckdb.Error):
            self.raw.execute(f"DROP TABLE IF EXISTS {table.get_name()}")

    def load_parquet(self, paths: Sequence[Path], record: str) -> ir.Table:
        """Parquet files where they lie; partitions named by folders (district=5100/...) become columns."""
        files = "[" + ", ".join(_file(p) for p in paths) + "]"
        read = f"read_parquet({files}, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
        name = new_name("parquet")
        with _said_plainly():
            rows = dict(self.raw.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata({files})").fetchall())
            index = self.raw.execute(f"SELECT DISTINCT file_index, filename FROM {read} ORDER BY 1").fetchall()
            offsets, before = {}, 0
            for number, file in index:
                offsets[number], before = before, before + rows[file]
            first = ", ".join(str(offsets.get(i, 0)) for i in range(max(offsets, default=0) + 1))
            number = f"list_extract([{first}]::BIGINT[], (file_index + 1)::BIGINT) + file_row_number + 1"
            self.raw.execute(f"CREATE VIEW {name} AS SELECT *, {number} AS {record} FROM {read}")
        return self.backend.table(name)

    def load_frames(self, frames: Iterator[pd.DataFrame], schema: ibis.Schema) -> ir.Table:
        """Load frames as one table; categories stay codes of few bytes, which group faster than texts."""
        name, there = new_name("lines"), False
        days = [f"{column}::DATE AS {column}" for column, kind in schema.items() if kind.is_date()]
        wanted = f"* REPLACE ({', '.join(days)})" if days else "*"  # pandas knows times alone, of twice the bytes
        for frame in frames:
            self.raw.register(f"{name}_source", frame)
            with _said_plainly():
                begin = f"INSERT INTO {name}" if there else f"CREATE TABLE {name} AS"
                self.raw.execute(f"{begin} SELECT {wanted} FROM {name}_source")
            self.raw.unregister(f"{name}_source")
            there = True
        return self._table(name)

    def load_frame(self, frame: pd.DataFrame) -> ir.Table:
        """Load a DataFrame."""
        return self.load_arrow(pa.Table.from_pandas(frame, preserve_index=False))

    def load_arrow(self, batches: pa.Table | pa.RecordBatchReader) -> ir.Table:
        """Load an Arrow table or a stream of batches."""
        name = new_name("arrow")
        self.raw.register(f"{name}_source", batches)
        self.raw.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_source")
        self.raw.unregister(f"{name}_source")
        return self.backend.table(name)

    def load_delimited(
        self, path: Path, width: int, separator: str, skip: int, casts: Casts | None = None
    ) -> tuple[ir.Table, pd.DataFrame]:
        """Load delimited UTF-8 text; see `connection.load_delimited`."""
        name, scans, errors = new_name("text"), new_name("scans"), new_name("rejects")
        columns = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width)) + "}"
        read = (
            f"read_csv({_file(path)}, auto_detect = false, header = false, skip = {skip}, delim = {_text(separator)}, "
            f"quote = '\"', escape = '\"', columns = {columns}, null_padding = false, store_rejects = true, "
            f"rejects_scan = {_text(scans)}, rejects_table = {_text(errors)})"
        )
        query = f"SELECT * FROM {read}"
        if casts is not None:
            asked = ibis.table({f"c{i}": "string" for i in range(width)}, name="_text")
            query = f"WITH _text AS ({query}) {self.sql(asked.mutate(**casts(asked)))}"
        with _said_plainly():
            self.raw.execute(f"CREATE TABLE {name} AS {query}")
        rejects = self.raw.execute(
            "SELECT line_byte_position - 1 AS start, min(line) AS entry, min(error_type::VARCHAR) AS problem "
            f"FROM {errors} GROUP BY 1 ORDER BY 1"
        ).df()
        self.raw.execute(f"DROP TABLE {errors}; DROP TABLE {scans}")
        return self.backend.table(name), rejects

    def first_rows(self, path: Path, width: int, separator: str, skip: int, rows: int) -> ir.Table:
        """First records of delimited UTF-8 text as they stand, for a look."""
        name, columns = new_name("sample"), "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width)) + "}"
        with _said_plainly():
            self.raw.execute(
                f"CREATE TABLE {name} AS SELECT * FROM read_csv({_file(path)}, auto_detect = false, header = false, "
                f"skip = {skip}, delim = {_text(separator)}, quote = '\"', escape = '\"', columns = {columns}, "
                f"ignore_errors = true) LIMIT {rows}"
            )
        return self.backend.table(name)

    def written(self, expression: ir.Table) -> Path:
        """Write the result of an expression as Parquet into the temporary folder."""
        path = self.folder / f"{new_name('handed')}.parquet"
        with _said_plainly():
            self.raw.execute(f"COPY ({self.sql(expression)}) TO {_text(path)} (FORMAT parquet)")
        return path

    def content_hash(self, table: ir.Table) -> int:
        """Hash of a stored table's rows, whatever their order."""
        ((value,),) = self.raw.execute(f"SELECT bit_xor(hash(t)) FROM {table.get_name()} AS t").fetchall()
        return int(value or 0)
