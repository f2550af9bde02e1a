"""Lines read in one pass as arrays: texts as codes of few bytes, figures as they are, parted as they come.

A line of a dozen texts takes some 250 bytes in the engine, and a copy of it as much again; as codes it takes under 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import DataError
from analytics.tables.engine import connection as engine

Column: TypeAlias = np.ndarray | pa.Array


class Distinct:
    """Distinct values of a column, numbered as they come."""

    def __init__(self) -> None:
        self.known: pa.Array | None = None

    def codes(self, column: pa.Array) -> np.ndarray:
        """Numbers of values, in as few bytes as they fit; those not met before are added. A missing text is ""."""
        if column.null_count and pa.types.is_string(column.type):
            column = column.fill_null("")
        coded = column.dictionary_encode()
        distinct = coded.dictionary
        if self.known is None:
            self.known = distinct[:0]
        place = pc.index_in(distinct, value_set=self.known)
        if place.null_count:
            self.known = pa.concat_arrays([self.known, distinct.filter(place.is_null())])
            place = pc.index_in(distinct, value_set=self.known)
        number = place.to_numpy(zero_copy_only=False).astype(np.min_scalar_type(len(self.known)))
        return number[coded.indices.to_numpy(zero_copy_only=False)]

    def in_order(self) -> tuple[pa.Array, np.ndarray]:
        """Values in their order, and the place in it of each number."""
        known = pa.array([], pa.string()) if self.known is None else self.known
        order = pc.sort_indices(known)
        place = np.empty(len(order), dtype=narrow(len(order)))
        place[order.to_numpy()] = np.arange(len(order))
        return known.take(order), place


class Part:
    """Rows of a part, laid where they belong as they come.

    Each column is one array of the size that the part will have, so that nothing is copied once more when all are
    there, and all of it is free again once the part is let go.

    Parameters
    ----------
    size : rows to come
    """

    def __init__(self, size: int) -> None:
        self.size, self.filled = size, 0
        self.columns: dict[str, np.ndarray] = {}
        self.texts: dict[str, list[pa.Array]] = {}

    def lay(self, columns: Mapping[str, Column], rows: np.ndarray | slice) -> None:
        """Add rows of a batch.

        Raises
        ------
        DataError
            More rows came than had been counted.
        """
        count = len(next(iter(columns.values()))) if isinstance(rows, slice) else len(rows)
        if (stop := self.filled + count) > self.size:
            raise DataError("The source changed while it was read: it has more lines than a moment ago. Read it again.")
        for name, column in columns.items():
            if isinstance(column, pa.Array):
                taken = column if isinstance(rows, slice) else column.take(pa.array(rows))
                self.texts.setdefault(name, []).append(taken)
                continue
            held = self.columns.setdefault(name, np.empty(self.size, column.dtype))
            if (kind := np.promote_types(held.dtype, column.dtype)) != held.dtype:  # more values, or a missing one
                held = self.columns[name] = held.astype(kind)
            held[self.filled : stop] = column[rows]
        self.filled = stop


@dataclass(frozen=True)
class Read:
    """What a pass read.

    Attributes
    ----------
    distinct : by coded column its values, in order
    """

    distinct: dict[str, pa.Array]
    _place: dict[str, np.ndarray]
    _parts: list[Part]

    def take(self, part: int = 0) -> dict[str, Any]:
        """Columns of a part: positions in `distinct`, figures, and texts that are no codes. It is let go, not kept."""
        held, self._parts[part] = self._parts[part], Part(0)
        found: dict[str, Any] = {name: pa.concat_arrays(held.texts.pop(name)) for name in list(held.texts)}
        for name in list(held.columns):
            column = held.columns.pop(name)[: held.filled]
            found[name] = self._place[name][column] if name in self._place else column
        pa.default_memory_pool().release_unused()  # what texts took, which Arrow would keep for others to come
        return found

    def fewest_bytes(self, name: str) -> np.dtype:
        """Type of as few bytes as hold the whole numbers of a column in the parts that are left."""
        columns = [part.columns[name][: part.filled] for part in self._parts if part.filled]
        kind = np.result_type(*columns) if columns else np.dtype(np.int64)
        if not np.issubdtype(kind, np.integer):
            return kind
        return narrow(max(max(int(column.max()), -1 - int(column.min())) for column in columns))


def read(
    lines: ir.Table,
    coded: Sequence[str],
    sizes: Sequence[int],
    part_by: str = "",
    part_of: Callable[[str], int] = len,
) -> Read:
    """Read lines in one pass.

    Parameters
    ----------
    lines : table of texts and numbers; missing numbers are NaN
    coded : columns that become codes; other texts stay texts
    sizes : rows of each part that they are laid in as they come
    part_by, part_of : coded column that decides on the part, and the part of each of its values

    Raises
    ------
    DataError
        The source has more rows than `sizes` say.
    """
    distinct = {name: Distinct() for name in coded}
    parts = [Part(size) for size in sizes]
    of_code = np.empty(0, dtype=np.uint16)  # numpy sorts 16 bits by radix
    for batch in engine.stream(lines):
        columns = {name: _column(batch.column(name), distinct.get(name)) for name in lines.columns}
        if len(parts) == 1:
            parts[0].lay(columns, slice(None))
            continue
        new = (distinct[part_by].known or [])[len(of_code) :]
        of_code = np.append(of_code, [part_of(value.as_py()) for value in new]).astype(np.uint16)
        part = of_code[columns[part_by]]
        order, stop = np.argsort(part, kind="stable"), np.cumsum(np.bincount(part, minlength=len(parts)))
        for at in np.unique(part):
            parts[at].lay(columns, order[stop[at - 1] if at else 0 : stop[at]])
    told = {name: values.in_order() for name, values in distinct.items()}
    return Read(
        {name: values for name, (values, _) in told.items()}, {n: place for n, (_, place) in told.items()}, parts
    )


def narrow(size: int) -> np.dtype:
    """Fewest bytes that number so many values, signed: what a categorical column of pandas takes without a copy."""
    return np.min_scalar_type(-(size + 1))


def _column(column: pa.Array, distinct: Distinct | None) -> Column:
    if distinct is not None:
        return distinct.codes(column)
    return column if pa.types.is_string(column.type) else column.to_numpy(zero_copy_only=False)
