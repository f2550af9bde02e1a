"""What is known of one enterprise and one good: its lines, their comparables in the order of the law, and the gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.language import NO_CURRENCY
from analytics.shown import Shown
from analytics.statistics import NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS, contrasted
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.evidence.comparables import CLASS, NONE, RUNGS, with_comparables
from analytics.valuation.evidence.ledger import Ledger
from analytics.valuation.evidence.to_verify import lines as lines_to_verify
from analytics.valuation.level.enterprise_levels import enterprise_levels
from analytics.valuation.level.levels import MOST_AT_STAKE, OUT
from analytics.valuation.level.price_level import PriceLevel

_MEDIAN_ERROR = 1.2533
_NAMED = 12


@dataclass(frozen=True, repr=False)
class Dossier(Shown):
    """One enterprise x good.

    Attributes
    ----------
    level : the price level that the doubt comes from
    enterprise, product : as in the declarations
    lines : DataFrame, its lines by month: `declaration_id`, `line_no`, `month`, `district`, `origin`, `quantity`,
        `unit`, `unit_value`, `reference`, `compared_lines`, `compared_enterprises`, `rung`, `relative`, `tax`,
        `at_stake`, `set_apart`; missing reference where too few others compare
    comparables : DataFrame, lines of others in the order of the law (identical before similar in time and origin,
        lowest first): `who` (a letter, no name), `rung`, `month`, `months_apart`, `other_district`, `origin`,
        `quantity_ratio`, `unit_value`
    standing : level of the enterprise wherever it declares, or None
    cells : rows of the price level in which the lines lie
    ledger : earlier queries of these lines, where a ledger is given
    currency : of the amounts, where the declarations do not say it
    """

    level: PriceLevel
    enterprise: str
    product: str
    lines: pd.DataFrame
    comparables: pd.DataFrame
    standing: pd.Series | None
    cells: pd.DataFrame
    ledger: Ledger | None = None
    currency: str = NO_CURRENCY

    @property
    def unit(self) -> str:
        """Unit of the amounts."""
        return self.level.prepared.currency or self.currency

    @property
    def said(self) -> str:
        """The result in one line."""
        ratio, low, high = self.ratio
        compared = f"{len(self.compared)} of {len(self.lines)} lines compared"
        return f"{self.enterprise} x {self.product}: {ratio:.2f} of like prices ({low:.2f} to {high:.2f}), {compared}"

    def summary(self) -> pd.DataFrame:
        """Lines that have a reference, the lowest first."""
        columns = [
            "declaration_id",
            "line_no",
            "month",
            "unit_value",
            "reference",
            "relative",
            "compared_lines",
            "at_stake",
        ]
        return self.compared.sort_values("relative")[columns].reset_index(drop=True)

    @property
    def compared(self) -> pd.DataFrame:
        """Lines that have a reference."""
        return self.lines[self.lines["reference"].notna()]

    @property
    def ratio(self) -> tuple[float, float, float]:
        """Median of unit value over reference with its 95 % interval; missing where nothing compares.

        The interval holds the scatter of the enterprise's own ratios and that of the comparables.
        """
        found = self.compared
        if found.empty:
            return np.nan, np.nan, np.nan
        off = np.log(found["relative"])
        own = float(off.std(ddof=1)) if len(off) > 1 else float(found["spread_of_compared"].median())
        other = (found["spread_of_compared"] ** 2 / found["compared_lines"]).median()
        error = NORMAL95 * _MEDIAN_ERROR * float(np.sqrt(own**2 / len(off) + other))
        middle = float(off.median())
        return float(np.exp(middle)), float(np.exp(middle - error)), float(np.exp(middle + error))

    @property
    def at_stake(self) -> float:
        """Tax (or value) at the references less that declared, over the lines below them."""
        return float(self.compared["at_stake"].sum())


def dossier(
    level: PriceLevel, enterprise: str, product: str, ledger: Ledger | None = None, currency: str = NO_CURRENCY
) -> Dossier:
    """Put together what is known of an enterprise's lines of one good.

    Parameters
    ----------
    level : PriceLevel
    enterprise, product : as in the declarations (masked names as the page shows them)
    ledger : earlier queries, optional
    currency : of the amounts, where the declarations do not say it

    Raises
    ------
    ValuationError
        Where the enterprise has no line of the product: it says which products it has.
    """
    every = level.prepared.lines
    own = every.filter((every.enterprise == enterprise) & (every["product"] == product))
    group = [c for c in contrasted(level.by, level.base_period) if c != "enterprise"]
    columns = list(dict.fromkeys([*GOODS, "month", "district", "quantity", "enterprise", "log_price", *level.by]))
    asked = engine.fetch(own.select(*columns, "declaration_id", "line_no", "value", "tax_weight", "kind"))
    if asked.empty:
        raise _no_line(level, enterprise, product)
    asked = asked.sort_values(["month", "declaration_id", "line_no"], ignore_index=True)
    same = every.filter((every["product"] == product) & (every.enterprise != enterprise) & (every.kind == ""))
    others = engine.fetch(same.select(*columns)).sort_values([*columns], ignore_index=True)
    found = with_comparables(asked, others, group)
    found["unit_value"] = found["value"] / found["quantity"]
    found["relative"] = found["unit_value"] / found["reference"]
    gap = np.expm1(-np.log(found["relative"])).clip(lower=0, upper=MOST_AT_STAKE)
    found = found.assign(at_stake=found["tax_weight"] * gap).rename(columns={"tax_weight": "tax", "kind": "set_apart"})
    standing = enterprise_levels(level.prepared, level.band, level.goods)
    standing = standing[standing["enterprise"] == enterprise]
    cells = level.levels.merge(found[list(level.by)].drop_duplicates(), on=list(level.by))
    return Dossier(
        level,
        enterprise,
        product,
        found,
        _ordered(found, others),
        standing.iloc[0] if len(standing) else None,
        cells,
        ledger,
        currency,
    )


def _no_line(level: PriceLevel, enterprise: str, product: str) -> ValuationError:
    every = level.prepared.lines
    has = engine.fetch(every.filter(every.enterprise == enterprise).select("product").distinct())["product"]
    if has.empty:
        return ValuationError(
            f'enterprise "{enterprise}" declares nothing here. Take a name from the table of lines to verify '
            "(names there are masked in the same way)."
        )
    named = ", ".join(sorted(has)[:_NAMED])
    return ValuationError(f'enterprise "{enterprise}" has no line of product "{product}". It declares: {named}.')


def _ordered(asked: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Lines of others by nearness, then price; each at the nearest rung on which it meets any of the lines asked."""
    columns = ["who", "rung", "month", "months_apart", "other_district", "origin", "quantity_ratio", "unit_value"]
    if others.empty:
        return pd.DataFrame(columns=columns)
    asked, others = _dated(asked), _dated(others)
    others = others.assign(rung=NONE)
    for name, keys in RUNGS.items():
        meets = (
            others[list(keys)].merge(asked[list(keys)].drop_duplicates(), how="left", indicator=True)["_merge"]
            == "both"
        )
        others.loc[(others["rung"] == NONE) & meets.to_numpy(), "rung"] = name
    near = others[others["rung"] != NONE]
    when = np.sort(asked["number"].unique())
    apart = np.abs(near["number"].to_numpy()[:, None] - when[None, :]).min(axis=1) if len(near) else np.empty(0)
    letters = pd.factorize(near["enterprise"], sort=True)[0]
    near = near.assign(
        who=[_letter(int(k)) if name else "" for k, name in zip(letters, near["enterprise"], strict=True)],
        months_apart=apart,
        other_district=~near["district"].isin(asked["district"].unique()),
        quantity_ratio=near["quantity"] / float(asked["quantity"].median()),
        unit_value=np.exp(near["log_price"]),
        order=near["rung"].map({name: k for k, name in enumerate(RUNGS)}),
    )
    return near.sort_values(["order", "unit_value", "who", "month"], ignore_index=True)[columns]


