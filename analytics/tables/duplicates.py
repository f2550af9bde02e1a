"""Rows that stand more than once: the newest version counts, exact repeats and unexplained rivals are set aside."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.tables import engine
from analytics.tables.checks import CONFLICT, EXACT_DUPLICATE, REASON, SUPERSEDED, Reasons
from analytics.tables.contract import Contract
from analytics.tables.table import PLACE, RECORD, SOURCE


def marked(typed: ir.Table, rules: Contract, reasons: Reasons) -> ir.Table:
    """Give duplicates their reason; rows that already have one keep it.

    Among rows of one key the newest version counts. Of rows with the same version the first that passed the checks
    counts; the others are exact repeats or, with other values, rivals. A line whose newest version fails a check is
    not replaced by an older one: it no longer holds.

    Parameters
    ----------
    typed : stored table with `_reason`

    Returns
    -------
    The table itself where no row stands twice, else an expression over it.
    """
    key = _key(typed, rules)
    present = typed.filter(*[typed[name].notnull() for name in key if name != "district"])
    repeated = present.group_by(key).having(present.count() > 1).aggregate()
    repeated = engine.store(repeated.select(*[repeated[name].name(f"_k_{name}") for name in key]), "repeated")
    if not engine.count(repeated):
        engine.drop(repeated)
        return typed
    rows = typed.semi_join(repeated, [_equal(typed[name], repeated[f"_k_{name}"]) for name in key])
    ranked = engine.store(_ranked(rows, key, rules, reasons), "ranked")
    engine.drop(repeated)
    joined = typed.left_join(ranked, [typed[p] == ranked[f"_d{p}"] for p in PLACE])
    return joined.mutate(**{REASON: ibis.coalesce(joined[REASON], joined["_duplicate"])}).select(*typed.columns)


def _key(typed: ir.Table, rules: Contract) -> list[str]:
    """Columns that identify a row; without line numbers only the whole row does."""
    values = [name for name in typed.columns if name in rules.by_name]
    if "line_no" in rules.key and "line_no" not in values:
        return values
    return [name for name in rules.key if name in values]


def _equal(left: ir.Value, right: ir.Value) -> ir.BooleanValue:
    return left.identical_to(right)


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
    later = ranked.filter(ranked["_rank"] > 0)
    return later.select(
        **{f"_d{p}": later[p] for p in PLACE},
        _duplicate=ibis.cases(
            (later["_version"] < later["_newest"], ibis.literal(reasons.number(SUPERSEDED), "int32")),
            (later["_content"] == later["_first"], ibis.literal(reasons.number(EXACT_DUPLICATE), "int32")),
            else_=ibis.literal(reasons.number(CONFLICT), "int32"),
        ),
    )
