"""Reference prices: what a line is compared with, from the closest comparison down to none.

The ladder: the same product x unit x origin x month elsewhere; the same over three months; the heading x unit in the
month; an external table; none. "Elsewhere" leaves the group out of its own reference: with the district inside, a true
level of 0.90 reads 0.957 at a 60 % share. Source: World Bank (2013), ch. 1; practice of leave-one-out references.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.tables.engine import connection as engine

RUNGS = ("same month", "three months", "heading", "external", "none")
BASE = "base period"
_PRODUCT = ("product", "unit", "origin")


def cells(kept: ir.Table, group: Sequence[str], also: Sequence[str] = ()) -> ir.Table:
    """Sums of the lines of a cell (product x unit x origin x month) and group, over further columns.

    Returns
    -------
    Ibis table: keys, `lines`, `quantity`, `value`, `tax_weight`, `log_price` (mean), `log_size` (mean log quantity).
    """
    keys = list(dict.fromkeys([*_PRODUCT, "month", *group, *also]))
    return kept.group_by(keys).agg(
        lines=kept.count(),
        quantity=kept.quantity.sum(),
        value=kept.value.sum(),
        tax_weight=kept.tax_weight.sum(),
        log_price=kept.log_price.mean(),
        log_size=kept.quantity.ln().mean(),
    )


def _alike(group: Sequence[str]) -> list[str]:
    """Columns that make goods alike; origins that are themselves compared do not part them."""
    return [c for c in _PRODUCT if c not in group]


def _others(cell: ir.Table, keys: list[str], group: list[str], name: str, months: Sequence[int] = (0,)) -> ir.Table:
    """Unit value of the other groups of the same `keys`, [keys, group] by rows, as column `name`."""
    sums = cell.group_by([*keys, "month", *group]).agg(value=cell.value.sum(), quantity=cell.quantity.sum())
    moved = [sums.mutate(month=(sums.month + ibis.interval(months=m)).cast("date")) for m in months]
    window = moved[0] if len(moved) == 1 else ibis.union(*moved, distinct=False)
    own = window.group_by([*keys, "month", *group]).agg(value=window.value.sum(), quantity=window.quantity.sum())
    partition = ibis.window(group_by=[*keys, "month"])
    rest_quantity = own.quantity.sum().over(partition) - own.quantity
    rest_value = own.value.sum().over(partition) - own.value
    count = own.count().over(partition)
    reference = ibis.ifelse(count > 1, rest_value / rest_quantity, ibis.null("float64"))
    return own.select(*keys, "month", *group, **{name: reference})


def national(cell: ir.Table, group: Sequence[str] = ()) -> ir.Table:
    """Add `reference_included`: the unit value of all groups of the cell, its own among them."""
    partition = ibis.window(group_by=[*_alike(group), "month"])
    return cell.mutate(reference_included=cell.value.sum().over(partition) / cell.quantity.sum().over(partition))


def with_references(cell: ir.Table, group: Sequence[str], external: pd.DataFrame | None = None) -> ir.Table:
    """Add `reference` (price a unit) and `rung` to cells: the closest reference there is.

    Parameters
    ----------
    cell : Ibis table as from `cells`
    group : columns that are left out of their own reference
    external : DataFrame with columns hs_code, unit, price and optionally origin, used where no other line compares
    """
    group = list(group)
    ladder = {
        "same": _others(cell, _alike(group), group, "same"),
        "three": _others(cell, _alike(group), group, "three", (0, 1, 2)),
        "heading_price": _others(cell, ["heading", "unit"], group, "heading_price")
        if "heading" in cell.columns
        else None,
    }
    joined = national(cell, group)
    for name, table in ladder.items():
        if table is None:
            continue
        stored = engine.store(table, "reference")
        keys = [c for c in stored.columns if c != name]
        joined = joined.left_join(stored, keys).select(joined, stored[name])
    if external is not None:
        joined = _join_external(joined, external)
    options = [("same", RUNGS[0]), ("three", RUNGS[1]), ("heading_price", RUNGS[2]), ("external", RUNGS[3])]
    options = [(name, rung) for name, rung in options if name in joined.columns]
    reference = ibis.coalesce(*[joined[name] for name, _ in options])
    rung = ibis.cases(*[(joined[name].notnull(), rung) for name, rung in options], else_=RUNGS[4])  # noqa: PD004 (Ibis)
    return joined.mutate(reference=reference, rung=rung).drop(*[name for name, _ in options])


def over_time(cell: ir.Table, base_period: str, within: Sequence[str]) -> ir.Table:
    """Add `reference` and `rung` for levels over time: the unit value of the same product in the base period.

    Parameters
    ----------
    within : further columns in which the comparison stays (the district, for a district's level over time)
    """
    keys = list(dict.fromkeys([*_PRODUCT, *within]))
    first = cell.filter(cell.period == base_period)
    first = first.group_by(keys).agg(reference=first.value.sum() / first.quantity.sum())
    joined = cell.left_join(first, keys).select(cell, first.reference)
    rung = ibis.ifelse(joined.reference.notnull(), BASE, RUNGS[4])  # noqa: PD004 (Ibis)
    return joined.mutate(rung=rung, reference_included=joined.reference)


def external_only(cell: ir.Table, external: pd.DataFrame) -> ir.Table:
    """Add `reference` and `rung` where nothing inside the table compares: external prices or none."""
    joined = _join_external(national(cell), external)
    rung = ibis.ifelse(joined.external.notnull(), RUNGS[3], RUNGS[4])  # noqa: PD004 (Ibis)
    return joined.mutate(reference=joined.external, rung=rung).drop("external")


def _join_external(cell: ir.Table, external: pd.DataFrame) -> ir.Table:
    table = engine.load_frame(external.rename(columns={"hs_code": "product", "price": "external"}))
    keys = [k for k in ("product", "unit", "origin") if k in table.columns]
    once = table.group_by(keys).agg(external=table.external.median())
    return cell.left_join(once, keys).select(cell, once.external)
