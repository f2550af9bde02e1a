"""Tables of a database: PostgreSQL, MySQL, SQLite, DuckDB. Addresses are named by variables, never shown."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import ibis
import pyarrow as pa

from analytics.errors import DataError, SourceMissing, did_you_mean
from analytics.tables.engine import connection as engine
from analytics.tables.source import raw
from analytics.tables.source.raw import Raw


def opened(rest: str) -> Raw:
    """Read a table of a database.

    Parameters
    ----------
    rest : VARIABLE/table or VARIABLE/schema.table, where VARIABLE names the environment variable that holds the address

    Raises
    ------
    SourceMissing
        The variable is not set.
    DataError
        No such table, no driver, or the database does not answer.
    """
    variable, _, name = rest.partition("/")
    address = os.environ.get(variable)
    if not name:
        raise DataError(
            f"database:{rest}: write database:VARIABLE/table, where VARIABLE names the environment variable "
            "that holds the address."
        )
    if not address:
        raise SourceMissing(
            f"database:{rest}: the environment variable {variable} is not set. It must hold the "
            "database's address, such as postgres://user:password@host/name."
        )
    schema, _, bare = name.rpartition(".")
    found: ibis.expr.types.Table | None = None
    known: list[str] = []
    failure, counted = "", None
    try:
        backend = ibis.connect(address)
        known = _tables_of(backend, schema or None)
        if bare in known:
            remote = backend.table(bare, database=schema or None)
            found = engine.load_arrow(_rows_of(remote))
            counted = int(remote.count().execute())
        backend.disconnect()
    except ImportError:
        failure = "no driver"
    except Exception as error:
        failure = type(error).__name__  # a driver's message may hold the address: only its kind is told
    if failure == "no driver":
        scheme = address.partition(":")[0]
        raise DataError(
            f"database:{rest}: the driver for {scheme} is not installed. Run "
            f"pip install '.[{'mysql' if scheme == 'mysql' else 'postgres'}]'."
        )
    if failure:
        raise DataError(
            f"database:{rest}: the database named by {variable} could not be read ({failure}). Check the "
            "address, the network and your rights; its address is never shown here."
        )
    if found is None:
        raise DataError(
            f'database:{rest}: no table "{bare}".{did_you_mean(bare, known)} Tables: {", ".join(known[:20])}.'
        )
    digest = hashlib.sha256(str(engine.content_hash(found)).encode()).hexdigest()
    return raw.from_table(found, f"{variable}/{name}", digest, "database", rows=counted)


def _tables_of(backend: Any, schema: str | None) -> list[str]:
    """Tables of a database; ibis 12 cannot list those of DuckDB 2."""
    try:
        return list(backend.list_tables(database=schema))
    except AttributeError:
        rows = backend.raw_sql("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()
        return [name for (name,) in rows]


def _rows_of(remote: ibis.expr.types.Table) -> pa.Table | pa.RecordBatchReader:
    """Stream a table from its database; ibis 12 cannot stream from DuckDB 2, which gives it whole."""
    return remote.to_pyarrow() if remote.get_backend().name == "duckdb" else remote.to_pyarrow_batches()
