"""Every line once, as settled, with what it lost: what the tables of a year are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.simulation.lines.columns import Rows
from analytics.simulation.world.world import World


@dataclass(frozen=True)
class Population:
    """Lines of a block or of many; `kind` is -1 where nothing is wrong, `lost` is the tax lost in CNY."""

    declaration_id: pa.ChunkedArray
    line_no: np.ndarray
    day: np.ndarray  # position in the calendar's days
    firm: np.ndarray
    broker: np.ndarray
    district: np.ndarray
    product: np.ndarray
    origin: np.ndarray
    regime: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    tax: np.ndarray
    lost: np.ndarray
    kind: np.ndarray
    found: np.ndarray  # bool: an inspection at the border found it
    true_value: np.ndarray
    true_product: np.ndarray
    true_origin: np.ndarray

    @classmethod
    def of(cls, b: Rows, table: pa.Table) -> Population:
        """Lines of a block; the first rows of its table are its lines."""
        heads, rows, truth, n = b.heads, b.lines, b.truth, len(b.lines.value)
        head = rows.declaration
        lost, kind, found = np.zeros(n), np.full(n, -1), np.zeros(n, dtype=bool)
        found[truth.line[b.found]] = True
        value, product, origin = rows.value.copy(), rows.product.copy(), rows.origin.copy()
        lost[truth.line], kind[truth.line] = b.lost, truth.kind
        value[truth.line], product[truth.line] = np.round(truth.value, 2), truth.product
        origin[truth.line] = truth.origin
        return cls(
            declaration_id=table["declaration_id"].slice(0, n), line_no=np.arange(n) - heads.first[head] + 1,
            day=heads.day[head], firm=heads.firm[head], broker=heads.broker[head], district=rows.district,
            product=rows.product, origin=rows.origin, regime=heads.regime[head], quantity=rows.quantity,
            value=rows.value, tax=b.clean, lost=lost, kind=kind, found=found,
            true_value=value, true_product=product, true_origin=origin,
        )  # fmt: skip

    @classmethod
    def together(cls, parts: list[Population]) -> Population:
        """One below the other."""
        columns = {name: [getattr(part, name) for part in parts] for name in cls.__dataclass_fields__}
        ids = pa.chunked_array([chunk for part in columns.pop("declaration_id") for chunk in part.chunks])
        return cls(declaration_id=ids, **{name: np.concatenate(arrays) for name, arrays in columns.items()})

    def part(self, where: np.ndarray) -> Population:
        """Those lines only (a mask or positions)."""
        at = np.flatnonzero(where) if where.dtype == bool else where
        rest = {n: getattr(self, n)[at] for n in self.__dataclass_fields__ if n != "declaration_id"}
        return Population(declaration_id=self.declaration_id.take(pa.array(at)), **rest)

    def last_year(self, world: World) -> Population:
        """Lines of the last twelve months of the span."""
        last = world.days.days[-1]
        first = (last.astype("datetime64[M]") - 11).astype("datetime64[D]")
        return self.part(world.days.days[self.day] >= first)


def text(values: np.ndarray | pa.ChunkedArray) -> list[str] | np.ndarray:
    """Text as pandas wants it."""
    return values.to_pylist() if isinstance(values, pa.ChunkedArray) else values
