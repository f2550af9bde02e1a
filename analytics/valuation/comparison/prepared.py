"""Lines ready for comparison: keys, unit values, what is off by much, and which lines are slips.

They are read in one pass as codes and figures, parted into pieces of whole chapters, aligned piece by piece, and handed
to the engine as they are done: no more than one copy of them is ever held.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import PRODUCT_DERIVED
from analytics.valuation.comparison.lines import (
    NEEDED,
    ValuationError,
    column_of,
    imports,
    keyed,
    look,
    require,
)
from analytics.valuation.comparison.pieces.piece import TOLD, Piece, joined, worked
from analytics.valuation.comparison.pieces.reading import pieces
from analytics.valuation.comparison.question import Question

AT_ONCE = 1_000_000  # lines aligned at a time: a piece; a larger chapter is still held whole


@dataclass(frozen=True)
class Prepared:
    """Lines ready for comparison.

    Attributes
    ----------
    lines : Ibis table, one row a line, with `log_price`, keys, `period`, `tax_weight`, `shift` (log offset of its
        group, enterprise, goods or practice), `doubt` (variance of its value at usual prices,
        in squares of it), `deviation` (log, from its cell, offset taken off), `spread` (robust,
        of the cell) and `kind` ("" where kept)
    kept : Ibis table, the lines that enter price levels
    stored : what the engine holds of them, to be dropped once nobody asks
    weighted_by : "tax", or "value" where the declarations hold no tax
    currency : the currency of all values, or "" where none is given
    compared : DataFrame, one row a cell of `cell_keys` with its sums and references (`with_references`), in the order
        of the keys, texts as categories; None where lines are not compared with each other
    """

    lines: ir.Table
    kept: ir.Table
    stored: ir.Table
    weighted_by: str
    currency: str
    compared: pd.DataFrame | None = field(default=None, repr=False)


def prepare(declarations: Any, question: Question) -> Prepared:
    """Turn declarations into lines with a unit value, keys for comparison, offsets and slips.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    question : what is asked of them

    Raises
    ------
    ValuationError
        For missing columns, no usable line, or values in several currencies.
    """
    table = imports(declarations, [c for c in question.like if c != "size_class"])
    needed = [d for d in question.by if d not in (*PRODUCT_DERIVED, "period")]
    require(table, [*NEEDED, *map(column_of, needed), *[c for c in question.like if c != "size_class"]])
    seen = look(table, question.concordance)
    if seen.chapters.empty:
        raise ValuationError(
            "no import line with positive quantity and value is left. Check the columns quantity, value and direction."
        )
    currency = seen.currency
    lines, weighted_by = keyed(table, question.product_digits, question.concordance, question.like, seen)
    if engine.of(lines).streams:
        return _told(engine.view(lines, "keyed"), seen.chapters, question, (weighted_by, currency))
    stored = engine.store(lines, "keyed")  # it is read once a piece
    found = _told(stored, seen.chapters, question, (weighted_by, currency))
    engine.drop(stored)
    return found


def realigned(prepared: Prepared, question: Question) -> Prepared:
    """Return the same lines with offsets and slips found anew, as another question asks (another threshold)."""
    lines = prepared.lines
    count = engine.fetch(lines.group_by("chapter").agg(lines=lines.count())).sort_values("chapter", ignore_index=True)
    bare = lines.drop("period", *TOLD, "kind")
    return _told(bare, count, question, (prepared.weighted_by, prepared.currency))


def _told(lines: ir.Table, count: pd.DataFrame, question: Question, basis: tuple[str, str]) -> Prepared:
    schema = {**lines.schema(), "period": "string", **dict.fromkeys(TOLD, "float64"), "kind": "string"}
    held = {name: kind for name, kind in schema.items() if name != "log_price"} | {"month": "date"}
    compared: list[pd.DataFrame] = []

    def frames() -> Iterator[pd.DataFrame]:
        for piece in _pieces(lines, count, question):
            if piece.compared is not None:
                compared.append(piece.compared)
            yield piece.lines[list(held)]

    stored = engine.load_frames(frames(), ibis.schema(held), beside=lines)
    # Of few bytes, or none, in the engine: what a query casts or computes of them costs less than to hold it.
    price = (stored.value / stored.quantity).ln()
    found = stored.mutate(line_no=stored.line_no.cast("int64"), log_price=price).select(*schema)
    return Prepared(found, found.filter(found.kind == ""), stored, *basis, joined(compared) if compared else None)


def _pieces(lines: ir.Table, count: pd.DataFrame, question: Question) -> Iterator[Piece]:
    """Pieces of lines, `count` by chapter: one is handed over while the next are worked on."""
    piece = pd.factorize((count["lines"].cumsum() - count["lines"]) // AT_ONCE)[0]
    with ThreadPoolExecutor(engine.threads()) as pool:
        running: list[Future[Piece]] = []
        for read, part in pieces(lines, count.assign(piece=piece), question.length):
            if len(running) == engine.threads():
                yield running.pop(0).result()
            running.append(pool.submit(worked, read, part, question))
        while running:
            yield running.pop(0).result()
