"""Spark in place of DuckDB: the same expressions, for data that outgrow one machine (extra `spark`, Java 17)."""

from __future__ import annotations

import atexit
import shutil
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from analytics.errors import DataError
from analytics.tables.engine.interface import Engine, new_name
from analytics.tables.engine.plainly import said_plainly

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
# Local mode, and a cluster on this machine, speak to nobody else.
_LOOPBACK = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
_PARTITIONS = "spark.sql.shuffle.partitions"  # two hundred by default: few cores would only be starting them
_LEAST_PARTITIONS, _A_CORE = 4, 2
_ANSWER = 60.0  # seconds within which a worker must have been given to this run


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
    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        raise DataError(
            f"engine: this process works on Spark at {running.sparkContext.master} already, and can on one only. Start "
            f"anew (in JupyterLab: restart the kernel) to work on {master}."
        )
    builder = SparkSession.builder.master(master).appName("analytics")
    for key, value in {**_SETTINGS, **(_LOOPBACK if _on_this_machine(master) else {})}.items():
        builder = builder.config(key, value)
    try:
        started = builder.getOrCreate()
    except Exception as error:
        raise DataError(
            f"engine: Spark at {master} did not start ({type(error).__name__}). Check Java 17 (java -version) and the "
            "address, or set engine=duckdb."
        ) from None
    started.sparkContext.setLogLevel("ERROR")
    atexit.register(_stop, started)
    _await_a_worker(started)
    cores = int(started.sparkContext.defaultParallelism)
    started.conf.set(_PARTITIONS, str(max(_LEAST_PARTITIONS, _A_CORE * cores)))
    return ibis.pyspark.connect(started)


def _on_this_machine(master: str) -> bool:
    return master.startswith("local") or urlsplit(master).hostname in ("localhost", "127.0.0.1", "::1")


def _stop(session: Any) -> None:
    """End the session; one whose cluster is gone already is gone too."""
    try:
        session.stop()
    except Exception:  # whatever Java says at the end of a process helps nobody
        return


def _await_a_worker(session: Any) -> None:
    """Without a worker a cluster lets a run wait for ever.

    Raises
    ------
    DataError
        None was given to this run in a minute.
    """
    context = session.sparkContext
    if context.master.startswith("local"):
        return
    until = time.monotonic() + _ANSWER
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the first is this process
        if time.monotonic() > until:
            session.stop()
            raise DataError(
                f"engine: the cluster at {context.master} has given this run no worker in {_ANSWER:.0f} s. Check that "
                "workers are up and not taken by other runs, or set engine=duckdb."
            )
        time.sleep(0.2)


def _text(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


class Spark(Engine):
    """The Spark session that tables lie in."""

    cleans = False
    streams = False
    looks_from = 512 << 20  # DuckDB has checked fewer before a cluster has planned its first look
    byte_length = "octet_length"
    key_hash = ("xxhash64", "int64")

    def __init__(self, backend: Any, folder: Path) -> None:
        self.backend = backend
        self.session = backend._session
        self.folder = folder / "spark"

    def arrow(self, query: str) -> pa.Table:
        """Execute a query."""
        with said_plainly():
            return self.session.sql(query).toArrow()

    def stream(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Execute an expression and give its rows batch by batch."""
        yield from self.arrow(self.sql(expression)).to_batches(max_chunksize=1 << 17)

    def store(self, expression: ir.Table, stem: str) -> ir.Table:
        """Compute once, and keep it without the query that it came from.

        With its query each result would carry the plans of all before it, and planning would soon take longer than
        work. On a cluster it is kept as Parquet in the temporary folder, which all workers see: what lies in the memory
        of a worker is lost with it.
        """
        with said_plainly():
            frame = self.session.sql(self.sql(expression))
            if self.session.sparkContext.master.startswith("local"):
                return self._named(frame.localCheckpoint(), stem)
            name = new_name(stem)
            place = str(self.folder / name)
            frame.write.parquet(place)
            return self._named(self.session.read.parquet(place), stem, name)

    def view(self, expression: ir.Table, stem: str) -> ir.Table:
        """Give an expression a name: it is computed at each use."""
        with said_plainly():
            return self._named(self.session.sql(self.sql(expression)), stem)

    def _named(self, frame: Any, stem: str, name: str | None = None) -> ir.Table:
        name = name or new_name(stem)
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def checkpoint(self, expression: ir.Table) -> ir.Table:
        """Keep a result that is used twice: Spark would compute it twice."""
        return self.store(expression, "checkpoint")

    def drop(self, table: ir.Table) -> None:
        """Free a stored table."""
        name = table.get_name()
        self.session.catalog.dropTempView(name)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def load_parquet(self, paths: Sequence[Path], record: str) -> ir.Table:
        """Parquet files where they lie, records counted through the files from 1 in column `record`."""
        import pyarrow.parquet as pq

        with said_plainly():
            frame = self.session.read.option("mergeSchema", "true").parquet(*[str(p) for p in paths])
        before, cases = 0, []
        for path in paths:
            cases.append(f"WHEN {_text(path.name)} THEN {before}" if len({p.name for p in paths}) == len(paths) else "")
            before += pq.read_metadata(path).num_rows
        if not all(cases):
            raise DataError("engine: Spark reads a folder of Parquet files only where their names differ.")
        first = f"CASE _metadata.file_name {' '.join(cases)} END"
        number = f"CAST({first} + _metadata.row_index + 1 AS BIGINT) AS {record}"
        with said_plainly():
            return self._named(frame.selectExpr(*[f"`{c}`" for c in frame.columns], number), "parquet")

    def load_frames(self, frames: Iterator[pd.DataFrame], schema: ibis.Schema) -> ir.Table:
        """Load frames as one table, through Parquet files that all workers see; categories become texts."""
        import pyarrow.parquet as pq
        from ibis.backends.pyspark.datatypes import PySparkSchema

        name = new_name("lines")
        place, wanted = self.folder / name, schema.to_pyarrow()
        place.mkdir(parents=True)
        for at, frame in enumerate(frames):
            table = pa.Table.from_pandas(frame, preserve_index=False).cast(wanted)
            pq.write_table(table, place / f"{at:05}.parquet", coerce_timestamps="us")  # Spark knows no nanoseconds
        with said_plainly():
            read = self.session.read.schema(PySparkSchema.from_ibis(schema))
            return self._named(read.parquet(str(place)), "lines", name)

    def load_frame(self, frame: pd.DataFrame) -> ir.Table:
        """Hand a small table over."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        narrow = [pa.field(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema]
        return self._named(self.session.createDataFrame(table.cast(pa.schema(narrow))), "frame")
