"""An origin judged: what the combination says now, what it said in earlier years, and how wrong it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record.calibration import intervals, own_spread, swings_of
from analytics.tax_forecast.record.past_errors import past, stood, whole_year
from analytics.tax_forecast.record.paths import Spread, calibrated
from analytics.tax_forecast.record.setting import Setting, years_between


@dataclass(frozen=True)
class Judged:
    """One origin with the record behind it.

    Attributes
    ----------
    origin : Origin
    median : ndarray of shape (remaining,)
        Central forecast of the remaining periods.
    weights : Series
        Weight of every candidate in it.
    spread : Spread
        Distribution of the annual total's log error.
    paths : ndarray of shape (paths, remaining)
        Simulated remaining periods whose annual totals have that distribution.
    record : DataFrame indexed by year
        As from `record_with_intervals`.
    """

    origin: Origin
    median: np.ndarray
    weights: pd.Series
    spread: Spread
    paths: np.ndarray
    record: pd.DataFrame


@single_threaded
def judged(panel: Panel, year: int, months: int, setting: Setting, paths: int, seed: int) -> Judged:
    """Forecast the total of `year` after `months` months, its distribution set by the years before.

    Parameters
    ----------
    paths, seed : int
        Simulated paths, and the seed they are drawn with.
    """
    share, owed = panel.late(year, months)
    before, now = stood(panel, year, months, setting, (paths, seed))
    # Of a part that is late no more is known than when its newest figure came in.
    then = (0, *now.origin.history.ends)[max(now.origin.known - owed, 0)] if owed else months
    earlier, past = stood(panel, year, then, setting) if owed else (before, now)
    whole, whole_then = (whole_year(panel, year, known, setting) for known in (months, then))
    swings, swings_then = swings_of(whole), swings_of(whole_then)
    spread = own_spread(before.errors, now.simulated, before.behind, swings, year)
    if owed:
        wider = own_spread(earlier.errors, past.simulated, earlier.behind, swings_then, year).scale
        scale = np.hypot(share * max(wider, spread.scale), np.sqrt(1 - share**2) * spread.scale)
        spread = replace(spread, scale=float(scale))
    record = intervals(before, swings, years_between(months))
    ahead = calibrated(now.origin, now.median, now.drawn, spread) if len(now.median) else now.drawn
    return Judged(now.origin, now.median, now.weights, spread, ahead, record)


@single_threaded
def record_with_intervals(panel: Panel, before: int, months: int, setting: Setting) -> pd.DataFrame:
    """Record of the combination at `months` known months: all judged years before `before`.

    Returns
    -------
    DataFrame indexed by year: actual, forecast, low80, high80, low95, high95, p_within_5pct, and scale and freedom
    of its Student distribution; weights and intervals of a year come from the years before it.
    """
    own, whole = past(panel, before, months, setting), whole_year(panel, before, months, setting)
    return intervals(own, swings_of(whole), years_between(months))
