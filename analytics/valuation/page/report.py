"""All that the page of a price level shows, computed from one result: the notebook only places it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analytics.briefing import Column, Tile, Verdict
from analytics.language import Text, month
from analytics.valuation.level import control_chart, enterprises, sensitivity
from analytics.valuation.level.price_level import PriceLevel
from analytics.valuation.page import evidence, figures, findings, headings, watching

_CHARTS = 3
_NODES = 200  # of the Pareto, in its CSV
_LINE_CELLS = 60  # cells whose lines are listed, the farthest first


def needed(by: Sequence[str], drill_down: Sequence[str]) -> list[str]:
    """Columns of the declarations that a breakdown and its drill-down need."""
    derived = {"chapter", "heading", "subheading", "product", "period"}
    names = {"enterprise": "enterprise_id"}
    return sorted({names.get(c, c) for c in by if c not in derived} | {"date", "hs_code", "quantity", "value"})


def report(level: PriceLevel, *, drill_down: Sequence[str], currency: str = "CNY", cells_shown: int = 8) -> Report:
    """Prepare the page of a price level.

    Parameters
    ----------
    level : PriceLevel
    drill_down : columns of the contributions, from coarse to fine
    currency : unit of the amounts where the declarations do not say it
    cells_shown : cells in the table of breaches and in the sensitivity
    """
    return Report(level, tuple(drill_down), level.prepared.currency or currency, cells_shown)


@dataclass(frozen=True)
class Report:
    """The page's elements; each is computed when asked for."""

    level: PriceLevel
    drill_down: tuple[str, ...]
    unit: str
    cells_shown: int

    # ---- headline

    @cached_property
    def outside(self) -> pd.DataFrame:
        """Confirmed and suspect cells, confirmed first, the farthest first."""
        return pd.concat([findings.breaches(self.level), findings.breaches(self.level, ("watch",))], ignore_index=True)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Lines to verify in the confirmed cells (or in the suspect ones where none is confirmed)."""
        confirmed = self.outside[self.outside["status"] == "not_met"]
        chosen = confirmed if len(confirmed) else self.outside
        found = evidence.lines(self.level, chosen["key"].head(_LINE_CELLS).tolist())
        return found.sort_values("duty_at_stake", ascending=False, ignore_index=True, kind="stable")

    @cached_property
    def verdict(self) -> Verdict:
        """The finding, judged."""
        return findings.verdict(self.level, self.lines, self.unit)

    @cached_property
    def tiles(self) -> list[Tile]:
        """Four tiles."""
        return findings.tiles(self.level, self.lines, self.unit)

    def kicker(self, place: Text) -> Text:
        """Place and months, for the line above the title."""
        first, last = self.level.compared["month"].min(), self.level.compared["month"].max()
        return Text(
            f"{place.en} · {month(first, 'en')} to {month(last, 'en')}",
            f"{place.zh} · {month(first, 'zh')}至{month(last, 'zh')}",
        )

    # ---- map or bars

    @property
    def _crossed(self) -> bool:
        return len([c for c in self.level.by if c != "period"]) == 2 and "period" not in self.level.by

    @property
    def map_title(self) -> Text:
        """Finding of the map."""
        return headings.map_title(self.level)

    @property
    def map_caption(self) -> Text:
        """Caption of the map."""
        return Text("Price level by cell", "各单元价格水平")

    @property
    def map_alt(self) -> Text:
        """Text alternative of the map."""
        return headings.map_alt(self.level)

    @property
    def map_note(self) -> Text:
        """How to read the map."""
        return headings.MAP_NOTE if self._crossed else headings.BARS_NOTE

    def map_figure(self) -> Figure:
        """Heat map of a crossing, bars of a single breakdown."""
        return figures.heat_map(self.level) if self._crossed else figures.bars(self.level)

    @property
    def map_data(self) -> pd.DataFrame:
        """Levels behind the map."""
        if not self._crossed:
            return self.level.table
        return figures.grid(self.level).reset_index()

    # ---- funnel

    @property
    def funnel_title(self) -> Text:
        """Finding of the funnel."""
        return headings.funnel_title(self.level)

    funnel_caption = Text("Level and how well it is known", "价格水平及其可靠程度")
    funnel_alt = headings.FUNNEL_ALT

    @property
    def funnel_note(self) -> Text:
        """How to read the funnel, and how many cells it does not reach."""
        note, beyond = headings.FUNNEL_NOTE, figures.beyond_funnel(self.level)
        if not beyond:
            return note
        return Text(
            f"{note.en} Cells too uncertain for its width: {beyond} (in the CSV).",
            f"{note.zh}另有{beyond}个单元标准误过大，未在图中（见CSV）。",
        )

    @property
    def funnel_data(self) -> pd.DataFrame:
        """Points of the funnel."""
        return self.level.levels[["key", "period", "level", "level_mixed", "error", "probability_outside", "status"]]

    def funnel_figure(self) -> Figure:
        """Funnel plot."""
        return figures.funnel(self.level)

    # ---- control chart

    @cached_property
    def charts(self) -> dict[str, pd.DataFrame]:
        """Control charts of the cells farthest out; of the largest where none stands out."""
        if "period" in self.level.by:
            return {}
        judged = self.level.levels[self.level.levels["status"] != "insufficient"]
        keys = self.outside["key"].tolist() or judged.nlargest(_CHARTS, "value")["key"].tolist()
        return {key: control_chart.chart(self.level, key) for key in keys[:_CHARTS]}

    @property
    def chart_title(self) -> Text:
        """Finding of the control chart."""
        return headings.chart_title(self.charts)

    chart_caption = Text("Smoothed monthly level", "平滑后的月度水平")
    chart_alt = headings.CHART_ALT
    chart_note = headings.CHART_NOTE

    def chart_figure(self) -> Figure:
        """Control charts side by side."""
        return figures.control_chart(self.charts)

    @property
    def chart_data(self) -> pd.DataFrame:
        """Rows of all charts."""
        parts = [data.assign(key=key) for key, data in self.charts.items()]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"key": []})

    # ---- contributions

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """Contributions along the drill-down: tables/contributions.csv."""
        return headings.pruned(self._tree, self.outside["key"].tolist())

    @cached_property
    def _tree(self) -> pd.DataFrame:
        return self.level.contributions(self.drill_down)

    @cached_property
    def pareto_data(self) -> pd.DataFrame:
        """Nodes of the Pareto."""
        names = " x ".join(self.drill_down[: min(2, len(self.drill_down))])
        nodes = headings.pareto_nodes(self.contributions, names)
        return nodes.sort_values("points", key=lambda p: -p.abs(), kind="stable", ignore_index=True).head(_NODES)

    @property
    def pareto_title(self) -> Text:
        """Finding of the Pareto."""
        return headings.pareto_title(self.pareto_data)

    pareto_caption = Text("Contributions to the level of all imports", "对全部进口价格水平的贡献")
    pareto_note = headings.PARETO_NOTE

    @property
    def pareto_alt(self) -> Text:
        """Text alternative of the Pareto."""
        return headings.pareto_alt(self.pareto_data)

    def pareto_figure(self) -> Figure:
        """Pareto of contributions."""
        return figures.pareto(self.pareto_data)

    @cached_property
    def drill(self) -> pd.DataFrame:
        """From the largest first node down to the finest: the three largest pulls at each step."""
        return headings.drill(self._tree, self.level)

    @property
    def drill_caption(self) -> Text:
        """Caption of the drill-down."""
        start = self.drill["key"].iloc[0] if len(self.drill) else ""
        return Text(f"Drill-down from {start}", f"从{start}逐层分解")

    drill_columns = headings.DRILL_COLUMNS
    drill_note = headings.DRILL_NOTE

    # ---- breaches and lines

    @property
    def breach_title(self) -> Text:
        """The confirmed cells, named."""
        return headings.breach_title(self.level)

    @property
    def breach_lead(self) -> Text | None:
        """Lines to verify and duty at stake, in one sentence."""
        return findings.verify_sentence(self.level, self.lines, self.unit) if len(self.lines) else None

    @cached_property
    def breaches(self) -> pd.DataFrame:
        """Confirmed and suspect cells with the enterprises that move them."""
        table = self.outside.copy()
        table["verdict"] = headings.verdict_words(table["status"])
        table["leading"] = headings.leading(enterprises.rank(self.level, table["key"].tolist()), table["key"])
        table["lines_to_verify"] = table["key"].map(self.lines.groupby("key").size()).fillna(0).astype(int)
        return table

    @property
    def breach_columns(self) -> list[Column]:
        """Columns of the table of breaches."""
        return headings.breach_columns(self.unit, self.level)

    breach_caption = Text("Cells outside the band, confirmed first", "超出区间的单元，确认者在前")

    @property
    def breach_note(self) -> Text:
        """How to read the table of breaches."""
        named = (self.level.compared["enterprise"] != "").any()
        note = headings.BREACH_NOTE_NAMED if named else headings.BREACH_NOTE
        if (self.level.levels["grade_mix"] == 1).all():
            return note
        return Text(f"{note.en} {headings.GRADES_NOTE.en}", f"{note.zh}{headings.GRADES_NOTE.zh}")

    lines_caption = Text("Lines to verify, largest amount first", "建议核查的记录，按金额排序")

    @property
    def lines_note(self) -> Text:
        """What lines to verify were compared with."""
        goods = findings.like_goods(self.level)
        return Text(
            f"Reference: unit value of the compared lines of other cells ({goods.en}). A price gap is a reason to ask.",
            f"参考价：其他单元可比记录（{goods.zh}）的单价。价格差异是质疑的理由。",
        )

    @property
    def lines_columns(self) -> list[Column]:
        """Columns of the lines to verify."""
        return headings.lines_columns(self.unit, self.level)

    # ---- sensitivity

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """Levels of the outside cells under other choices."""
        return sensitivity.sensitivity(self.level, self.outside["key"].head(self.cells_shown).tolist())

    @property
    def sensitivity_title(self) -> Text:
        """How firm the findings are."""
        return headings.sensitivity_title(self.sensitivity, self.level.band)

    sensitivity_caption = Text("Level under each choice", "不同口径下的水平")
    sensitivity_columns = headings.SENSITIVITY_COLUMNS
    sensitivity_note = headings.SENSITIVITY_NOTE

    @property
    def ladder(self) -> pd.DataFrame:
        """Share of value by the reference it was compared with."""
        return headings.ladder(self.level)

    ladder_caption = Text("What the lines were compared with", "比较所用的参考")
    ladder_columns = headings.LADDER_COLUMNS

    # ---- the rest

    @property
    def watch(self) -> list[Text]:
        """What to watch."""
        return watching.watch(self.level)

    method = watching.METHOD

    @cached_property
    def outliers(self) -> pd.DataFrame:
        """Lines set apart by the robust filter."""
        return evidence.outliers(self.level)

    @property
    def figures(self) -> dict[str, float]:
        """Key figures of result.json."""
        counts = findings.breach_count(self.level)
        stake, low, high = findings.at_stake(self.level)
        numbers = {
            "cells_inside": counts["met"],
            "cells_suspect": counts["watch"],
            "cells_confirmed": counts["not_met"],
            "cells_insufficient": counts["insufficient"],
            "matched_value_share": findings.coverage(self.level),
            "lines_compared": float(self.level.levels["lines"].sum()),
            "outliers_listed": float(len(self.outliers)),
            "lines_to_verify": float(len(self.lines)),
            "at_stake": stake,
            "at_stake_low95": low,
            "at_stake_high95": high,
        }
        numbers |= {f"spread_{name}": float(np.sqrt(v)) for name, v in self.level.variances.items()}
        return {name: float(value) for name, value in numbers.items()}
