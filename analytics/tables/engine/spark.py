"""Spark in place of DuckDB: the same expressions, for data that outgrow one machine (extra `spark`, Java 17)."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from analytics.errors import DataError
from analytics.tables.engine.interface import Engine, new_name

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.maxPlanStringLength": "10000",
}
# Local mode speaks to nobody, and two cores need no two hundred parts.
_HERE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
}


@cache
def session(master: str) -> Any:
    """Ibis on the Spark session of this process, started on first use.

    Raises
    ------
    DataError
        pyspark or Java is not at hand, or the cluster does not answer.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise DataError(
            "engine: Spark is asked for, but pyspark is not installed. Run pip install '.[spark]', or set "
            "engine=duckdb."
        ) from None
    builder = SparkSession.builder.master(master).appName("analytics")
    for key, value in {**_SETTINGS, **(_HERE if master.startswith("local") else {})}.items():
        builder = builder.config(key, value)
    try:
        started = builder.getOrCreate()
    except Exception as error:
        raise DataError(
            f"engine: Spark at {master} did not start ({type(error).__name__}). Check Java 17 (java -version) and the "
            "address, or set engine=duckdb."
        ) from None
    started.sparkContext.setLogLevel("ERROR")
    atexit.register(started.stop)
    return ibis.pyspark.connect(started)


def _text(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


class Spark(Engine):
    """The Spark session that tables lie in."""

    cleans = False
    byte_length = "octet_length"
    key_hash = ("xxhash64", "int64")

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.session = backend._session

    def arrow(self, query: str) -> pa.Table:
        """Execute a query."""
        return self.session.sql(query).toArrow()

    def stream(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Execute an expression and give its rows batch by batch."""
        yield from self.arrow(self.sql(expression)).to_batches(max_chunksize=1 << 17)

    def store(self, expression: ir.Table, stem: str) -> ir.Table:
        """Compute once, and keep in the cluster's memory or on its disks, without the query that it came from.

        With its query each result would carry the plans of all before it, and planning would soon take longer than
        work.
        """
        return self._named(self.session.sql(self.sql(expression)).localCheckpoint(), stem)

    def view(self, expression: ir.Table, stem: str) -> ir.Table:
        """Give an expression a name: it is computed at each use."""
        return self._named(self.session.sql(self.sql(expression)), stem)

    def _named(self, frame: Any, stem: str) -> ir.Table:
        name = new_name(stem)
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def checkpoint(self, expression: ir.Table) -> ir.Table:
        """Keep a result that is used twice: Spark would compute it twice."""
        return self.store(expression, "checkpoint")

    def drop(self, table: ir.Table) -> None:
        """Free a stored table."""
        self.session.catalog.dropTempView(table.get_name())

    def load_parquet(self, paths: Sequence[Path], record: str) -> ir.Table:
        """Parquet files where they lie, records counted through the files from 1 in column `record`."""
        import pyarrow.parquet as pq

        frame = self.session.read.option("mergeSchema", "true").parquet(*[str(p) for p in paths])
        before, cases = 0, []
        for path in paths:
            cases.append(f"WHEN {_text(path.name)} THEN {before}" if len({p.name for p in paths}) == len(paths) else "")
            before += pq.read_metadata(path).num_rows
        if not all(cases):
            raise DataError("engine: Spark reads a folder of Parquet files only where their names differ.")
        first = f"CASE _metadata.file_name {' '.join(cases)} END"
        number = f"CAST({first} + _metadata.row_index + 1 AS BIGINT) AS {record}"
        return self._named(frame.selectExpr(*[f"`{c}`" for c in frame.columns], number), "parquet")

    def load_frame(self, frame: pd.DataFrame) -> ir.Table:
        """Hand a small table over."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        narrow = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
        return self._named(self.session.createDataFrame(table.cast(pa.schema(narrow))), "frame")
