"""Lines read in one pass as arrays: texts as codes of few bytes, figures as they are, parted as they come.

A line of a dozen texts takes some 250 bytes in the engine, and a copy of it as much again; as codes it takes under 100.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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


@dataclass(frozen=True)
class Read:
    """What a pass read.

    Attributes
    ----------
    distinct : by coded column its values, in order
    """

    distinct: dict[str, pa.Array]
    _place: dict[str, np.ndarray]
    _parts: list[dict[str, list[Column]]]

    def take(self, part: int = 0) -> dict[str, Any]:
        """Columns of a part: positions in `distinct`, figures, and texts that are no codes. It is let go, not kept."""
        pieces, self._parts[part] = self._parts[part], {}
        found: dict[str, Any] = {}
        for name in list(pieces):
            chunks = pieces.pop(name)
            joined = pa.concat_arrays(chunks) if isinstance(chunks[0], pa.Array) else np.concatenate(chunks)
            found[name] = self._place[name][joined] if name in self._place else joined
        return found


def read(
    lines: ir.Table, coded: Sequence[str], parts: int = 1, part_by: str = "", part_of: Callable[[str], int] = len
) -> Read:
    """Read lines in one pass.

    Parameters
    ----------
    lines : table of texts and numbers; missing numbers are NaN
    coded : columns that become codes; other texts stay texts
    parts : number of parts that rows are laid in as they come
    part_by, part_of : coded column that decides on the part, and the part of each of its values
    """
    distinct = {name: Distinct() for name in coded}
    found: list[dict[str, list[Column]]] = [{} for _ in range(parts)]
    of_code = np.empty(0, dtype=np.uint16)  # numpy sorts 16 bits by radix
    for batch in engine.stream(lines):
        columns = {name: _column(batch.column(name), distinct.get(name)) for name in lines.columns}
        if parts == 1:
            _laid(found[0], columns, None)
            continue
        new = (distinct[part_by].known or [])[len(of_code) :]
        of_code = np.append(of_code, [part_of(value.as_py()) for value in new]).astype(np.uint16)
        part = of_code[columns[part_by]]
        order, stop = np.argsort(part, kind="stable"), np.cumsum(np.bincount(part, minlength=parts))
        for at in np.unique(part):
            _laid(found[at], columns, order[stop[at - 1] if at else 0 : stop[at]])
    told = {name: values.in_order() for name, values in distinct.items()}
    return Read(
        {name: values for name, (values, _) in told.items()}, {n: place for n, (_, place) in told.items()}, found
    )


def narrow(size: int) -> np.dtype:
    """Fewest bytes that number so many values, signed: what a categorical column of pandas takes without a copy."""
    return np.min_scalar_type(-(size + 1))


def _column(column: pa.Array, distinct: Distinct | None) -> Column:
    if distinct is not None:
        return distinct.codes(column)
    return column if pa.types.is_string(column.type) else column.to_numpy(zero_copy_only=False)


def _laid(part: dict[str, list[Column]], columns: dict[str, Column], rows: np.ndarray | None) -> None:
    """Add rows to a part."""
    for name, column in columns.items():
        if rows is not None:
            column = column.take(pa.array(rows)) if isinstance(column, pa.Array) else column[rows]
        part.setdefault(name, []).append(column)
