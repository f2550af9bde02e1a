"""The watch: panels of monthly series followed month by month, with what each month says of every series."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.early_warning.detector import tails
from analytics.early_warning.detector.groups import Groups
from analytics.early_warning.detector.pace import MONTH, Pace, Place
from analytics.early_warning.detector.seasonal import Month, SeasonalFilter
from analytics.early_warning.detector.shifts import ShiftEvidence

SEASONS = (0.02, 0.1, 0.25)
"""Standard deviations of seasonal effects that are tried; each series keeps the one that foretold it best."""

_CHOOSE_EVERY = 6
_TAKEN_IN = 6.0
_SETTLED = 2


@dataclass
class Reading:
    """What a month said of each series, arrays of shape (series,).

    Attributes
    ----------
    jump : minus log10 of the chance of a surprise as large
    shift : log likelihood ratio of a lasting shift
    began : months since that shift began
    deviation : logarithm of observed over expected; missing where nothing was observed
    size, error : of the shift, logarithm, with its standard error
    scale : standard deviation of the series' noise
    spread : standard deviation of the deviation
    expected : logarithm expected, groups included
    degrees : of freedom of the series' surprises
    """

    jump: np.ndarray
    shift: np.ndarray
    began: np.ndarray
    deviation: np.ndarray
    size: np.ndarray
    error: np.ndarray
    scale: np.ndarray
    spread: np.ndarray
    expected: np.ndarray
    degrees: np.ndarray


@dataclass
class Watch:
    """The state of a panel: kept between months, so that a new month costs a month.

    Attributes
    ----------
    filters : one a prior of the season
    chosen : (series,) which filter speaks for a series
    weights : (4, series) log weights of the degrees of freedom
    evidence : of shifts
    groups : along which common movements are taken out before a series is judged; None takes out nothing
    age : (series,) steps since the first observation, -1 before it
    index : (groups,) common movements summed since the start
    months : steps taken in
    pace : what a step is
    """

    filters: list[SeasonalFilter]
    chosen: np.ndarray
    weights: np.ndarray
    evidence: ShiftEvidence
    groups: Groups | None
    age: np.ndarray
    index: np.ndarray
    months: int = 0
    pace: Pace = MONTH
    _total: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(cls, series: int, groups: Groups | None = None, pace: Pace = MONTH) -> Watch:
        """Make the watch of `series` series that have not begun."""
        return cls(
            filters=[SeasonalFilter.empty(season, series, pace) for season in SEASONS],
            chosen=np.full(series, 1),
            weights=tails.no_evidence(series),
            evidence=ShiftEvidence.empty(series, pace.candidates),
            groups=groups,
            age=np.full(series, -1),
            index=np.zeros(len(groups.labels) if groups else 0),
            pace=pace,
            _total=np.zeros(series),
        )

    def begin(self, at: np.ndarray, level: np.ndarray, scale: np.ndarray) -> None:
        """Start the series numbered `at`, before their first month is observed."""
        for one in self.filters:
            one.begin(at, level - self._total[at], scale)
        self.age[at] = 0

    def observe(self, value: np.ndarray, at: Place) -> Reading:
        """Take in a step.

        Parameters
        ----------
        value : (series,) logarithms; NaN where nothing was observed
        at : its place in the calendar (`Pace.place`)
        """
        value = value.astype(np.float32)
        for one in self.filters:
            one.advance(at.calendar)
        begun = self.age >= 0
        expected = self._pick(np.stack([one.expected(at) for one in self.filters]))
        scale = self._pick(np.stack([one.scale for one in self.filters]))
        value = np.where(begun, value, np.nan)
        self._take_out_groups(value, expected, scale)
        own = (value - self._total).astype(np.float32)
        seen = [one.observe(own, at) for one in self.filters]
        reading = self._read(seen, own, expected, scale)
        self.age[begun] += 1
        self.months += 1
        if self.months % _CHOOSE_EVERY == 0:
            self.chosen = np.stack([one.fit for one in self.filters]).argmax(axis=0)
        return reading

    def _take_out_groups(self, value: np.ndarray, expected: np.ndarray, scale: np.ndarray) -> None:
        if self.groups is None:
            return
        index, total = self.groups.common(value - self._total - expected, scale**2)
        self.index += index
        self._total += total

    def _read(self, seen: list[Month], own: np.ndarray, expected: np.ndarray, scale: np.ndarray) -> Reading:
        said = Month(
            self._pick(np.stack([s.surprise for s in seen])),
            self._pick(np.stack([s.spread for s in seen])),
            np.stack([self._pick(np.stack(r)) for r in zip(*(s.response for s in seen), strict=True)]),
        )
        degrees = tails.degrees_of_freedom(self.weights)
        shift = self.evidence.update(said, degrees)
        reading = Reading(
            jump=tails.jump(said.surprise, degrees),
            shift=shift.evidence,
            began=shift.began,
            deviation=own - expected,
            size=shift.size * scale,
            error=shift.error * scale,
            scale=scale,
            spread=said.spread * scale,
            expected=expected + self._total,
            degrees=degrees,
        )
        tails.learn(self.weights, said.surprise)
        at = np.flatnonzero((shift.evidence > _TAKEN_IN) & (shift.began >= _SETTLED))
        for one in self.filters:
            one.shift(at, shift.began[at], reading.size[at])
        self.evidence.clear(at)
        return reading

    def _pick(self, by_filter: np.ndarray) -> np.ndarray:
        picked: np.ndarray = np.take_along_axis(by_filter, self.chosen[None], axis=0)[0]
        return picked
