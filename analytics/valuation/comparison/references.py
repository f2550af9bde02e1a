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
import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.lines import codes
from analytics.valuation.comparison.kernels import FIRST_MONTH, FURTHER, References, Rows, references
from analytics.valuation.comparison.keys import GOODS, LEAST_ENTERPRISES
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.comparison.units import KILOGRAMS

RUNGS = ("same month", "three months", "twelve months", "heading", "external", "none")
BASE = "base period"
_RUNG = pd.CategoricalDtype(list(RUNGS))


def cells(kept: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Sums of the lines of each crossing of `keys`: goods alike, by month, group and further columns.

    Returns
    -------
    Ibis table: keys, `lines`, `quantity`, `value`, `tax_weight`, `aligned_value` and `aligned_tax` (the same at aligned
    prices), `aligned_doubt` (variance of the former), `log_price` (mean of aligned prices, less the
    good's and the common course of its price over the months),
    `log_size` (mean log quantity).
    """
    aligned = (-kept["shift"]).exp()
    return kept.group_by(keys).agg(
        lines=kept.count(),
        quantity=kept.quantity.sum(),
        value=kept.value.sum(),
        tax_weight=kept.tax_weight.sum(),
        aligned_value=(kept.value * aligned).sum(),
        aligned_tax=(kept.tax_weight * aligned).sum(),
        aligned_doubt=((kept.value * aligned) ** 2 * kept.doubt).sum(),
        # Of like goods' usual price in all months, and so of what the good's price did over them.
        log_price=kept.deviation.mean(),
        log_size=kept.quantity.ln().mean(),
    )


def with_references(cell: pd.DataFrame, group: Sequence[str], external: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add `reference` (price a unit), `rung` (a category) and `reference_included`: the closest reference there is.

    Parameters
    ----------
    cell : DataFrame as from `cells`, fetched, its texts as texts or as categories in their order; with `heading` where
        headings are compared
    group : columns that are left out of their own reference
    external : DataFrame with columns hs_code, unit, price and optionally origin, used where no other line compares
    """
    goods = [c for c in GOODS if c not in group]
    found = _by_chapter(cell, goods, group)
    price, rung = found.others, found.rung  # -1, the last of them, where there is none
    ladder = []
    if "heading" in cell:
        ladder.append((_by_chapter(cell, ["heading", "unit"], group, further=()).others, RUNGS.index("heading")))
    if external is not None:
        ladder.append((_external_price(cell, external), RUNGS.index("external")))
    for other, number in ladder:
        here = np.isnan(price) & np.isfinite(other)
        price, rung = np.where(here, other, price), np.where(here, number, rung)
    names = pd.Categorical.from_codes(rung % len(RUNGS), dtype=_RUNG)
    return cell.assign(reference=price, rung=names, reference_included=found.included)


def _by_chapter(
    cell: pd.DataFrame, alike: Sequence[str], group: Sequence[str], further: Sequence[range] = FURTHER
) -> References:
    """References of cells, chapter by chapter where these are told: no good is of two, and small sorts are quick."""
    month = cell["month"].to_numpy("datetime64[M]").astype(np.int64)
    figures = {name: cell[name].to_numpy(float) for name in ("lines", "quantity", "value", "tax_weight")}
    figures["month"] = month - month.min(initial=1 << 20) + FIRST_MONTH
    # A row is one enterprise's; without a name it counts as many.
    figures["who"] = np.where(cell["enterprise"] == "", LEAST_ENTERPRISES, 1)
    code = {name: _coded(cell[name]) for name in {*alike, *group}}
    chapter = _coded(cell["chapter"]) if "chapter" in cell else np.zeros(len(cell), dtype=np.int8)
    places = np.split(np.argsort(chapter, kind="stable"), np.cumsum(np.bincount(chapter))[:-1])
    found = References(*(np.empty(len(cell), kind) for kind in (float, float, np.int8)))
    for at in places:
        if not len(at):
            continue
        numbered = [
            codes(np.zeros(len(at), dtype=np.int64), *[code[name][at] for name in names]) for names in (alike, group)
        ]
        here = {name: values[at] for name, values in figures.items()}
        rows = Rows(cell=numbered[0], district=np.empty(0), enterprise=np.empty(0), **here)
        for name, values in vars(references(rows, numbered[1], further)).items():
            getattr(found, name)[at] = values
    return found


def _coded(column: pd.Series) -> np.ndarray:
    """Codes of values in their order; of categories, which stand in theirs, those that they have."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy()
    return pd.factorize(column, sort=True)[0]


def spelt(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as texts."""
    texts = frame.copy(deep=False)
    for name, column in frame.select_dtypes("category").items():
        texts[name] = column.cat.categories.astype("str").array.take(column.cat.codes)
    return texts


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
    joined = _join_external(_national(cell), external)
    rung = ibis.ifelse(joined.external.notnull(), RUNGS[4], RUNGS[5])  # noqa: PD004 (Ibis)
    return joined.mutate(reference=joined.external, rung=rung).drop("external")


def _national(cell: ir.Table) -> ir.Table:
    """Add `reference_included`: the unit value of all lines of the cell."""
    partition = ibis.window(group_by=[*GOODS, "month"])
    return cell.mutate(reference_included=cell.value.sum().over(partition) / cell.quantity.sum().over(partition))


def _external_price(cell: pd.DataFrame, external: pd.DataFrame) -> np.ndarray:
    prices = by_month(external, cell["month"])
    if "month" in prices:
        prices["month"] = prices["month"].astype(cell["month"].dtype)
    keys = [k for k in ("product", "unit", "origin", "month") if k in prices]
    return spelt(cell[keys]).merge(prices, on=keys, how="left")["price"].to_numpy(float)


def _join_external(cell: ir.Table, external: pd.DataFrame) -> ir.Table:
    prices = by_month(external, engine.fetch(cell.select("month").distinct())["month"])
    table = engine.load_frame(prices.rename(columns={"price": "external"}), beside=cell)
    keys = [k for k in ("product", "unit", "origin", "month") if k in table.columns]
    return cell.left_join(table, keys).select(cell, table.external)


def same_currency(external: pd.DataFrame, currency: str) -> None:
    """Refuse reference prices in another currency than the declarations: the ratio would be an exchange rate.

    Raises
    ------
    ValuationError
        Both currencies are known and differ, or the reference names several.
    """
    named = sorted(set(external["currency"].dropna().astype("str").str.strip().str.upper()) - {""}) if (
        "currency" in external) else []  # fmt: skip
    if named and (len(named) > 1 or (currency and named != [currency.upper()])):
        raise ValuationError(
            f"reference: its prices are in {', '.join(named)}, the declarations in {currency or 'no stated currency'}. "
            "Convert them to the currency of the declarations and set their column currency."
        )


def by_month(external: pd.DataFrame, months: pd.Series) -> pd.DataFrame:
    """External prices of every good in every month: of the month itself, else the latest before, else the earliest.

    Parameters
    ----------
    external : DataFrame: hs_code, price, optionally unit, origin and month ("2024-05" or a date)
    months : months that are asked for

    Returns
    -------
    DataFrame: product, price, with unit, origin and month where `external` has them; one row a key. Units of mass are
    kilograms, as in the lines: a price a tonne is a thousandth of it a kilogram.
    """
    keys = [k for k in ("unit", "origin") if k in external and external[k].notna().any()]
    frame = external.rename(columns={"hs_code": "product"})
    frame["product"] = frame["product"].astype("str")
    for name in keys:
        text = frame[name].fillna("").astype("str").str.strip()
        frame[name] = text.str.lower() if name == "unit" else text.str.upper()
    if "unit" in keys:
        mass = frame["unit"].map(KILOGRAMS)
        frame["price"] = frame["price"] / mass.fillna(1.0)
        frame["unit"] = frame["unit"].mask(mass.notna(), "kg")
    keys = ["product", *keys]
    if "month" not in frame or frame["month"].isna().all():
        return frame.groupby(keys)["price"].median().reset_index()
    frame["month"] = pd.to_datetime(frame["month"]).dt.to_period("M").dt.to_timestamp()
    once = frame.groupby([*keys, "month"])["price"].median().unstack("month")  # noqa: PD010 (rows to columns)
    wanted = pd.to_datetime(pd.Series(months).drop_duplicates()).dt.to_period("M").dt.to_timestamp()
    every = once.reindex(columns=sorted({*once.columns, *wanted})).ffill(axis=1).bfill(axis=1)
    told = every[sorted(wanted)].stack().reset_index(name="price")  # type: ignore[call-overload]  # noqa: PD013 (rows of a small table)
    return told.assign(month=told["month"].dt.date)
