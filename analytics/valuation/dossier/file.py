"""What is known of one enterprise and one good: its lines, their comparables in the order of the law, and the gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.language import NO_CURRENCY, Text, month
from analytics.shown import Shown
from analytics.statistics import NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS, contrasted
from analytics.valuation.comparison.lines import ValuationError
from analytics.valuation.dossier.order import ordered
from analytics.valuation.evidence.comparables import with_comparables
from analytics.valuation.evidence.ledger import Ledger
from analytics.valuation.level.levels import MOST_AT_STAKE
from analytics.valuation.level.price_level import PriceLevel
from analytics.valuation.level.verdicts import OUT
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.words import named

_MEDIAN_ERROR = 1.2533
_NAMED = 12
FEWEST = 3  # lines with a reference, below which nothing is said of an enterprise's price


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
        `quantity_ratio`, `unit_value`, `in_doubt` (stands apart itself: last)
    standing : level of the enterprise wherever it declares, or None
    cells : rows of the price level in which the lines lie
    ledger : earlier queries of these lines, where a ledger is given
    currency : of the amounts, where the declarations do not say it
    fall : row of `evidence.changes`, where the price of this good is told to have fallen
    neighbours : unit value over reference of other enterprises of the same places (median), and their lines
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
    fall: pd.Series | None = None
    neighbours: tuple[float, int] = (np.nan, 0)

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
    def asked(self) -> tuple[Text, pd.DataFrame]:
        """Lines that the doubt is about, and in what they differ from the rest: all, unless a part alone is low.

        A part is what the page of levels asks about: the lines in groups outside the band, or since a told fall. An
        enterprise that is low in one of two districts has no low median of all its lines.
        """
        whole = (Text("", ""), self.lines)
        out = self.cells[self.cells["status"].isin(OUT)]
        inside = self.lines[list(self.level.by)].merge(out[list(self.level.by)], how="left", indicator=True)["_merge"]
        parts = [whole]
        if len(out):
            where = named(self.level, out["key"].iloc[0])
            more = Text(f"{len(out)} groups outside the band", f"超出区间的{len(out)}个分组")
            of = where if len(out) == 1 else more
            parts.append((Text(f"in {of.en}", of.zh), self.lines[(inside == "both").to_numpy()]))
        if self.fall is not None:
            since = pd.Timestamp(self.fall["since"])
            said = Text(f"since {month(since)}", f"{month(since, 'zh')}以来")
            parts.append((said, self.lines[self.lines["month"] >= since]))
        low = self.level.band[0]
        found = (p for p in parts if p[1]["reference"].notna().sum() >= FEWEST and ratio_of(p[1])[2] < low)
        return next(found, whole)

    @property
    def elsewhere(self) -> pd.DataFrame:
        """Comparables of other places: those of its own are left out of references, and shown in the table only."""
        return self.comparables[self.comparables["other_district"].astype(bool)].reset_index(drop=True)

    @property
    def compared(self) -> pd.DataFrame:
        """Lines that the doubt is about and that have a reference."""
        part = self.asked[1]
        return part[part["reference"].notna()]

    @property
    def ratio(self) -> tuple[float, float, float]:
        """Median of unit value over reference of the lines asked about; see `ratio_of`."""
        return ratio_of(self.compared)

    @property
    def at_stake(self) -> float:
        """Tax (or value) at the references less that declared, over all lines compared: those above count against it.

        The lines below alone would make an amount out of any honest scatter.
        """
        gap = np.expm1(-np.log(self.compared["relative"])).clip(upper=MOST_AT_STAKE)
        return max(float((self.compared["tax"] * gap).sum()), 0.0)


def ratio_of(lines: pd.DataFrame) -> tuple[float, float, float]:
    """Median of unit value over reference with its 95 % interval; missing where nothing compares.

    The interval holds the scatter of the enterprise's own ratios and that of the comparables.
    """
    found = lines[lines["reference"].notna()]
    if found.empty:
        return np.nan, np.nan, np.nan
    off = np.log(found["relative"])
    own = float(off.std(ddof=1)) if len(off) > 1 else float(found["spread_of_compared"].median())
    other = (found["spread_of_compared"] ** 2 / found["compared_lines"]).median()
    error = NORMAL95 * _MEDIAN_ERROR * float(np.sqrt(own**2 / len(off) + other))
    middle = float(off.median())
    return float(np.exp(middle)), float(np.exp(middle - error)), float(np.exp(middle + error))


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
    others = engine.fetch(same.select(*columns, "shift")).sort_values([*columns], ignore_index=True)
    found = with_comparables(asked, others, group)
    found["unit_value"] = found["value"] / found["quantity"]
    found["relative"] = found["unit_value"] / found["reference"]
    gap = np.expm1(-np.log(found["relative"])).clip(lower=0, upper=MOST_AT_STAKE)
    found = found.assign(at_stake=found["tax_weight"] * gap).rename(columns={"tax_weight": "tax", "kind": "set_apart"})
    seen = Findings(level)
    standing = seen.enterprises[seen.enterprises["enterprise"] == enterprise]
    fall = seen.fallen[(seen.fallen["enterprise"] == enterprise) & (seen.fallen["product"] == product)]
    cells = level.levels.merge(found[list(level.by)].drop_duplicates(), on=list(level.by))
    return Dossier(
        level,
        enterprise,
        product,
        found,
        ordered(found, others),
        standing.iloc[0] if len(standing) else None,
        cells,
        ledger,
        currency,
        fall.iloc[0] if len(fall) else None,
        _neighbours(found, others, group),
    )


def _neighbours(found: pd.DataFrame, others: pd.DataFrame, group: list[str]) -> tuple[float, int]:
    """How other enterprises of the same places price this good, against the same kind of reference, and their lines."""
    if not group:
        return np.nan, 0
    near = others.merge(found[group].drop_duplicates(), on=group)
    if near.empty:
        return np.nan, 0
    off = np.exp(near["log_price"]) / with_comparables(near, others, group)["reference"]
    return float(off.median()), int(off.notna().sum())


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


def largest(level: PriceLevel, most: int = 1) -> list[tuple[str, str]]:
    """Enterprise x good with most at stake in the lines to verify, the largest first.

    Where there is none to verify, all lines count by what they lie below like goods.
    """
    found = Findings(level).lines
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
