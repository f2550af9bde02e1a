"""A whole panel at once: every month in turn, the group indices as series of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.pace import MONTH, Pace
from analytics.early_warning.detector.presence import Presence
from analytics.early_warning.detector.start import first_seen, levels_and_scales
from analytics.early_warning.detector.watch import Reading, Watch


@dataclass(frozen=True)
class Followed:
    """Readings of a panel: each field of `Reading` as an array of shape (months, series).

    Attributes
    ----------
    silence : (months, series) evidence that a series has fallen silent
    age : (months, series) months of each series' life, -1 before its first
    watch, presence : their states after the last month, ready for the next
    index : (months, groups) common movements of the groups, logarithms against the start
    """

    months: pd.DatetimeIndex
    reading: Reading
    silence: np.ndarray
    age: np.ndarray
    watch: Watch
    presence: Presence
    index: np.ndarray


def follow(
    values: np.ndarray,
    months: pd.DatetimeIndex,
    groups: Groups | None = None,
    *,
    use_lunar: bool = True,
    pace: Pace = MONTH,
) -> Followed:
    """Follow a panel from its first step to its last.

    Parameters
    ----------
    values : (months, series) positive figures; zero and NaN mean that nothing was traded
    months : consecutive months, or Mondays of consecutive weeks
    groups : along which common movements are taken out
    use_lunar : whether the Lunar New Year moves the months
    pace : what a step is
    """
    logs = logarithms(values)
    watch, presence = Watch.of(logs.shape[1], groups, pace), Presence.of(logs.shape[1], pace)
    start, (level, scale) = first_seen(logs), levels_and_scales(logs, pace)
    readings, silence, ages, index = [], [], [], []
    for t, at in enumerate(pace.places(months, use_lunar=use_lunar)):
        new = np.flatnonzero(start == t)
        watch.begin(new, level[new], scale[new])
        readings.append(watch.observe(logs[t], at))
        silence.append(presence.observe(np.isfinite(logs[t]), at.calendar, watch.age > 0))
        ages.append(watch.age.copy())
        index.append(watch.index.copy())
    return Followed(months, stacked(readings), np.stack(silence), np.stack(ages), watch, presence, np.stack(index))


def logarithms(values: np.ndarray) -> np.ndarray:
    """Logarithms of positive figures, NaN elsewhere."""
    positive = np.isfinite(values) & (np.where(np.isfinite(values), values, 0) > 0)
    return np.where(positive, np.log(np.where(positive, values, 1)), np.nan)


def stacked(readings: Sequence[Reading]) -> Reading:
    """Readings of several months as one, arrays of shape (months, series)."""
    return Reading(**{name: np.stack([getattr(r, name) for r in readings]) for name in readings[0].__dict__})


def further(followed: Followed, values: np.ndarray, month: pd.Timestamp, *, use_lunar: bool = True) -> Followed:
    """Take in one more step, at the cost of a step.

    Parameters
    ----------
    followed : the panel so far; its state is moved on, so it is used up
    values : (series,) positive figures of the new month; zero and NaN mean that nothing was traded
    month : first day of the step after the last

    Returns
    -------
    Followed with one row: the new month.

    Raises
    ------
    ValueError
        When `month` does not follow, or another number of series is given.
    """
    watch, presence = followed.watch, followed.presence
    if month != watch.pace.after(followed.months[-1]):
        raise ValueError(f"{month:%Y-%m-%d} does not follow {followed.months[-1]:%Y-%m-%d}.")
    at = watch.pace.place(month, use_lunar=use_lunar)
    if values.shape != watch.age.shape:
        raise ValueError(f"{len(values)} figures for {len(watch.age)} series.")
    logs = logarithms(values)
    new = np.flatnonzero((watch.age < 0) & np.isfinite(logs))
    watch.begin(new, logs[new], np.full(len(new), np.median(followed.reading.scale[-1])))
    reading = watch.observe(logs, at)
    silent = presence.observe(np.isfinite(logs), at.calendar, watch.age > 0)
    rows = (silent[None], watch.age[None].copy(), watch, presence, watch.index[None].copy())
    return Followed(pd.DatetimeIndex([month]), stacked([reading]), *rows)
