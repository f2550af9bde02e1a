"""Lines ready for comparison: keys, unit values, what is off by much, and which lines are slips."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.alignment import Lines, align, codes, in_order
from analytics.valuation.alignment.stage import KINDS
from analytics.valuation.comparison.keys import PRODUCT_DERIVED, alike, contrasted, stratified
from analytics.valuation.comparison.lines import (
    NEEDED,
    ValuationError,
    column_of,
    imports,
    keyed,
    one_currency,
    require,
)
from analytics.valuation.comparison.question import Question

AT_ONCE = 1_000_000  # lines aligned at a time; a larger chapter is still held whole


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
    currency = one_currency(table)
    lines, weighted_by = keyed(table, question.product_digits, question.concordance, question.like)
    stored = engine.store(with_period(lines, question.length).mutate(row=ibis.row_number()), "lines")
    if not int(stored.count().execute()):
        raise ValuationError(
            "no import line with positive quantity and value is left. Check the columns quantity, value and direction."
        )
    prepared = _told(stored, question, weighted_by, currency)
    engine.drop(stored)
    return prepared


def realigned(prepared: Prepared, question: Question) -> Prepared:
    """Return the same lines with offsets and slips found anew, as another question asks (another threshold)."""
    bare = engine.store(prepared.lines.drop(*_TOLD).mutate(row=ibis.row_number()), "lines")
    found = _told(bare, question, prepared.weighted_by, prepared.currency)
    engine.drop(bare)
    return found


_TOLD = ("shift", "doubt", "deviation", "spread", "kind")


def _told(stored: ir.Table, question: Question, weighted_by: str, currency: str) -> Prepared:
    told = engine.load_frame(_aligned(stored, question), beside=stored)
    joined = stored.inner_join(told, "row").drop("row")
    kinds = [(joined["kind"] == at, name) for at, name in enumerate(KINDS)]
    joined = engine.store(joined.mutate(kind=ibis.cases(*kinds)), "lines")
    return Prepared(joined, joined.filter(joined.kind == ""), weighted_by, currency)


def with_period(lines: ir.Table, length: str) -> ir.Table:
    """Add `period`: the month, quarter or year of each line, or "all"."""
    year = lines.month.year().cast("string")
    written = {
        "month": year + "-" + lines.month.month().cast("string").lpad(2, "0"),
        "quarter": year + "-Q" + lines.month.quarter().cast("string"),
        "year": year,
        "all": ibis.literal("all"),
    }
    return lines.mutate(period=written[length])


def _aligned(stored: ir.Table, question: Question) -> pd.DataFrame:
    """Row, shift, deviation, spread and kind of every line: whole chapters at a time, so that memory is bounded.

    What is learnt of all units (how honest ones differ, how often lines are slips) is learnt of a batch.
    """
    count = engine.fetch(stored.group_by("chapter").agg(lines=stored.count())).sort_values("chapter", ignore_index=True)
    batch = (count["lines"].cumsum() - count["lines"]) // AT_ONCE
    found: list[pd.DataFrame] = []
    with ThreadPoolExecutor(engine.threads()) as pool:
        running: list[Future[pd.DataFrame]] = []
        for chapters in (part["chapter"] for _, part in count.groupby(batch)):
            part = stored if len(chapters) == len(count) else stored.filter(stored.chapter.isin(list(chapters)))
            if len(running) == engine.threads():
                found.append(running.pop(0).result())
            running.append(pool.submit(_aligned_batch, _fetched(part, question), question))
        found += [one.result() for one in running]
    return pd.concat(found, ignore_index=True)


def _wanted(question: Question) -> list[str]:
    """Columns whose values alignment compares within and between."""
    by, base = question.by, question.base_period
    keys = (*stratified(by, base), *contrasted(by, base), *alike(by, base), "enterprise", "origin")
    return list(dict.fromkeys(keys))


def _fetched(part: ir.Table, question: Question) -> pd.DataFrame:
    return engine.fetch(part.select(*_wanted(question), "row", "log_price", "quantity", "net_mass_kg"))


def _aligned_batch(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    code = {name: pd.factorize(frame[name], sort=True)[0].astype(np.int64) for name in _wanted(question)}
    order, new = in_order(list(code.values()), frame["log_price"].to_numpy())
    named = (frame["enterprise"] != "").to_numpy()[order]
    frame = frame[["row", "log_price", "quantity", "net_mass_kg"]].take(order)
    mass = np.where(frame["net_mass_kg"] > 0, frame["net_mass_kg"], np.nan)
    start = np.flatnonzero(new | ~named)
    contracts = {name: values[order[start]] for name, values in code.items()}
    by, base = question.by, question.base_period
    place = codes(*[contracts[c] for c in stratified(by, base)])
    own = np.arange(len(start)) + int(code["enterprise"].max(initial=0)) + 1
    goods = alike(by, base)
    lines = Lines(
        log_price=frame["log_price"].to_numpy(),
        per_mass=np.log(frame["quantity"].to_numpy() / mass),
        start=start,
        stratum=place,
        group=codes(place, *[contracts[c] for c in contrasted(by, base)]),
        enterprise=codes(np.where(named[start], contracts["enterprise"], own)),
        product=codes(*[contracts[c] for c in goods if c != "origin"]),
        origin=contracts["origin"] if "origin" in goods else np.zeros(len(start), dtype=np.int64),
    )
    found = align(lines, question.outlier_threshold)
    return pd.DataFrame(
        {
            "row": frame["row"].to_numpy(),
            "shift": found.shift,
            "doubt": found.doubt,
            "deviation": found.deviation,
            "spread": found.spread,
            "kind": found.kind,
        }
    )
