"""Lines of a nation as arrays of codes, whole chapters at a time, each batch read in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.kernels import Lines
from analytics.valuation.comparison.lines import imports, keyed, look

CODED = ("product", "unit", "origin", "district", "enterprise")
_FIGURES = ("quantity", "value", "tax_weight", "net_mass_kg")


@dataclass(frozen=True)
class Batch:
    """Lines of some chapters.

    Attributes
    ----------
    lines : Lines
    texts : distinct texts of the coded columns, sorted; a code is a position in them
    chapters : their names, sorted
    places : for each chapter the positions of its lines
    """

    lines: Lines
    texts: dict[str, np.ndarray]
    chapters: list[str]
    places: list[np.ndarray]

    @property
    def nameless(self) -> int:
        """Code of lines without an enterprise, -1 where there are none."""
        names = self.texts["enterprise"]
        return 0 if len(names) and names[0] == "" else -1


class Loader:
    """Import lines of the canonical table, ready to be read.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame
    product_digits : digits of the HS code that make a product; 0 for all
    at_once : lines held in memory at a time; a larger chapter is still held whole
    """

    def __init__(self, declarations: Any, product_digits: int, at_once: int) -> None:
        table = engine.view(imports(declarations), "imports")  # written out once: what follows asks it twice
        seen = look(table)
        lines, self.weighted_by = keyed(table, product_digits, seen=seen)
        self.currency, self.counts = seen.currency, seen.chapters
        month = lines.month.year() * 12 + lines.month.month()
        figures = {n: lines[n].cast("float64") for n in _FIGURES}
        self.lines = engine.view(lines.select(*CODED, "chapter", month=month.cast("int32"), **figures), "lines")
        self.counts["batch"] = (self.counts["lines"].cumsum() - self.counts["lines"]) // at_once

    def batches(self) -> Iterator[Batch]:
        """Chapters with their lines, as many as fit."""
        for _, wanted in self.counts.groupby("batch"):
            part = self.lines
            if len(wanted) < len(self.counts):
                part = part.filter(part["chapter"].isin(list(wanted["chapter"])))
            yield _read(part, int(wanted["lines"].sum()))


def _read(part: ir.Table, size: int) -> Batch:
    columns: dict[str, np.ndarray] = {name: np.empty(size, np.int32) for name in (*CODED, "month")}
    columns |= {name: np.empty(size) for name in _FIGURES}
    told: dict[str, list[pa.Array]] = {name: [] for name in CODED}
    bounds = [0]
    for batch in engine.stream(part.select(*columns)):
        here = slice(bounds[-1], bounds[-1] + len(batch))
        for name, values in columns.items():
            column = batch.column(name)
            if name in told:
                column = column.dictionary_encode()
                told[name].append(column.dictionary.cast(pa.string()))
                column = column.indices
            values[here] = column.to_numpy(zero_copy_only=False)
        bounds.append(here.stop)
    texts = {name: _one_code(columns[name], told[name], bounds) for name in CODED}
    columns["month"] -= columns["month"].min(initial=np.iinfo(np.int32).max)
    prefix = np.array([str(product)[:2] for product in texts["product"]], dtype=object)
    chapters, chapter = np.unique(prefix, return_inverse=True)
    of_line = chapter.astype(np.uint16)[columns["product"]]  # numpy sorts 16 bits by radix
    order = np.argsort(of_line, kind="stable").astype(np.int32)
    places = np.split(order, np.cumsum(np.bincount(of_line, minlength=len(chapters)))[:-1])
    return Batch(Lines(**columns), texts, list(chapters), places)


def _one_code(codes: np.ndarray, told: list[pa.Array], bounds: list[int]) -> np.ndarray:
    """Number all parts of a column by the same sorted texts, in place; the texts."""
    every = pa.chunked_array(told, pa.string()).unique()
    every = every.take(pc.sort_indices(every))
    for texts, start, stop in zip(told, bounds[:-1], bounds[1:], strict=True):
        codes[start:stop] = pc.index_in(texts, value_set=every).to_numpy(zero_copy_only=False)[codes[start:stop]]
    return every.to_numpy(zero_copy_only=False)
