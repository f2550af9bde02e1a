"""The watch from panels to findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.alarms import ledger
from analytics.early_warning.alarms.carriers import carried_by, carrier_of
from analytics.early_warning.alarms.events import parse
from analytics.early_warning.alarms.kinds import smallest_told
from analytics.early_warning.alarms.telling import shortlist, tell
from analytics.early_warning.alarms.watched import Watched, watch_panel
from analytics.early_warning.panels import Coverage, Panel, WarningDataError, from_declarations, from_receipts
from analytics.early_warning.panels.panel import LEAST_YEARS
from analytics.early_warning.question import Question
from analytics.shown import Shown
from analytics.tables import Table, as_ibis, as_pandas

_HALF = 0.5


@dataclass(frozen=True, repr=False)
class Findings(Shown):
    """What the watch found.

    Attributes
    ----------
    question : what was asked
    coverage : what of the data is watched
    series, groups : the panels watched, one a measure; groups where there are any
    alarms : DataFrame, one row a series and month in alarm: the columns of `telling.COLUMNS`, `listed`, `outcome`
    ledger_kept : whether outcomes were given
    """

    question: Question
    coverage: Coverage
    series: tuple[Watched, ...]
    groups: tuple[Watched, ...]
    alarms: pd.DataFrame
    ledger_kept: bool

    @property
    def said(self) -> str:
        """The result in one line."""
        last = f"{self.last:{'%Y-%m' if self.question.period == 'month' else '%Y-%m-%d'}}"
        return (
            f"{self.coverage.watched:,} of {self.coverage.series:,} series watched to {last}: "
            f"{int(self.alarms['opened'].sum())} alarms in {len(self.told)} {self.question.period}s, "
            f"{len(self.this_month)} listed last"
        )

    def summary(self) -> pd.DataFrame:
        """Leads of the last month, the strongest first."""
        columns = ["series", "measure", "kind", "since", "size", "low95", "high95", "status"]
        return self.this_month[columns].reset_index(drop=True)

    @property
    def months(self) -> pd.DatetimeIndex:
        """Months of the data."""
        return self.series[0].panel.months

    @property
    def told(self) -> pd.DatetimeIndex:
        """Months whose alarms are told."""
        return self.months[self.series[0].told]

    @property
    def last(self) -> pd.Timestamp:
        """Last month watched."""
        return self.months[-1]

    @property
    def this_month(self) -> pd.DataFrame:
        """Alarms listed in the last month, the strongest first; groups before series."""
        return self.alarms[self.alarms["listed"] & (self.alarms["told"] == self.last)]

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Series by what can be said of them in the last month.

        Returns
        -------
        DataFrame, one row a series watched: key; judged: whether its last month was held against its past, in any
        measure or as an absence; half: whether a fall by half would be told within three months with chance .8.
        """
        of = pd.Series([w.panel.keys for w in self.series]).explode().unique()
        table = pd.DataFrame({"judged": False, "half": False}, index=of)
        for w in self.series:
            reading = w.followed.reading
            missed = (w.followed.presence.seen >= w.panel.pace.least_seen) & w.panel.can_fall_silent
            seen = np.isfinite(reading.deviation[-1]) | missed
            _, fall = smallest_told(reading.scale[-1], w.limits.rate, w.panel.period)
            judged = w.live[-1] & seen
            table.loc[w.panel.keys, "judged"] |= judged
            table.loc[w.panel.keys, "half"] |= judged & (fall >= -_HALF)
        return table.rename_axis("key").reset_index()

    @property
    def going_on(self) -> pd.DataFrame:
        """Alarms of the last month that were opened in an earlier one, the strongest first."""
        rows = self.alarms[~self.alarms["opened"] & (self.alarms["told"] == self.last)]
        return rows.sort_values(["strength", "series"], ascending=[False, True], kind="stable")

    @property
    def still_silent(self) -> int:
        """Series told as silent in an earlier month that have not come back: a silence is told once."""
        silent = self.series[0].silent
        return int((silent[-1] & silent[-2]).sum())

    @property
    def first_told(self) -> pd.Timestamp:
        """First month of which anything could be told: before it the watch was learning."""
        return self.months[min(self.question.pace.warm_up, len(self.months) - 1)]

    def measured_years(self) -> float:
        """Years between two alarms of a series in the months told, silences apart; infinite without alarm."""
        own = self.alarms[(self.alarms["level"] == "series") & (self.alarms["kind"] != "silence")]
        months = sum(int(w.live[w.told].sum()) for w in self.series)
        count = int(own["opened"].sum())
        return months / self.question.pace.steps / count if count else float("inf")


