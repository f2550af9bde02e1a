"""What the page of a forecast shows and says: each function takes a forecast and returns a part of the page.

`exhibits` returns all parts by name; a notebook places them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.briefing import Part, present
from analytics.language import Text
from analytics.tax_forecast.lodged.keeping import OnRecord
from analytics.tax_forecast.page.closing import method, watch
from analytics.tax_forecast.page.head.headline import headline, verdict
from analytics.tax_forecast.page.moved import revisions, sources
from analytics.tax_forecast.page.outlooks import scenarios
from analytics.tax_forecast.page.parts import parts
from analytics.tax_forecast.page.path import path
from analytics.tax_forecast.page.record import record
from analytics.tax_forecast.page.reporting.lodged import lodged
from analytics.tax_forecast.page.reporting.nowcast import nowcast
from analytics.tax_forecast.page.reporting.plan import plan
from analytics.tax_forecast.page.reporting.step import next_step
from analytics.tax_forecast.year.result import YearForecast
from analytics.tax_forecast.year.tabled import backtest_table


def exhibits(
    year: YearForecast,
    whose: Text,
    lines: Sequence[str] = (),
    plans: pd.DataFrame | None = None,
    kept: OnRecord | None = None,
) -> dict[str, Part]:
    """Return every part of a forecast's page that has something to show, by name and in order.

    Parameters
    ----------
    year : YearForecast
    whose : Text
        Whose receipts they are.
    lines : sequence of str
        Scenarios, see `year.scenarios`.
    plans : DataFrame with columns year, plan, actual, optional
        Official plans on record.
    kept : OnRecord, optional
        What is on record of the year.
    """
    return present(
        headline=headline(year, whose),
        path=path(year),
        parts=parts(year),
        plan=plan(year),
        scenarios=scenarios(year, lines),
        record=record(year, backtest_table(year), plans),
        lodged=lodged(year, kept),
        revisions=revisions(year),
        sources=sources(year),
        step=next_step(year),
        watch=watch(year),
        method=method(year),
    )


__all__ = [
    "exhibits",
    "headline",
    "lodged",
    "method",
    "next_step",
    "nowcast",
    "parts",
    "path",
    "plan",
    "record",
    "revisions",
    "scenarios",
    "sources",
    "verdict",
    "watch",
]
