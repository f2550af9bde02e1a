"""Silence: a series that stops trading says nothing to a filter of logarithms, so its absence is judged by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.early_warning.detector.pace import MONTH, Pace

_FORGET = 0.98  # a month
_OWN_MONTH = 2.0  # weight of all months beside a calendar month's own record
_PANEL = 2.0  # weight of the panel beside a series' own record


@dataclass
class Presence:
    """How often each series is there, and how long it has been away.

    Attributes
    ----------
    absent, counted : (12, series) months of the calendar, discounted
    stayed, away : (series,) absences that followed an absence, and all months after one, discounted
    run : (series,) evidence of the present absence, minus log10 of its chance
    length : (series,) its months
    seen : (series,) steps present in all
    pace : what a step is
    """

    absent: np.ndarray
    counted: np.ndarray
    stayed: np.ndarray
    away: np.ndarray
    run: np.ndarray
    length: np.ndarray
    seen: np.ndarray
    pace: Pace = MONTH

    @classmethod
    def of(cls, series: int, pace: Pace = MONTH) -> Presence:
        """Make the record of series that were never seen."""
        absent, counted = np.zeros((12, series)), np.zeros((12, series))
        stayed, away, run, length, seen = (np.zeros(series) for _ in range(5))
        return cls(absent, counted, stayed, away, run, length, seen, pace)

    def observe(self, present: np.ndarray, month: int, begun: np.ndarray) -> np.ndarray:
        """Take in a month; returns the evidence that a series has fallen silent, 0 while it trades.

        Parameters
        ----------
        present : (series,) of bool
        month : of the year, 0 is January
        begun : (series,) of bool, whether the series had begun; others are not counted

        Notes
        -----
        The chance of a run of absences is the product over its months of the larger of two chances: that of being
        absent in this month of the calendar, and (from the second month on) that of staying away. Both are drawn to
        the series' own average and that to the panel's. A month in which nobody is there is a month that the data lack:
        it says nothing of anybody.
        """
        if not present.any():
            return np.zeros(len(present))
        absence, forget = ~present & begun, _FORGET ** (12 / self.pace.steps)
        of_year = forget**12  # a month of the calendar is met every twelfth step, of either length
        chance = np.where(self.length > 0, np.maximum(self._in_month(month), self._staying()), self._in_month(month))
        self.run = np.where(absence, self.run - np.log10(np.clip(chance, 1e-6, 1)), 0)
        after_absence = (self.length > 0) & begun
        self.stayed = forget * self.stayed + (after_absence & absence)
        self.away = forget * self.away + after_absence
        self.absent[month] = of_year * self.absent[month] + absence
        self.counted[month] = of_year * self.counted[month] + begun
        self.length = np.where(absence, self.length + 1, 0)
        self.seen += present & begun
        evidence: np.ndarray = np.where(self.seen >= self.pace.least_seen, self.run, 0)
        return evidence

    def _in_month(self, month: int) -> np.ndarray:
        absent, counted = self.absent.sum(axis=0), self.counted.sum(axis=0)
        panel = (absent.sum() + 1) / (counted.sum() + 2)
        own = (absent + _PANEL * panel) / (counted + _PANEL)
        chance: np.ndarray = (self.absent[month] + _OWN_MONTH * own) / (self.counted[month] + _OWN_MONTH)
        return chance

    def _staying(self) -> np.ndarray:
        panel = (self.stayed.sum() + 1) / (self.away.sum() + 2)
        chance: np.ndarray = (self.stayed + _PANEL * panel) / (self.away + _PANEL)
        return chance
