"""Lines of a nation as arrays of codes, whole chapters at a time, each batch read in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analytics.tables.engine import coded
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.kernels import Lines
from analytics.valuation.comparison.lines import imports, keyed, look

CODED = ("product", "unit", "origin", "district", "enterprise")
_FIGURES = ("quantity", "value", "tax_weight", "net_mass_kg")
_PIECE = 500_000  # lines that are parted by chapter at a time


@dataclass(frozen=True)
class Batch:
    """Lines of some chapters, laid in pieces of whole chapters.

    Attributes
    ----------
    texts : distinct texts of the coded columns, sorted; a code is a position in them
    chapters : names of the chapters of each piece, sorted
    """

    texts: dict[str, np.ndarray]
    chapters: list[list[str]]
    _read: coded.Read

    @property
    def nameless(self) -> int:
        """Code of lines without an enterprise, -1 where there are none."""
        names = self.texts["enterprise"]
        return 0 if len(names) and names[0] == "" else -1

    def take(self, piece: int) -> list[Lines]:
        """Lines of the chapters of a piece, in their order; they are let go, not kept."""
        columns = self._read.take(piece)
        columns["month"] = columns["month"].astype(np.int64) - columns["month"].min(initial=1 << 20)
        number = {name: at for at, name in enumerate(self.chapters[piece])}
        of_product = np.array([number.get(str(product)[:2], 0) for product in self.texts["product"]], dtype=np.uint16)
        chapter = of_product[columns["product"]]
        order = np.argsort(chapter, kind="stable")  # numpy sorts 16 bits by radix
        places = np.split(order, np.cumsum(np.bincount(chapter, minlength=len(self.chapters[piece])))[:-1])
        return [Lines(**{name: column[at] for name, column in columns.items()}) for at in places]


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
            piece = pd.factorize((wanted["lines"].cumsum() - wanted["lines"]) // _PIECE)[0]
            sizes = wanted.groupby(piece)["lines"].sum().tolist()
            piece_of = dict(zip(wanted["chapter"], piece.tolist(), strict=True))
            read = coded.read(part.drop("chapter"), CODED, sizes, "product", partial(_piece_of, piece_of))
            texts = {name: found.to_numpy(zero_copy_only=False) for name, found in read.distinct.items()}
            yield Batch(texts, [list(names) for _, names in wanted["chapter"].groupby(piece)], read)


def _piece_of(piece_of: dict[str, int], product: str) -> int:
    return piece_of[product[:2]]
