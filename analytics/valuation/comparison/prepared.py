"""Lines ready for comparison: keys, unit values, what is off by much, and which lines are slips.

They are read in one pass as codes and figures, parted into pieces of whole chapters, aligned piece by piece, and handed
to the engine as they are done: no more than one copy of them is ever held.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.tables.engine import coded
from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.pieces import Compared, aligned
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.keys import PRODUCT_DERIVED, PRODUCT_KEYS, alike, contrasted, stratified
from analytics.valuation.comparison.lines import (
    NEEDED,
    ValuationError,
    column_of,
    imports,
    keyed,
    look,
    require,
)
from analytics.valuation.comparison.question import Question

AT_ONCE = 1_000_000  # lines aligned at a time: a piece; a larger chapter is still held whole
_CODED = ("product", "district", "enterprise", "origin", "regime", "transport_mode", "unit", "like", "month")
_TOLD = ("shift", "doubt", "deviation", "spread")


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
    weighted_by : "tax", or "value" where the declarations hold no tax
    currency : the currency of all values, or "" where none is given
    """

    lines: ir.Table
    kept: ir.Table
    weighted_by: str
    currency: str


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
    bare = lines.drop("period", *_TOLD, "kind")
    return _told(bare, count, question, (prepared.weighted_by, prepared.currency))


def _told(lines: ir.Table, count: pd.DataFrame, question: Question, basis: tuple[str, str]) -> Prepared:
    schema = {**lines.schema(), "period": "string", **dict.fromkeys(_TOLD, "float64"), "kind": "string"}
    frames = (frame[list(schema)] for frame in _pieces(lines, count, question))
    found = engine.load_frames(frames, ibis.schema(schema), beside=lines)
    return Prepared(found, found.filter(found.kind == ""), *basis)


def _pieces(lines: ir.Table, count: pd.DataFrame, question: Question) -> Iterator[pd.DataFrame]:
    """Aligned lines, `count` by chapter: a piece is handed over while the next are worked on."""
    piece = pd.factorize((count["lines"].cumsum() - count["lines"]) // AT_ONCE)[0]
    with ThreadPoolExecutor(engine.threads()) as pool:
        running: list[Future[pd.DataFrame]] = []
        for read, part in _read(lines, dict(zip(count["chapter"], piece.tolist(), strict=True)), question.length):
            if len(running) == engine.threads():
                yield running.pop(0).result()
            running.append(pool.submit(_aligned, read, part, question))
        while running:
            yield running.pop(0).result()


@dataclass(frozen=True)
class _Read:
    """What a pass read, and what its codes stand for.

    Attributes
    ----------
    parts : columns of each piece
    texts : by column the texts of its codes, in order
    day : first day of each month
    derived : by column what it is derived from, and its code for each code of that
    """

    parts: coded.Read
    texts: dict[str, pd.CategoricalDtype]
    day: np.ndarray
    derived: dict[str, tuple[str, np.ndarray]]

    @classmethod
    def of(cls, parts: coded.Read, length: str) -> _Read:
        """Derive chapter, heading, subheading and period, of the few values that there are."""
        values = {name: found.to_pandas() for name, found in parts.distinct.items()}
        day = _first_day(values.pop("month").to_numpy())
        found = {name: ("product", values["product"].str[:digits]) for name, digits in PRODUCT_KEYS.items()}
        derived = {}
        for name, (source, texts) in {**found, "period": ("month", _periods(day, length))}.items():
            code, values[name] = pd.factorize(texts, sort=True)
            derived[name] = source, code.astype(coded.narrow(len(values[name])))
        values["kind"] = pd.Series(KINDS)
        return cls(parts, {name: pd.CategoricalDtype(texts) for name, texts in values.items()}, day, derived)


def _read(lines: ir.Table, piece_of: dict[str, int], length: str) -> Iterator[tuple[_Read, int]]:
    """Read all pieces in one pass, or each on its own where rows do not come as they are computed."""
    month = (lines.month.year() * 12 + lines.month.month()).cast("int32").fill_null(0)
    pieces, wanted = 1 + max(piece_of.values()), lines.mutate(month=month).drop(*PRODUCT_KEYS)
    if engine.of(lines).streams:
        parts = coded.read(wanted, _CODED, pieces, "product", lambda product: piece_of[product[:2]])
        read = _Read.of(parts, length)
        yield from ((read, part) for part in range(pieces))
        return
    for at in range(pieces):
        chapters = [chapter for chapter, piece in piece_of.items() if piece == at]
        yield _Read.of(coded.read(wanted.filter(wanted["product"].substr(0, 2).isin(chapters)), _CODED), length), 0


def _aligned(read: _Read, part: int, question: Question) -> pd.DataFrame:
    """One piece of what was read, with what alignment says of its lines."""
    columns, texts = read.parts.take(part), read.texts
    for name, (source, code) in read.derived.items():
        columns[name] = code[columns[source]]
    by, base = question.by, question.base_period
    compared = Compared(stratified(by, base), contrasted(by, base), alike(by, base))
    names = texts["enterprise"].categories
    found = aligned(columns, compared, 0 if len(names) and names[0] == "" else -1, question.outlier_threshold)
    columns |= {name: getattr(found, name) for name in (*_TOLD, "kind")} | {"month": read.day[columns["month"]]}
    for name, column in columns.items():
        if name in texts:
            columns[name] = pd.Categorical.from_codes(column, dtype=texts[name])
        elif isinstance(column, pa.Array):
            columns[name] = column.to_pandas()
    return pd.DataFrame(columns, copy=False)


def _first_day(month: np.ndarray) -> np.ndarray:
    """First day of months counted from the year 0; missing for 0."""
    day = (month - (1970 * 12 + 1)).astype("datetime64[M]").astype("datetime64[us]")
    return np.where(month > 0, day, np.datetime64("NaT"))


def _periods(day: np.ndarray, length: str) -> pd.Series:
    """Period of each month: itself, its quarter or year, or "all"."""
    months = pd.Series(day)
    if length == "all":
        return pd.Series("all", months.index)
    if length == "quarter":
        return months.dt.strftime("%Y-Q") + months.dt.quarter.astype("str")
    return months.dt.strftime("%Y" if length == "year" else "%Y-%m")
