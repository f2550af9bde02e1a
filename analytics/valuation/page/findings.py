"""What a page is made from: a price level, and what its sections share, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analytics.language import NO_CURRENCY
from analytics.valuation import evidence
from analytics.valuation.evidence.changes import PAIR
from analytics.valuation.level import control_chart, enterprises, sensitivity
from analytics.valuation.level.enterprise_levels import enterprise_levels
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.page import numbers

_CHARTS = 3
_LINE_CELLS = _LINE_NAMES = 200  # cells, enterprises and falls whose lines are listed, the farthest first


@dataclass(frozen=True)
class Findings:
    """A price level with what several sections show of it; each is computed when first asked for.

    Attributes
    ----------
    level : PriceLevel
    drill_down : columns of the contributions, from coarse to fine
    currency : unit of the amounts where the declarations do not say it
    cells_shown : cells in the table of breaches and in the sensitivity
    ledger : earlier price queries and their outcome, where given
    """

    level: PriceLevel
    drill_down: Sequence[str] = ("district", "chapter", "enterprise")
    currency: str = NO_CURRENCY
    cells_shown: int = 8
    ledger: evidence.Ledger | None = None

    @property
    def unit(self) -> str:
        """Unit of the amounts."""
        return self.level.prepared.currency or self.currency

    @cached_property
    def outside(self) -> pd.DataFrame:
        """Confirmed and suspect cells, confirmed first, the farthest first."""
        return pd.concat([numbers.breaches(self.level), numbers.breaches(self.level, ("watch",))], ignore_index=True)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Lines to verify, the largest gap first: of cells outside, of enterprises low everywhere, since a fall."""
        keys = self.outside["key"].head(_LINE_CELLS).tolist()
        found = evidence.lines(self.level, keys, self.low_everywhere, self.fallen)
        return found[found["duty_at_stake"] > 0].reset_index(drop=True)

    @property
    def low_everywhere(self) -> list[str]:
        """Enterprises confirmed to price below the others wherever they declare."""
        table = self.enterprises
        low = (table["status"] == "not_met") & (table["level"] < 1)
        return [str(name) for name in table.loc[low, "enterprise"].head(_LINE_NAMES)]

    @property
    def fallen(self) -> pd.DataFrame:
        """Enterprise x good whose price is told to have fallen."""
        table = self.changes
        fell = table["told"].astype(bool) & (table["change"] < 1) & (table["series"] == PAIR)
        return table[fell].head(_LINE_NAMES)

    @cached_property
    def yielded(self) -> tuple[float, int]:
        """Share of the gap that closed queries of lines far below brought, and of how many; missing under ten."""
        return (
            (float("nan"), 0)
            if self.ledger is None
            else self.ledger.yield_of(evidence.gaps(self.level, 0.95, self.lines))
        )

    @cached_property
    def nation(self) -> pd.DataFrame:
        """Level of the nation against reference prices from outside; empty where none are given."""
        return evidence.nation(self.level)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Every enterprise x good and cell with its largest change in time, those told first."""
        return evidence.changes(self.level.prepared, self.level.by)

    @cached_property
    def charts(self) -> dict[str, pd.DataFrame]:
        """Control charts of the cells farthest out; of the largest where none stands out."""
        if "period" in self.level.by:
            return {}
        judged = self.level.levels[self.level.levels["status"] != "insufficient"]
        keys = self.outside["key"].tolist() or judged.nlargest(_CHARTS, "value")["key"].tolist()
        return {key: control_chart.chart(self.level, key) for key in keys[:_CHARTS]}

    @cached_property
    def tree(self) -> pd.DataFrame:
        """Contributions along the drill-down, every node."""
        return self.level.contributions(self.drill_down)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """Enterprises of the cells outside, those first that move them most."""
        return enterprises.rank(self.level, self.outside["key"].tolist())

    @cached_property
    def enterprises(self) -> pd.DataFrame:
        """Level of every enterprise wherever it declares, those outside first, and its share of `related` parties."""
        found = enterprise_levels(self.level.prepared, self.level.band, self.level.goods)
        return found.merge(evidence.related(self.level.declarations), on="enterprise", how="left")

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """Levels of the cells outside under other choices."""
        shown = self.outside.head(self.cells_shown)
        table = sensitivity.sensitivity(self.level, shown["key"].tolist())
        return table.merge(shown[["key", "period"]]) if "period" in table else table  # not the other months of a key

    @cached_property
    def set_apart(self) -> pd.DataFrame:
        """Lines set apart by the robust filter, the most extreme first."""
        return evidence.outliers(self.level)
