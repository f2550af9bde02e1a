"""Rows that stand more than once: the newest version counts, exact repeats and unexplained rivals are set aside."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.tables.contract.contracts import Contract
from analytics.tables.contract.reasons import CONFLICT, EXACT_DUPLICATE, SUPERSEDED, Reasons
from analytics.tables.engine import connection as engine
from analytics.tables.reading.checks import REASON
from analytics.tables.reading.table import PLACE, RECORD, SOURCE

HASH = "_hash"


def repeats(typed: ir.Table, rules: Contract, reasons: Reasons) -> ir.Table | None:
    """Rows that do not count because another row of their key does.

    Among rows of one key the newest version counts. Of rows with the same version the first that passed the checks
    counts; the others are exact repeats or, with other values, rivals. A line whose newest version fails a check is
    not replaced by an older one: it no longer holds.

    Parameters
    ----------
    typed : table with `_reason`

    Returns
    -------
    Stored table of places and reasons (`_duplicate`), without rows that have a reason already; None where no row
    stands twice.

    Notes
    -----
    Keys are compared by a 64-bit hash first: what shares no hash shares no key, and only the few rows that do are
    compared in full.
    """
    key = _key(typed, rules)
    present = typed.filter(*[typed[name].notnull() for name in key if name != "district"])
    hashed = present.select(**{HASH: engine.key_hash(present, key)})
    repeated = hashed.group_by(HASH).having(hashed.count() > 1).aggregate()
    repeated = engine.store(repeated, "repeated")
    found = None
    if engine.count(repeated):
        candidates = present.mutate(**{HASH: engine.key_hash(present, key)})
        rows = engine.store(candidates.semi_join(repeated, HASH).drop(HASH), "candidates")
        found = engine.store(_ranked(rows, key, rules, reasons), "repeats")
        engine.drop(rows)
    engine.drop(repeated)
    return found


def _key(typed: ir.Table, rules: Contract) -> list[str]:
    """Columns that identify a row; without line numbers only the whole row does."""
    values = [name for name in typed.columns if name in rules.by_name]
    if "line_no" in rules.key and "line_no" not in values:
        return values
    return [name for name in rules.key if name in values]


def _ranked(rows: ir.Table, key: list[str], rules: Contract, reasons: Reasons) -> ir.Table:
    """Place and reason of every row of a repeated key but the one that counts."""
    values = [name for name in rows.columns if name in rules.by_name]
    content = ibis.literal("\x1f").join(
        [ibis.coalesce(rows[name].cast("string"), ibis.literal("\x1e")) for name in values]
    )
    version = rows[rules.version] if rules.version in values else ibis.literal(0, "int64")
    rows = rows.mutate(_content=content, _version=ibis.coalesce(version, ibis.literal(-1, "int64")))
    order = [rows["_version"].desc(), rows[REASON].notnull(), rows[SOURCE], rows[RECORD]]
    window = ibis.window(group_by=key, order_by=order)
    ranked = rows.mutate(
        _rank=ibis.row_number().over(window),
        _first=rows["_content"].first().over(window),
        _newest=rows["_version"].first().over(window),
    )
    later = ranked.filter(ranked["_rank"] > 0, ranked[REASON].isnull())
    return later.select(
        **{f"_d{p}": later[p] for p in PLACE},
        _duplicate=ibis.cases(
            (later["_version"] < later["_newest"], ibis.literal(reasons.number(SUPERSEDED), "int32")),
            (later["_content"] == later["_first"], ibis.literal(reasons.number(EXACT_DUPLICATE), "int32")),
            else_=ibis.literal(reasons.number(CONFLICT), "int32"),
        ),
    )
