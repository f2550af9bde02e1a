"""The rhythm of a month: what share of it has usually come in after so much of its working time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.statistics import MEAN_ABS_TO_SD
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import as_frame
from analytics.workdays import WEEKDAYS, is_working_day

FEWEST_MONTHS = 6
PSEUDO_MONTHS = 2.0  # months' weight of "no better than the month's own uncertainty" against the record
WIDE = 0.5  # log spread of a month that nothing is known of
MONTHS_BACK = 180
HALF_LIFE = 18.0  # months after which a past month's rhythm counts half


@dataclass(frozen=True)
class Days:
    """Receipts within months, cumulated.

    Attributes
    ----------
    received : Series indexed by day
        Cumulative receipts from the first day on, at the last day of every figure.
    unit : str
    """

    received: pd.Series
    unit: str

    @property
    def daily(self) -> bool:
        """Whether figures cover single days, so that a month can be cut anywhere."""
        return bool(np.median(np.diff(self.received.index.to_numpy()) / np.timedelta64(1, "D")) < 2)


@dataclass(frozen=True)
class Rhythm:
    """What the days known of a period say of it.

    Attributes
    ----------
    share : float
        Share of a period that has usually come in by then.
    spread : float
        Standard deviation of log(period's total by this share / its total) in the past.
    months : int
        Past periods behind it.
    """

    share: float
    spread: float
    months: int


def by_day(receipts: Any) -> Days:
    """Receipts by day or ten days as one cumulative series.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        Columns last_day (that a figure covers), y; optional unit, and any that tell items apart: they are summed.

    Returns
    -------
    Days

    Raises
    ------
    ReceiptsError
        For a missing column, two units, or no figure.
    """
    frame = as_frame(receipts)
    missing = [c for c in ("last_day", "y") if c not in frame.columns]
    if missing:
        raise ReceiptsError(
            f"Receipts by day lack the column {missing[0]}; found: {', '.join(map(str, frame.columns))}."
        )
    units = sorted(set(frame["unit"].dropna().astype(str))) if "unit" in frame else [""]
    if len(units) > 1:
        raise ReceiptsError(f"Receipts by day hold several units ({', '.join(units)}): convert them first.")
    sums = frame.assign(day=pd.to_datetime(frame["last_day"]).dt.normalize()).groupby("day")["y"].sum().sort_index()
    if sums.empty:
        raise ReceiptsError("Receipts by day hold no figure.")
    return Days(sums.cumsum(), units[0] if units else "")


def received_between(days: Days, first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Receipts from `first` to `last`, both included; NaN where a figure straddles the first day."""
    upto = days.received[days.received.index <= last]
    before = days.received[days.received.index < first]
    if not len(upto) or upto.index[-1] < first:
        return 0.0
    return float(upto.iloc[-1]) - (float(before.iloc[-1]) if len(before) else 0.0)


def worked(first: pd.Timestamp, last: pd.Timestamp, calendar: str = WEEKDAYS) -> int:
    """Working days from `first` to `last`, both included."""
    return sum(is_working_day(day.date(), calendar) for day in pd.date_range(first, last))


def rhythm(days: Days, first: pd.Timestamp, last: pd.Timestamp, at: pd.Timestamp, calendar: str = WEEKDAYS) -> Rhythm:
    """Share of a period that has come in by a day, from past periods of its length cut at the same point.

    Parameters
    ----------
    first, last : Timestamp
        First and last day of the period at stake.
    at : Timestamp
        Last known day of it.

    Returns
    -------
    Rhythm; share NaN with fewer than six past periods.

    Notes
    -----
    Past periods are cut where as many working days were left, or on the same day, whichever has told their totals
    better; where figures cover several days, only on the same day. Shares are combined on logs, a month counting half
    after eighteen; spread = (sum w |log share / mean of the others| 1.2533 + 2 x .5 x share of the working time left) /
    (sum w + 2), and that of the mean on top; the mean of the two ways' spreads.
    """
    left = worked(at + pd.Timedelta(days=1), last, calendar)
    open_ = left / max(worked(first, last, calendar), 1)
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    found = []
    ways = [_same_day((at - first).days)] + ([_same_working_time(left, calendar)] if days.daily else [])
    for cut in ways:
        logs, ages = [], []
        for back, begin, end in _past(days, first, length):
            got, total = received_between(days, begin, cut(begin, end)), received_between(days, begin, end)
            if got > 0 and total > 0:
                logs.append(float(np.log(got / total)))
                ages.append(float(back))
        found.append(_combined(np.array(logs), np.array(ages), open_))
    best = min(found, key=lambda r: r.spread)
    # The better of two records flatters: the spread is the mean of both.
    return replace(best, spread=float(np.mean([r.spread for r in found]))) if np.isfinite(best.share) else best


Cut = Callable[[pd.Timestamp, pd.Timestamp], pd.Timestamp]


def _past(days: Days, first: pd.Timestamp, length: int) -> Iterator[tuple[int, pd.Timestamp, pd.Timestamp]]:
    """Past periods of a length in months, newest first: months back, first and last day."""
    for back in range(length, MONTHS_BACK + 1):
        begin = first - pd.DateOffset(months=back)
        if begin < days.received.index[0].replace(day=1):
            return
        yield back, begin, begin + pd.DateOffset(months=length) - pd.Timedelta(days=1)


def _same_working_time(left: int, calendar: str) -> Cut:
    """Cut a period where so many of its working days were left."""

    def cut(begin: pd.Timestamp, end: pd.Timestamp) -> pd.Timestamp:
        open_, at = left, end
        while at > begin and (open_ > 0 or not is_working_day(at.date(), calendar)):
            open_ -= is_working_day(at.date(), calendar)
            at -= pd.Timedelta(days=1)
        return at

    return cut


def _same_day(passed: int) -> Cut:
    """Cut a period on the same day."""
    return lambda begin, end: min(begin + pd.Timedelta(days=passed), end)


def _combined(logs: np.ndarray, ages: np.ndarray, open_: float) -> Rhythm:
    if len(logs) < FEWEST_MONTHS:
        return Rhythm(float("nan"), WIDE, len(logs))
    weight = 0.5 ** (ages / HALF_LIFE)
    mean = float(weight @ logs / weight.sum())
    # Each month against the mean of the others; and that mean is uncertain itself.
    alone = weight / weight.sum()
    off = float(weight @ (np.abs(logs - mean) / (1 - alone))) * MEAN_ABS_TO_SD * float(np.sqrt(1 + alone @ alone))
    spread = (off + PSEUDO_MONTHS * WIDE * open_) / (float(weight.sum()) + PSEUDO_MONTHS)
    return Rhythm(float(np.exp(mean)), spread, len(logs))
