"""A panel watched to its end: readings, thresholds, and which months are alarms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.early_warning.alarms.thresholds import Thresholds, calibrate, place
from analytics.early_warning.detector.follow import Followed, follow
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.panels import Panel

LEAST_GROUP = 10
"""Fewer series make no group."""

_SILENCE_UNKNOWN = 3.0
"""Evidence of silence that is told where the panel's own past is too short to place a threshold: one in a thousand."""


@dataclass(frozen=True)
class Watched:
    """A panel with what was read of it.

    Attributes
    ----------
    panel, followed, limits : figures, readings, thresholds
    silence_limit : evidence above which a silence is told
    told : (months,) of bool, the months whose alarms are told; those before placed the thresholds
    """

    panel: Panel
    followed: Followed
    limits: Thresholds
    silence_limit: float
    told: np.ndarray

    @cached_property
    def live(self) -> np.ndarray:
        """Months of each series that are judged: after its first two years, (months, series) of bool."""
        live: np.ndarray = self.followed.age > self.panel.pace.warm_up
        return live

    @cached_property
    def jumped(self) -> np.ndarray:
        """Months that stand out by themselves."""
        jumped: np.ndarray = self.limits.jumped(self.followed.reading) & self.live
        return jumped

    @cached_property
    def shifted(self) -> np.ndarray:
        """Months in which a lasting shift is told."""
        shifted: np.ndarray = self.limits.shifted(self.followed.reading) & self.live
        return shifted

    @cached_property
    def silent(self) -> np.ndarray:
        """Months in which a series is missed."""
        silent: np.ndarray = (self.followed.silence > self.silence_limit) & self.live & self.panel.can_fall_silent
        return silent


def watch_panel(panel: Panel, *, rate: float, told_months: int, use_lunar: bool) -> tuple[Watched, Watched | None]:
    """Watch a panel and its groups.

    Parameters
    ----------
    rate : alarm episodes a series and step (month or week) that the past would have told
    told_months : last steps whose alarms are told; thresholds come from those before
    use_lunar : whether the Lunar New Year moves the months

    Returns
    -------
    (series, groups): groups are watched by their indices; None where no group has ten series.
    """
    groups = Groups.of(panel.names, list(panel.names.columns), LEAST_GROUP)
    has = len(groups.labels) > 0
    followed = follow(panel.figures, panel.months, groups if has else None, use_lunar=use_lunar, pace=panel.pace)
    series = _watched(panel, followed, rate, told_months)
    if not has:
        return series, None
    names = pd.DataFrame({"dimension": [d for d, _ in groups.labels], "key": [k for _, k in groups.labels]})
    worth = np.zeros(len(names))
    for member in groups.members:
        np.add.at(worth, member[member >= 0], panel.worth[member >= 0])
    index = Panel(panel.measure, names, np.exp(followed.index), panel.months, worth, period=panel.period)
    of_groups = follow(index.figures, index.months, use_lunar=use_lunar, pace=panel.pace)
    return series, _watched(index, of_groups, rate, told_months)


def _watched(panel: Panel, followed: Followed, rate: float, told_months: int) -> Watched:
    told = np.arange(len(panel.months)) >= len(panel.months) - told_months
    past = (followed.age > panel.pace.warm_up) & ~told[:, None]
    limits = calibrate(followed.reading, past, rate, panel.period)
    silence = place(followed.silence, past, rate) if limits.own else _SILENCE_UNKNOWN
    return Watched(panel, followed, limits, max(silence, 1.0), told)
