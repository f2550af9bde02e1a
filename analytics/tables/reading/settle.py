"""Rows used and rows set aside, told apart: in a source used where it lies, or in a table kept in the engine."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.reasons import Reasons
from analytics.tables.engine import connection as engine
from analytics.tables.reading import duplicates
from analytics.tables.reading.checks import REASON
from analytics.tables.reading.cumulative import differenced
from analytics.tables.reading.table import PLACE, RECORD, SOURCE

Settled = tuple[ir.Table, ir.Table, ir.Table]


def in_place(typed: ir.Table, rules: Contract, reasons: Reasons) -> Settled:
    """Settle rows that are read anew from their files at each use: only the places of those set aside are stored.

    Parameters
    ----------
    typed : expression with `_reason`

    Returns
    -------
    (all rows, rows used, places and reasons of rows set aside)
    """
    typed = engine.view(typed)
    failed = typed.filter(typed[REASON].notnull())
    aside = failed.select(*PLACE, REASON)
    found = duplicates.repeats(typed, rules, reasons)
    if found is not None:
        again = found.select(**{p: found[f"_d{p}"] for p in PLACE}, **{REASON: found["_duplicate"]})
        aside = ibis.union(aside, again)
    aside = engine.store(aside, "aside")
    rows = engine.view(typed.drop(REASON))
    return rows, (rows.anti_join(aside, [SOURCE, RECORD]) if engine.count(aside) else rows), aside


def stored(typed: ir.Table, rules: Contract, reasons: Reasons, *, year_ends: int | None) -> Settled:
    """Settle rows that had to be cleaned: they are kept in the engine, with their reasons.

    Parameters
    ----------
    typed : expression with `_reason`
    year_ends : last month of the years through which receipts run and in which they are differenced; None: they do not

    Returns
    -------
    (all rows, rows used, places and reasons of rows set aside)
    """
    kept = engine.store(typed, "typed")
    if (found := duplicates.repeats(kept, rules, reasons)) is not None:
        engine.give_reasons(kept, found, PLACE, REASON)
    final = engine.store(differenced(kept, year_ends), "settled") if year_ends else kept
    aside = final.filter(final[REASON].notnull()).select(*PLACE, REASON)
    return final, final.filter(final[REASON].isnull()).drop(REASON), aside
