"""What `price_level` returns: the levels, and everything behind them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS, SEPARATOR, contrasted
from analytics.valuation.comparison.prepared import Prepared
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.ratios import MATCHED
from analytics.valuation.level import contributions
from analytics.valuation.level.levels import COLUMNS
from analytics.valuation.level.verdicts import BY_VALUE, OTHER_MONTHS, OWN_GOODS
from analytics.valuation.verdict.departures import Grid
from analytics.valuation.verdict.grades import Grades
from analytics.valuation.verdict.too_little import FEW_ENTERPRISES, FEW_LINES, LITTLE, NOTHING

_LEAST_JUDGED = 0.8  # share of value in cells seen to be in order without which the whole is not said to be
_ONE_CELL = 0.05  # share of value or lines of one cell that is not compared, from which on the whole is not in order
_NOT_COMPARED = (FEW_LINES, FEW_ENTERPRISES, NOTHING, LITTLE, OTHER_MONTHS, OWN_GOODS)


@dataclass(frozen=True, repr=False)
class PriceLevel:
    """Price levels of a breakdown, and everything behind them.

    Attributes
    ----------
    question : what was asked
    levels : DataFrame, one row a key: the columns of tables/price_level.csv, then those of `by`, `log_level` and
        `error` (mixed model), `level_weighted` with `weighted_low95` and `weighted_high95` (value-weighted regression),
        `probability_outside`, `apart` (probability that a large enterprise prices apart),
        `moved_share` (of value, whose prices alignment moved), `set_apart_below` and `set_apart_above` (shares of value
        set apart), `reason` of a verdict ("level", "set apart", "mixed goods", "wide interval", "by value",
        "on average", "a few lines", "no majority", "one other place", "other months", "own goods", "other chapters";
        why a cell is not judged, also "few lines", "few enterprises", "little compared", "nothing compares"),
        `probability_by_value` (that the level by value lies outside), `enterprises` (effective number),
        `value`, `tax_weight`, `duty_at_stake`, `duty_low`, `duty_high`
    ladder : DataFrame, share of value by rung of the reference ladder
    outliers : DataFrame, lines and value set apart by kind
    compared : DataFrame, one row a cell and enterprise with its reference price
    prepared : the lines, in the engine
    goods : DataFrame, how much enterprises differ in each good (`mixed_goods.goods`)
    variances : variance components of the mixed model (log), and "cell": of ordinary differences between cells
    declarations : what was judged, where it is at hand
    grid, mix : what all cells together tell: how often one departs by how much, and its mix of grades
    """

    question: Question
    levels: pd.DataFrame
    ladder: pd.DataFrame
    outliers: pd.DataFrame
    compared: pd.DataFrame
    prepared: Prepared
    variances: dict[str, float]
    goods: pd.DataFrame
    grid: Grid | None = None
    mix: Grades | None = None
    declarations: Any = field(default=None, repr=False)

    @property
    def by(self) -> tuple[str, ...]:
        """Columns of the breakdown."""
        return tuple(self.question.by)

    @property
    def band(self) -> tuple[float, float]:
        """Levels that are in order."""
        return self.question.band

    @property
    def base_period(self) -> str | None:
        """Period that the others are compared with, for levels over time."""
        return self.question.base_period

    @property
    def words(self) -> Mapping[str, Text]:
        """What to call a breakdown, where it is not what its name says (a reporter in place of a district)."""
        return self.question.words

    def __repr__(self) -> str:
        """One line: what was asked, and how many cells stand where."""
        found = self.levels["status"].value_counts()
        counts = ", ".join(f"{found[s]} {s}" for s in ("not_met", "watch", "met", "insufficient") if s in found)
        return f"<PriceLevel by {SEPARATOR.join(self.by)}: {counts}>"

    def _repr_html_(self) -> str:
        """The line of the terminal, and the cells farthest from one."""
        return f"<p>{html.escape(repr(self))}</p>{self.summary().to_html(index=False)}"

    def summary(self, rows: int = 10) -> pd.DataFrame:
        """Cells, those outside first, the farthest first: key, level with interval, lines, status and its reason."""
        order = self.levels["status"].map({"not_met": 0, "watch": 1, "met": 2, "insufficient": 3})
        far = -np.log(self.levels["level"]).abs()
        table = self.levels.assign(_order=order, _far=far).sort_values(["_order", "_far", "key"]).head(rows)
        return table[["key", "period", "level", "low95", "high95", "lines", "status", "reason"]].reset_index(drop=True)

    @property
    def table(self) -> pd.DataFrame:
        """The levels as other programs read them: tables/price_level.csv."""
        return self.levels[[*COLUMNS, "reason"]]

    @property
    def seen_in_order(self) -> float:
        """Share of value and of lines, the smaller, that is compared with like goods in cells seen to be in order.

        By both: what is declared too low is little value, and what has a code of its own is not compared at all.
        """
        t = self.levels
        compared = np.where(t["status"] == "met", t["matched_value_share"], 0.0)
        lines = np.where(t["status"] == "met", t["matched_lines"] / t["lines"].clip(lower=1), 0.0)
        value_share, line_share = (
            float((share * t[column]).sum() / t[column].sum()) if t[column].sum() > 0 else 0.0
            for share, column in ((compared, "value_declared"), (lines, "lines_declared"))
        )
        return min(value_share, line_share)

    @property
    def status(self) -> str:
        """Verdict over all cells: the worst confirmed decides, then suspects.

        It is met only where four fifths of value and lines are seen to be in order, no level by value disputes it, and
        no single cell of a twentieth of value or lines is compared too little.
        """
        found = set(self.levels["status"])
        worst = next((s for s in ("not_met", "watch") if s in found), None)
        open_ = self.levels[self.levels["status"] == "insufficient"]
        disputed = open_["reason"].eq(BY_VALUE).any() or self._large(open_[open_["reason"].isin(_NOT_COMPARED)])
        enough = self.seen_in_order >= _LEAST_JUDGED and not disputed
        return worst or ("met" if enough else "insufficient")

    def _large(self, cells: pd.DataFrame) -> bool:
        """Whether one of some cells holds so much of value or lines that the whole cannot be in order without it."""
        names = ("value_declared", "lines_declared")
        return any(float(cells[n].max()) >= _ONE_CELL * self.levels[n].sum() for n in names if len(cells))

    def contributions(self, levels: Sequence[str] = ("district", "chapter", "enterprise")) -> pd.DataFrame:
        """Exact contributions to the leave-one-out level, from the nation down `levels` (see `contributions.tree`).

        Parameters
        ----------
        levels : columns from coarse to fine: district, chapter, heading, product, origin, enterprise, ..., line
        """
        matched = self.compared[self.compared["rung"].isin(MATCHED)]
        return contributions.tree(self._lines(matched) if "line" in levels else matched, levels)

    def _lines(self, matched: pd.DataFrame) -> pd.DataFrame:
        """Lines with the reference of their cell; a line's base uses its own unit value."""
        group = contrasted(self.by, self.base_period)
        cell = [*GOODS, "month", "enterprise", "district", *group]
        cell = list(dict.fromkeys(cell))
        lines = engine.fetch(self.prepared.kept)
        lines = lines.merge(matched.drop_duplicates(cell)[[*cell, "reference"]], on=cell)
        base = lines["tax_weight"] * lines["reference"] * lines["quantity"] / lines["value"]
        return lines.assign(base=base, line=lines["declaration_id"] + "/" + lines["line_no"].astype("str"))
