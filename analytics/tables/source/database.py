"""Tables of a database: PostgreSQL, MySQL, SQLite, DuckDB. Addresses are named by variables, never shown."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

import ibis
import pyarrow as pa

from analytics.errors import DataError, SourceMissing, did_you_mean
from analytics.tables.engine import connection as engine
from analytics.tables.source import raw
from analytics.tables.source.raw import Raw

_CHUNK = 50_000
_EXTRAS = {"postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}
# Types that come as they are; others are asked for as text, which reads without loss: zero dates, uuids.
_PLAIN_POSTGRES = ("smallint", "integer", "bigint", "real", "double precision", "boolean", "date",
                   "timestamp without time zone", "text", "character varying")  # fmt: skip
_WHOLE_MYSQL = ("tinyint", "smallint", "mediumint", "int", "bigint", "year")
_FLOAT_MYSQL = ("float", "double")


class _NoTableError(Exception):
    """The database holds no such table; `args` are those it holds."""


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
            "database's address, such as postgresql://user:password@host/name."
        )
    schema, _, bare = name.rpartition(".")
    scheme = address.partition(":")[0]
    read = {"postgres": _postgres, "mysql": _mysql}.get(_EXTRAS.get(scheme, ""), _other)
    found: ibis.expr.types.Table | None = None
    known: list[str] = []
    failure, counted = "", None
    try:
        with contextlib.closing(read(address, schema, bare)) as parts:
            found = engine.load_arrow(next(parts))
            counted = int(next(parts))
    except ImportError:
        failure = "no driver"
    except _NoTableError as missing:
        known = list(missing.args)
    except Exception as error:
        failure = type(error).__name__  # a driver's message may hold the address: only its kind is told
    if failure == "no driver":
        extra = _EXTRAS.get(scheme, scheme)
        raise DataError(
            f"database:{rest}: the driver for {scheme} is not installed. Run "
            f"pip install 'customs-analytics[{extra}]' (in a clone: pip install '.[{extra}]')."
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


def _postgres(address: str, schema: str, table: str) -> Generator[Any, None, None]:
    """Give the rows of a table as Arrow batches, then their number as the database counts it."""
    dbapi = importlib.import_module("adbc_driver_postgresql.dbapi")
    with dbapi.connect("postgresql:" + address.partition(":")[2]) as link, link.cursor() as cursor:
        schema = schema or "public"
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1", (schema,))
        known = [row[0] for row in cursor.fetchall()]
        if table not in known:
            raise _NoTableError(*known)
        cursor.execute(
            "SELECT column_name, data_type, numeric_scale FROM information_schema.columns WHERE table_schema = $1 AND "
            "table_name = $2 ORDER BY ordinal_position", (schema, table),
        )  # fmt: skip
        columns = ", ".join(_asked(*column) for column in cursor.fetchall())
        place = f"{_named(schema)}.{_named(table)}"
        cursor.execute(f"SELECT {columns} FROM {place}")
        yield cursor.fetch_record_batch()
        cursor.execute(f"SELECT count(*) FROM {place}")
        yield cursor.fetchone()[0]


def _asked(name: str, kind: str, scale: int | None) -> str:
    """Column of PostgreSQL as it is asked for; a time with its zone as the clock of the server's zone shows it.

    Decimals come as numbers, for as text "2.000" could be two thousand; whole ones as text: they may be identifiers.
    """
    if kind in _PLAIN_POSTGRES:
        return _named(name)
    as_what = "timestamp" if kind == "timestamp with time zone" else "text"
    if kind == "numeric" and scale != 0:
        as_what = "double precision"
    return f"{_named(name)}::{as_what} AS {_named(name)}"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _mysql(address: str, schema: str, table: str) -> Generator[Any, None, None]:
    """Give the rows of a table as Arrow batches, then their number as the database counts it."""
    pymysql = importlib.import_module("pymysql")
    at = urlsplit(address)
    database = schema or at.path.strip("/")
    link = pymysql.connect(
        host=at.hostname or "localhost", port=at.port or 3306, user=unquote(at.username or ""),
        password=unquote(at.password or ""), database=database, charset="utf8mb4",
    )  # fmt: skip
    with contextlib.closing(link):
        with link.cursor() as cursor:
            cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (database,))
            known = sorted(str(row[0]) for row in cursor.fetchall())
            if table not in known:
                raise _NoTableError(*known)
            cursor.execute(
                "SELECT column_name, data_type, numeric_scale FROM information_schema.columns WHERE table_schema = %s "
                "AND table_name = %s ORDER BY ordinal_position", (database, table),
            )  # fmt: skip
            kinds = {str(n): "double" if k == "decimal" and s else str(k).lower() for n, k, s in cursor.fetchall()}
        place = f"{_ticked(database)}.{_ticked(table)}"
        asked = [_ticked(n) if k in _WHOLE_MYSQL else f"{_ticked(n)} + 0e0 AS {_ticked(n)}" if k in _FLOAT_MYSQL
                 else f"CAST({_ticked(n)} AS CHAR) AS {_ticked(n)}" for n, k in kinds.items()]  # fmt: skip
        with link.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.execute(f"SELECT {', '.join(asked)} FROM {place}")
            form = pa.schema([(name, _arrow(kind)) for name, kind in kinds.items()])
            yield pa.RecordBatchReader.from_batches(form, _batches(cursor, form))
        with link.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {place}")
            yield cursor.fetchone()[0]


def _arrow(kind: str) -> pa.DataType:
    return pa.int64() if kind in _WHOLE_MYSQL else pa.float64() if kind in _FLOAT_MYSQL else pa.string()


def _batches(cursor: Any, form: pa.Schema) -> Iterator[pa.RecordBatch]:
    while rows := list(islice(cursor, _CHUNK)):
        columns = zip(*rows, strict=True)
        yield pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, form, strict=True)], schema=form)


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _other(address: str, schema: str, table: str) -> Generator[Any, None, None]:
    """Give a table of SQLite or DuckDB, through Ibis's own backends."""
    backend = ibis.connect(address)
    with contextlib.closing(_Disconnected(backend)):
        known = _tables_of(backend, schema or None)
        if table not in known:
            raise _NoTableError(*known)
        remote = backend.table(table, database=schema or None)
        yield _rows_of(remote)
        yield int(remote.count().execute())


class _Disconnected:
    """A backend that is disconnected in the end."""

    def __init__(self, backend: Any) -> None:
        self.close = backend.disconnect


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
