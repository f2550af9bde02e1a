"""A nowcast: the month that is going on, and the year, from the days of it that are known.

The forecast's paths say how sure the month was beforehand, and how the months after it move with it. The days known
say what the month will bring by their usual share of it. Both are weighed by their precision on every path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.shown import Shown
from analytics.statistics import MEAN_ABS_TO_SD
from analytics.tax_forecast.days.rhythm import Rhythm, by_day, received_between, rhythm
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.record.past_errors import central
from analytics.tax_forecast.year.result import YearForecast
from analytics.workdays import WEEKDAYS

LEAST_SPREAD = 1e-4
PSEUDO_YEARS = 2.0  # years' weight of the paths' own spread of the month against its record


@dataclass(frozen=True, repr=False)
class Nowcast(Shown):
    """What the days known within a month say.

    Attributes
    ----------
    at : Timestamp
        Last known day.
    first, last : Timestamp
        First and last day of the period at stake.
    received : float
        Of the period, by then.
    rhythm : Rhythm
    weight : float
        Of the days against the forecast made at the period's start.
    before, month : float
        The period's total as forecast at its start, and now.
    low80, high80 : float
        Of the period's total.
    year : YearForecast
        The year with that knowledge: its medians and paths are moved, its record is still the month's start's.
    """

    at: pd.Timestamp
    first: pd.Timestamp
    last: pd.Timestamp
    received: float
    rhythm: Rhythm
    weight: float
    before: float
    month: float
    low80: float
    high80: float
    year: YearForecast

    @property
    def said(self) -> str:
        """The result in one line."""
        interval = f"{self.low80:,.1f} to {self.high80:,.1f}"
        return f"{self.last:%Y-%m} by {self.at:%Y-%m-%d}: {self.month:,.1f} (80 %: {interval})"

    def summary(self) -> pd.DataFrame:
        """The period as forecast at its start and now."""
        rows = [("period", self.before, self.month, self.low80, self.high80)]
        return pd.DataFrame(rows, columns=["what", "before", "now", "low80", "high80"])


def nowcast(year: YearForecast, days: Any, at: str | pd.Timestamp | None = None, calendar: str = WEEKDAYS) -> Nowcast:
    """Move a forecast by the days known of its first open period.

    Parameters
    ----------
    year : YearForecast
        As of the last complete month.
    days : Table, Ibis table or DataFrame
        Receipts by day or ten days, see `rhythm.by_day`, in the unit of the forecast's receipts.
    at : str or Timestamp, optional
        Last known day; the newest one by default.
    calendar : str
        Working days: "weekdays", "china", or a country's two letters.

    Returns
    -------
    Nowcast

    Raises
    ------
    ReceiptsError
        When the year is over, the day does not lie in its first open period, units differ, or fewer than six past
        months are known by day.

    Notes
    -----
    With m the log of the period's total on a path, s its spread, and d the days' estimate with spread e, every path is
    moved by K (d + e z - m), K = s^2 / (s^2 + e^2), z standard normal; the months after follow by their regression on m
    over the paths (an ensemble Kalman filter, Evensen 1994). The month's own spread is then stretched to Student's,
    with as many degrees as years of record and two more.
    """
    if not len(year.median):
        raise ReceiptsError(f"{year.year} is over: there is no month to nowcast.")
    known = by_day(days)
    if known.unit and known.unit != year.unit:
        raise ReceiptsError(
            f"Receipts by day are in {known.unit!r}, the forecast in {year.unit!r}: convert one of them."
        )
    first, last = _period(year)
    day = known.received.index[-1] if at is None else pd.Timestamp(at)
    if not first <= day <= last:
        raise ReceiptsError(
            f"The day {day:%Y-%m-%d} does not lie in the first open period ({first:%Y-%m-%d} to {last:%Y-%m-%d}). "
            "Supply receipts to the month before, or choose another day."
        )
    day = known.received.index[known.received.index <= day][-1]  # the end of the newest figure
    usual = rhythm(known, first, last, day, calendar)
    got = received_between(known, first, day)
    if not np.isfinite(usual.share) or got <= 0:
        raise ReceiptsError(
            f"Only {usual.months} past months are known by day, or nothing came in yet: the share of a month that has "
            "come in by now cannot be told. Supply at least six months by day."
        )
    moved, weight = _moved(year, float(np.log(got / usual.share)), usual.spread)
    low, high = np.quantile(moved.paths[:, 0], [0.1, 0.9])
    return Nowcast(
        at=day,
        first=first,
        last=last,
        received=got,
        rhythm=usual,
        weight=weight,
        before=float(year.median[0]),
        month=float(moved.median[0]),
        low80=max(float(low), got),
        high80=max(float(high), got),
        year=moved,
    )


def _period(year: YearForecast) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the first open period."""
    ends = (0, *year.panel.total.ends)
    history = year.panel.total
    first = history.month(year.year, ends[year.known] + 1)
    last = history.month(year.year, ends[year.known + 1]) + pd.offsets.MonthEnd(0)
    return first, last


def _moved(year: YearForecast, estimate: float, error: float) -> tuple[YearForecast, float]:
    """Move medians and paths by an estimate of the first open period; parts in proportion."""
    logs, middle = np.log(np.maximum(year.paths, 1e-300)), np.log(np.maximum(year.median, 1e-300))
    drawn = max(float(logs[:, 0].std()), LEAST_SPREAD)
    spread, freedom = _spread(year, drawn)
    off = logs[:, 0] - logs[:, 0].mean()
    logs[:, 0] += (spread / drawn - 1) * off
    month = logs[:, 0]
    # How the months after it move with it; the annual scale was set without it.
    slopes = ((logs - logs.mean(axis=0)) * (month - month.mean())[:, None]).mean(axis=0) / spread**2
    gain = spread**2 / (spread**2 + error**2)
    noise = np.random.default_rng(year.months + 1).standard_normal(len(month))
    shift = gain * (estimate + error * noise - month)
    moved_logs = logs + slopes * shift[:, None]
    # Both spreads are estimates, the month's from a few years: the interval is Student's.
    tail = stats.t.ppf(0.9, freedom) / stats.norm.ppf(0.9)
    middle_of = np.median(moved_logs[:, 0])
    moved_logs[:, 0] = middle_of + tail * (moved_logs[:, 0] - middle_of)
    paths = np.exp(moved_logs)
    median = np.exp(middle + slopes * gain * (estimate - middle[0]))
    over, above = paths / year.paths, median / year.median
    moved = replace(
        year,
        paths=paths,
        median=median,
        leaf_paths={name: leaf * over for name, leaf in year.leaf_paths.items()},
        leaf_medians={name: leaf * above for name, leaf in year.leaf_medians.items()},
    )
    return moved, gain


def _spread(year: YearForecast, drawn: float) -> tuple[float, float]:
    """Log spread of the first open period, and its degrees of freedom.

    Its record at this time of earlier years, shrunk towards the paths' own by two years.
    """
    errors = []
    for past in map(int, year.record.index):
        origin, median, _ = central(year.panel, past, year.months, year.setting)
        actual = float(year.panel.total.row(past)[origin.known])
        if actual > 0 and median[0] > 0:
            errors.append(abs(float(np.log(median[0] / actual))))
    freedom = len(errors) + PSEUDO_YEARS
    return (MEAN_ABS_TO_SD * sum(errors) + PSEUDO_YEARS * drawn) / freedom, freedom