def _letter(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _dated(lines: pd.DataFrame) -> pd.DataFrame:
    month = lines["month"].astype("datetime64[us]")
    return lines.assign(
        month=month,
        quarter=month.dt.to_period("Q").astype("str"),
        year=month.dt.year,
        number=month.dt.year * 12 + month.dt.month,
        **{CLASS: np.floor(np.log10(lines["quantity"])).astype(np.int64)},
    )


def largest(level: PriceLevel, most: int = 1) -> list[tuple[str, str]]:
    """Enterprise x good with most at stake in the lines to verify, the largest first.

    Where no cell is outside, all lines count by what they lie below like goods.
    """
    outside = level.levels[level.levels["status"].isin(OUT)]
    found = lines_to_verify(level, outside["key"].tolist())
    found = found[found["enterprise"] != ""]
    if len(found):
        sums = found.groupby(["enterprise", "product"])["duty_at_stake"].sum().reset_index()
        sums = sums.sort_values(["duty_at_stake", "enterprise", "product"], ascending=[False, True, True])
        return list(sums[["enterprise", "product"]].head(most).itertuples(index=False, name=None))
    named = level.prepared.kept.filter(level.prepared.kept.enterprise != "")
    off = named["shift"] + named.deviation
    gap = named.tax_weight * ((-off).exp() - 1)
    sums = engine.fetch(named.group_by(["enterprise", "product"]).agg(gap=gap.sum(), middle=off.median()))
    sums = sums.assign(gap=sums["gap"].where(sums["middle"] < 0, 0.0))
    sums = sums.sort_values(["gap", "enterprise", "product"], ascending=[False, True, True])
    return list(sums[["enterprise", "product"]].head(most).itertuples(index=False, name=None))
