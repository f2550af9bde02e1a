"""The change of tax between a year's months and the same months before it, from declarations.

Tax of a good = quantity x unit value x tax per value. Between two years the difference is split on these factors by
logarithmic means, good by good, so that nothing is left over; the unit value is in foreign money where an exchange rate
is given. Goods of one year only are told apart: they have no price change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from analytics.language import month
from analytics.shown import Shown
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.why.factors import REST, split

GOODS = ["hs_code", "unit"]
CAUSES = ("volume", "price", "exchange_rate", "rate", "new_goods", "dropped_goods", REST)
LAST_WEEK = 7  # days
IMPORTS = ("import", "i", "进口", "")


@dataclass(frozen=True, repr=False)
class DeclaredChange(Shown):
    """Tax declared in some months of a year against the same months of the year before.

    Attributes
    ----------
    year, first, last : int
        The months compared.
    before, now : float
        Tax in both.
    causes : dict of cause to amount
        They add up to `now` - `before`.
    goods : DataFrame with columns hs_code, unit, before, now, change, share, volume, price, exchange_rate, rate, ...
        One row a good, the largest change first; share of the absolute changes of all.
    enterprises : DataFrame with columns enterprise_id, before, now, change, share
        Empty where declarations name no enterprise.
    lines : int
        Lines compared.
    aside : dict of reason to lines
        Lines that could not be: no tax, no date.
    """

    year: int
    first: int
    last: int
    before: float
    now: float
    causes: dict[str, float]
    goods: pd.DataFrame
    enterprises: pd.DataFrame
    lines: int
    aside: dict[str, int]

    @property
    def said(self) -> str:
        """The result in one line."""
        span = f"months {self.first} to {self.last} of {self.year}"
        return (
            f"{span}: {self.before:,.0f} to {self.now:,.0f} ({self.now / self.before - 1:+.1%}), {self.lines:,} lines"
        )

    def summary(self) -> pd.DataFrame:
        """Causes, adding up to the change."""
        rows = [(name, amount, amount / self.before) for name, amount in self.causes.items()]
        return pd.DataFrame(rows, columns=["cause", "amount", "of_before"])


def declared_change(
    declarations: Any, year: int, months: tuple[int, int] | None = None, exchange_rate: pd.Series | None = None
) -> DeclaredChange:
    """Split the change of tax between a year and the year before.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame
        Columns date, hs_code, unit, quantity, value, tax; optional enterprise_id, direction. Imports only.
    year : int
    months : (int, int), optional
        First and last calendar month compared; January to the last finished month of the year by default.
    exchange_rate : Series indexed by the first day of the month, optional
        Units of the receipts' money for one unit of the foreign money that prices are agreed in.

    Returns
    -------
    DeclaredChange

    Raises
    ------
    ReceiptsError
        When a column is missing, or one of the two years holds no tax.
    """
    table = as_ibis(declarations)
    missing = [c for c in ("date", "hs_code", "unit", "quantity", "value", "tax") if c not in table.columns]
    if missing:
        raise ReceiptsError(f"Declarations lack the column {missing[0]}: the change of tax cannot be split without it.")
    months = months or (1, _last_finished(table, year))
    table, lines, aside = _usable(table, year, months)
    _one_currency(table)
    goods = _both_years(table, year, GOODS, {"quantity": "quantity", "value": "value", "tax": "tax"})
    totals = goods[["tax_before", "tax_now"]].sum()
    for which, name in (("tax_before", year - 1), ("tax_now", year)):
        if totals[which] <= 0:
            first, last = (month(pd.Timestamp(name, m, 1)) for m in months)
            raise ReceiptsError(f"No tax is declared from {first} to {last}: there is nothing to compare.")
    amounts = _split(goods, _rate_change(exchange_rate, year, months))
    told = pd.concat([goods[[*GOODS, "tax_before", "tax_now"]], pd.DataFrame(amounts)], axis=1)
    told = _ranked(told.rename(columns={"tax_before": "before", "tax_now": "now"}))
    firms = pd.DataFrame(columns=["enterprise_id", "before", "now", "change", "share"])
    if "enterprise_id" in table.columns:
        by_firm = _both_years(table, year, ["enterprise_id"], {"tax": "tax"})
        firms = _ranked(by_firm.rename(columns={"tax_before": "before", "tax_now": "now"}))
    causes = {name: float(told[name].sum()) for name in CAUSES if name in told}
    before, now = float(totals["tax_before"]), float(totals["tax_now"])
    return DeclaredChange(year, *months, before, now, causes, told, firms, lines, aside)


def _usable(table: Any, year: int, months: tuple[int, int]) -> tuple[Any, int, dict[str, int]]:
    """Imports of both years' months with a tax; how many lines, and how many were left aside."""
    if "direction" in table.columns:
        table = table.filter(table.direction.fill_null("").lower().isin(IMPORTS))
    inside = table.date.month().between(*months) & table.date.year().isin([year - 1, year])
    table = table.filter(inside.fill_null(False))
    counts = engine.fetch(table.aggregate(lines=table.count(), told=table.tax.count()))
    lines, with_tax = int(counts["lines"].iloc[0]), int(counts["told"].iloc[0])
    without = lines - with_tax
    return table.drop_null("tax"), with_tax, {"no tax": without} if without else {}


