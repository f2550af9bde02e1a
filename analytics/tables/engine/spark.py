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
def backend(master: str) -> Any:
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
        session = builder.getOrCreate()
    except Exception as error:
        raise DataError(
            f"engine: Spark at {master} did not start ({type(error).__name__}). Check Java 17 (java -version) and the "
            "address, or set engine=duckdb."
        ) from None
    session.sparkContext.setLogLevel("ERROR")
    atexit.register(session.stop)
    return ibis.pyspark.connect(session)


def load_parquet(engine: Any, name: str, paths: Sequence[Path], record: str) -> ir.Table:
    """Parquet files where they lie, records counted through the files from 1 in column `record`."""
    import pyarrow.parquet as pq

    session = engine._session
    frame = session.read.option("mergeSchema", "true").parquet(*[str(p) for p in paths])
    columns = frame.columns
    before, cases = 0, []
    for path in paths:
        cases.append(f"WHEN {_text(path.name)} THEN {before}" if len({p.name for p in paths}) == len(paths) else "")
        before += pq.read_metadata(path).num_rows
    if not all(cases):
        raise DataError("engine: Spark reads a folder of Parquet files only where their names differ.")
    first = f"CASE _metadata.file_name {' '.join(cases)} END"
    numbered = frame.selectExpr(
        *[f"`{c}`" for c in columns], f"CAST({first} + _metadata.row_index + 1 AS BIGINT) AS {record}"
    )
    numbered.createOrReplaceTempView(name)
    return engine.table(name)


def _text(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def store(engine: Any, name: str, sql: str) -> ir.Table:
    """Compute once, and keep in the cluster's memory or on its disks, without the query that it came from.

    With its query each result would carry the plans of all before it, and planning would soon take longer than work.
    """
    engine._session.sql(sql).localCheckpoint().createOrReplaceTempView(name)
    return engine.table(name)


def view(engine: Any, name: str, sql: str) -> ir.Table:
    """Give a query a name."""
    engine._session.sql(sql).createOrReplaceTempView(name)
    return engine.table(name)


def drop(engine: Any, name: str) -> None:
    """Free a stored table."""
    engine._session.catalog.dropTempView(name)


def load_frame(engine: Any, name: str, frame: pd.DataFrame) -> ir.Table:
    """Hand a small table over."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    narrow = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
    engine._session.createDataFrame(table.cast(pa.schema(narrow))).createOrReplaceTempView(name)
    return engine.table(name)


def fetch(engine: Any, sql: str) -> pa.Table:
    """Execute a query."""
    return engine._session.sql(sql).toArrow()


def stream(engine: Any, sql: str) -> Iterator[pa.RecordBatch]:
    """Execute a query and give its rows batch by batch."""
    yield from fetch(engine, sql).to_batches(max_chunksize=1 << 17)