def study(source: Any, question: Question, outcomes: Any = None) -> Findings:
    """Watch declarations or receipts and tell what left its own past.

    Parameters
    ----------
    source : declarations or receipts: tables.Table, Ibis table or DataFrame
    question : settings
    outcomes : the ledger: alarm_outcomes table or DataFrame with series, since, outcome; None where none is kept

    Raises
    ------
    WarningDataError
        When the data cannot be watched: too short, or no such column.
    """
    events = parse(question.known_events)
    lines = None if "unique_id" in _columns(source) else source
    panels, coverage = _panels(source, question, lines is not None)
    _long_enough(panels[0], question)
    watched = [
        watch_panel(p, rate=question.rate, told_months=question.told_steps, use_lunar=question.lunar_new_year)
        for p in panels
    ]
    first, *more = (w for w, _ in watched)
    series = (first, *(replace(w, silence_limit=np.inf) for w in more))  # a silence is told once, not by measure
    groups = tuple(replace(g, silence_limit=np.inf) for _, g in watched if g is not None)
    told = [tell(w, events) for w in series] + [tell(g, events, level="group") for g in groups]
    alarms = pd.concat(told, ignore_index=True)
    alarms = alarms.sort_values(["told", "strength"], ascending=False, kind="stable", ignore_index=True)
    alarms["listed"] = shortlist(alarms, question.list_length, least_worth=question.least_value)
    alarms = ledger.with_outcomes(alarms, None if outcomes is None else as_pandas(outcomes), question.period)
    if lines is not None:
        alarms = _with_carriers(alarms, lines, question)
    return Findings(question, coverage, series, groups, alarms, outcomes is not None)


def _columns(source: Any) -> list[str]:
    return list(source.columns)


def _panels(source: Any, question: Question, are_lines: bool) -> tuple[list[Panel], Coverage]:
    if not are_lines:
        if question.period != "month":
            raise WarningDataError(
                f'period: "{question.period}" needs declarations, whose lines carry days; receipts are published by '
                'month. Choose "month", or give declarations.'
            )
        return from_receipts(source, least_months=question.least_months)
    return from_declarations(
        source,
        by=question.by,
        measures=question.measures,
        product_digits=question.product_digits,
        least_months=question.least_months,
        period=question.period,
    )


def _long_enough(panel: Panel, question: Question) -> None:
    months = int(len(panel.months) * 12 / question.pace.steps)
    history = 12 * LEAST_YEARS  # of the past that thresholds need: two years to learn, one to judge
    if months - question.told_months < history:
        raise WarningDataError(
            f"told_months: {question.told_months} of {months} months leaves {months - question.told_months} to learn "
            f"from; {history} are needed. Tell at most {max(months - history, 0)} months, or give a longer source."
        )


def _with_carriers(alarms: pd.DataFrame, lines: Any, question: Question) -> pd.DataFrame:
    """Name who carries the listed alarms."""
    columns = lines.columns if isinstance(lines, Table) else as_ibis(lines).columns
    carrier = carrier_of(columns, question.by)
    asked = alarms["listed"] & (alarms["level"] == "series") & (alarms["kind"] != "silence")
    if carrier is None or not asked.any():
        return alarms
    named = carried_by(lines, alarms[asked], question, carrier)
    alarms.loc[asked, "carried_by"] = named
    return alarms
