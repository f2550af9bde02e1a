"""Reference prices: what a line is compared with, from the closest comparison down to none.

The ladder: like goods (product, unit, origin) of the same month elsewhere; the same over three and over twelve months;
the heading x unit in the month; an external table; none. A rung counts where it holds five lines of two enterprises.
"Elsewhere" leaves the group out of its own reference: with the district inside, a true
level of 0.90 reads 0.957 at a 60 % share. Source: World Bank (2013), ch. 1; practice of leave-one-out references.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS

RUNGS = ("same month", "three months", "twelve months", "heading", "external", "none")
BASE = "base period"
LEAST_LINES, LEAST_ENTERPRISES = 5, 2
"""A reference rests on so many lines of so many enterprises of others, or it is none."""


def cells(kept: ir.Table, group: Sequence[str], also: Sequence[str] = ()) -> ir.Table:
    """Sums of the lines of a cell (goods alike, by month) and group, over further columns.

    Returns
    -------
    Ibis table: keys, `lines`, `quantity`, `value`, `tax_weight`, `aligned_value` and `aligned_tax` (the same at aligned
    prices), `aligned_doubt` (variance of the former), `log_price` (mean of aligned prices),
    `log_size` (mean log quantity).
    """
    keys = list(dict.fromkeys([*GOODS, "month", *group, *also]))
    aligned = (-kept["shift"]).exp()
    return kept.group_by(keys).agg(
        lines=kept.count(),
        quantity=kept.quantity.sum(),
        value=kept.value.sum(),
        tax_weight=kept.tax_weight.sum(),
        aligned_value=(kept.value * aligned).sum(),
        aligned_tax=(kept.tax_weight * aligned).sum(),
        aligned_doubt=((kept.value * aligned) ** 2 * kept.doubt).sum(),
        log_price=(kept.log_price - kept["shift"]).mean(),
        log_size=kept.quantity.ln().mean(),
    )


def _alike(group: Sequence[str]) -> list[str]:
    """Columns that make goods alike; origins that are themselves compared do not part them."""
    return [c for c in GOODS if c not in group]


def _others(cell: ir.Table, keys: list[str], group: list[str], name: str, months: Sequence[int] = (0,)) -> ir.Table:
    """Unit value of the other groups of the same `keys`, [keys, group] by rows, as column `name`.

    Missing where the others are fewer than five lines, or, where enterprises are known, of fewer than two enterprises.
    """
    own_keys = [*keys, "month", *group]
    # A row is one enterprise's: without names it counts as many.
    named = cell.mutate(who=ibis.ifelse(cell.enterprise == "", LEAST_ENTERPRISES, 1))
    sums = named.group_by(own_keys).agg(**_sums(named))
    moved = [sums.mutate(month=(sums.month + ibis.interval(months=m)).cast("date")) for m in months]
    window = moved[0] if len(moved) == 1 else ibis.union(*moved, distinct=False)
    own = window.group_by(own_keys).agg(**_sums(window))
    partition = ibis.window(group_by=[*keys, "month"])
    rest = {c: own[c].sum().over(partition) - own[c] for c in ("value", "quantity", "lines", "who")}
    known = (rest["lines"] >= LEAST_LINES) & (rest["who"] >= LEAST_ENTERPRISES)
    reference = ibis.ifelse(known, rest["value"] / rest["quantity"], ibis.null("float64"))
    return own.select(*own_keys, **{name: reference})


def _sums(table: ir.Table) -> dict[str, ir.Value]:
    return {c: table[c].sum() for c in ("value", "quantity", "lines", "who")}


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
        "three": _others(cell, _alike(group), group, "three", range(3)),
        "twelve": _others(cell, _alike(group), group, "twelve", range(12)),
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
    options = [("same", RUNGS[0]), ("three", RUNGS[1]), ("twelve", RUNGS[2]), ("heading_price", RUNGS[3])]
    options += [("external", RUNGS[4])]
    options = [(name, rung) for name, rung in options if name in joined.columns]
    reference = ibis.coalesce(*[joined[name] for name, _ in options])
    rung = ibis.cases(*[(joined[name].notnull(), rung) for name, rung in options], else_=RUNGS[5])  # noqa: PD004 (Ibis)
    return joined.mutate(reference=reference, rung=rung).drop(*[name for name, _ in options])


def over_time(cell: ir.Table, base_period: str, within: Sequence[str]) -> ir.Table:
    """Add `reference` and `rung` for levels over time: the unit value of the same product in the base period.

    Parameters
    ----------
    within : further columns in which the comparison stays (the district, for a district's level over time)
    """
    keys = list(dict.fromkeys([*GOODS, *within]))
    first = cell.filter(cell.period == base_period)
    first = first.group_by(keys).agg(reference=first.value.sum() / first.quantity.sum())
    joined = cell.left_join(first, keys).select(cell, first.reference)
    rung = ibis.ifelse(joined.reference.notnull(), BASE, RUNGS[5])  # noqa: PD004 (Ibis)
    return joined.mutate(rung=rung, reference_included=joined.reference)


def external_only(cell: ir.Table, external: pd.DataFrame) -> ir.Table:
    """Add `reference` and `rung` where nothing inside the table compares: external prices or none."""
    joined = _join_external(national(cell), external)
    rung = ibis.ifelse(joined.external.notnull(), RUNGS[4], RUNGS[5])  # noqa: PD004 (Ibis)
    return joined.mutate(reference=joined.external, rung=rung).drop("external")


def _join_external(cell: ir.Table, external: pd.DataFrame) -> ir.Table:
    prices = by_month(external, engine.fetch(cell.select("month").distinct())["month"])
    table = engine.load_frame(prices.rename(columns={"price": "external"}), beside=cell)
    keys = [k for k in ("product", "unit", "origin", "month") if k in table.columns]
    return cell.left_join(table, keys).select(cell, table.external)


def by_month(external: pd.DataFrame, months: pd.Series) -> pd.DataFrame:
    """External prices of every good in every month: of the month itself, else the latest before, else the earliest.

    Parameters
    ----------
    external : DataFrame: hs_code, price, optionally unit, origin and month ("2024-05" or a date)
    months : months that are asked for

    Returns
    -------
    DataFrame: product, price, with unit, origin and month where `external` has them; one row a key.
    """
    keys = [k for k in ("unit", "origin") if k in external and external[k].notna().any()]
    frame = external.rename(columns={"hs_code": "product"})
    frame["product"] = frame["product"].astype("str")
    for name in keys:
        text = frame[name].fillna("").astype("str").str.strip()
        frame[name] = text.str.lower() if name == "unit" else text.str.upper()
    keys = ["product", *keys]
    if "month" not in frame or frame["month"].isna().all():
        return frame.groupby(keys)["price"].median().reset_index()
    frame["month"] = pd.to_datetime(frame["month"]).dt.to_period("M").dt.to_timestamp()
    once = frame.groupby([*keys, "month"])["price"].median().unstack("month")  # noqa: PD010 (rows to columns)
    wanted = pd.to_datetime(pd.Series(months).drop_duplicates()).dt.to_period("M").dt.to_timestamp()
    every = once.reindex(columns=sorted({*once.columns, *wanted})).ffill(axis=1).bfill(axis=1)
    told = every[sorted(wanted)].stack().reset_index(name="price")  # type: ignore[call-overload]  # noqa: PD013 (rows of a small table)
    return told.assign(month=told["month"].dt.date)
