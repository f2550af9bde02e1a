"""What an engine can be asked. DuckDB and Spark each answer in a file of their own."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from analytics.errors import AnalystError

_number = itertools.count(1)


class EngineError(AnalystError):
    """What the engine could not do, in its own first words."""


def new_name(stem: str) -> str:
    """Return a table name not used before in this process."""
    return f"{stem}_{next(_number)}"


class Engine(ABC):
    """Carries tables and executes expressions of Ibis.

    Attributes
    ----------
    backend : the Ibis backend that the tables lie in
    cleans : whether cells of text can be cleaned here
    streams : whether `stream` gives rows as they are computed; one that collects them first is asked for few at a time
    looks_from : bytes of Parquet from which it looks at the cells itself; DuckDB looks at fewer and hands them over
    byte_length, key_hash : its names for the length of a text in bytes and for a 64-bit hash; the hash's type
    """

    cleans: ClassVar[bool]
    streams: ClassVar[bool]
    looks_from: ClassVar[int] = 0
    byte_length: ClassVar[str]
    key_hash: ClassVar[tuple[str, str]]
    backend: Any

    def sql(self, expression: ir.Table) -> str:
        """Return the query of an expression."""
        # Layers must stay layers: merged into one, every check would parse its cell anew.
        fuse, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
        try:
            return str(self.backend.compile(expression))
        finally:
            ibis.options.sql.fuse_selects = fuse

    def fetch(self, expression: ir.Table, *, coded: bool = False) -> pd.DataFrame:
        """Execute an expression and return pandas; `coded` leaves texts that the engine holds as codes categories."""
        arrow = self.arrow(self.sql(expression))
        for at, field in enumerate(arrow.schema):
            if pa.types.is_dictionary(field.type) and not coded:
                arrow = arrow.set_column(at, field.name, arrow.column(at).cast(field.type.value_type))
        frame = arrow.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get, date_as_object=False)
        for field in arrow.schema:
            if pa.types.is_null(field.type) or pa.types.is_string(field.type):
                frame[field.name] = frame[field.name].astype("str")
            elif pa.types.is_date(field.type):
                frame[field.name] = frame[field.name].astype("datetime64[us]")
        return frame

    @abstractmethod
    def arrow(self, query: str) -> pa.Table:
        """Execute a query."""

    @abstractmethod
    def stream(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Execute an expression and give its rows batch by batch, in no particular order."""

    @abstractmethod
    def store(self, expression: ir.Table, stem: str) -> ir.Table:
        """Execute an expression once and keep the result."""

    @abstractmethod
    def view(self, expression: ir.Table, stem: str) -> ir.Table:
        """Give an expression a name: it is computed at each use."""

    @abstractmethod
    def checkpoint(self, expression: ir.Table) -> ir.Table:
        """Keep a result that is used twice, where it would be computed twice."""

    @abstractmethod
    def drop(self, table: ir.Table) -> None:
        """Remove a stored table."""

    @abstractmethod
    def load_parquet(self, paths: Sequence[Path], record: str) -> ir.Table:
        """Parquet files where they lie, records counted through the files from 1 in column `record`."""

    @abstractmethod
    def load_frames(self, frames: Iterator[pd.DataFrame], schema: ibis.Schema) -> ir.Table:
        """Load frames of the same columns and categories one after the other, as one table."""

    @abstractmethod
    def load_frame(self, frame: pd.DataFrame) -> ir.Table:
        """Load a DataFrame."""