def _last_finished(table: Any, year: int) -> int:
    """Last month of the year whose last week holds a line: a month that is still going on is not compared."""
    newest = engine.fetch(table.filter(table.date.year() == year).aggregate(at=table.date.max()))["at"].iloc[0]
    if pd.isna(newest):
        raise ReceiptsError(f"No declaration is dated {year}: choose another year.")
    at = pd.Timestamp(newest)
    ended = at.day > at.days_in_month - LAST_WEEK
    if not ended and at.month == 1:
        raise ReceiptsError(f"Declarations of {year} end on {at:%Y-%m-%d}: no month of it is finished.")
    return at.month if ended else at.month - 1


def _one_currency(table: Any) -> None:
    if "currency" in table.columns:
        found = sorted(map(str, engine.fetch(table.select("currency").distinct().drop_null())["currency"]))
        if len(found) > 1:
            raise ReceiptsError(f"Declarations hold several currencies ({', '.join(found)}): convert them first.")


def _both_years(table: Any, year: int, by: list[str], measures: dict[str, str]) -> pd.DataFrame:
    """Sums of both years side by side, one row a key; 0 where a key is absent."""
    now = table.date.year() == year
    keyed = table.mutate(**{name: table[name].cast("string").fill_null("") for name in by})
    sums = {
        f"{name}_{when}": keyed[column].cast("float64").fill_null(0).sum(where=now if when == "now" else ~now)
        for name, column in measures.items()
        for when in ("before", "now")
    }
    frame = engine.fetch(keyed.group_by(by).aggregate(**sums).order_by([ibis.asc(name) for name in by]))
    return frame.fillna(dict.fromkeys(sums, 0.0))


def _split(goods: pd.DataFrame, exchange_rate: float | None) -> dict[str, np.ndarray]:
    """Causes of every good's change."""
    had, has = (goods[f"tax_{when}"].to_numpy(dtype=float) for when in ("before", "now"))
    logs = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name in ("quantity", "value", "tax"):
            logs[name] = np.log((goods[f"{name}_now"] / goods[f"{name}_before"]).to_numpy(dtype=float))
        price = logs["value"] - logs["quantity"]
        rate = logs["tax"] - logs["value"]
    abroad = 0.0 if exchange_rate is None else exchange_rate
    changes = {"volume": logs["quantity"], "price": price - abroad, "rate": rate}
    if exchange_rate is not None:
        changes["exchange_rate"] = np.full(len(goods), abroad)
    # Without a quantity in both years value cannot be told from volume and price: no factor speaks.
    whole = np.isfinite(price) & np.isfinite(logs["tax"])
    amounts = split(has, had, {name: np.where(whole, change, 0.0) for name, change in changes.items()})
    fresh, gone = (had == 0) & (has != 0), (has == 0) & (had != 0)
    rest = amounts.pop(REST)
    amounts["new_goods"], amounts["dropped_goods"] = np.where(fresh, rest, 0.0), np.where(gone, rest, 0.0)
    amounts[REST] = np.where(fresh | gone, 0.0, rest)
    return amounts


def _rate_change(series: pd.Series | None, year: int, months: tuple[int, int]) -> float | None:
    """Log change of the mean exchange rate between the two years' months."""
    if series is None:
        return None
    means = []
    for which in (year - 1, year):
        span = pd.date_range(f"{which}-{months[0]:02d}-01", f"{which}-{months[1]:02d}-01", freq="MS")
        levels = series.reindex(span)
        if not levels.gt(0).all():
            raise ReceiptsError(f"The exchange rate does not cover {month(span[0])} to {month(span[-1])}.")
        means.append(float(levels.mean()))
    return float(np.log(means[1] / means[0]))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Changes, the largest first, with their share of all absolute changes."""
    change = table["now"] - table["before"]
    table = table.assign(change=change, share=change.abs() / max(float(change.abs().sum()), 1e-300))
    return table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
