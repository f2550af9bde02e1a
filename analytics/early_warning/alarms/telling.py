"""Alarms as a table: what moved, since when, by how much, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from analytics.early_warning.alarms.events import Event
from analytics.early_warning.alarms.kinds import lasting, smallest_told
from analytics.early_warning.alarms.selected import given_told
from analytics.early_warning.alarms.thresholds import episodes, strength
from analytics.early_warning.alarms.watched import Watched
from analytics.early_warning.panels.panel import JOIN

COLUMNS: Final = (
    "series", "since", "kind", "size", "low95", "high95", "carried_by", "status",
    "measure", "level", "told", "opened", "strength", "worth", "earlier", "last_earlier", "rise_told", "fall_told",
    "event", "place",
)  # fmt: skip
"""Columns of alarms.csv: the first eight are what other programs read."""

KNOWN_AFTER: Final = 3
"""Months after which it is known whether a shift lasted."""


def tell(watched: Watched, events: Sequence[Event] = (), *, level: str = "series") -> pd.DataFrame:
    """List the alarms of a panel: one row a series and month in alarm, in the months told.

    Parameters
    ----------
    watched : a panel watched to its end
    events : announced policy events; what they touch is listed with the status "known" and is no alarm
    level : "series" or "group"

    Returns
    -------
    DataFrame with COLUMNS. kind: "shift", "jump" or "silence"; size, low95, high95: change (-.3 is 30 % less), given
    that it was told, -1 for silence; opened: whether the month opens an episode; strength: evidence. status: "open"
    until a later month shows it, then "lasting" or "passed"; "known" where an announced policy event touches it.
    """
    reading, panel = watched.followed.reading, watched.panel
    moved = watched.jumped | watched.shifted
    alarm = moved | _first(watched.silent)
    opened = episodes(alarm)
    rows, columns = np.nonzero(alarm & watched.told[:, None])
    shifted, silent = watched.shifted[rows, columns], ~moved[rows, columns]
    began = np.where(silent, _run(watched)[rows, columns] - 1, np.where(shifted, reading.began[rows, columns], 0))
    size, low, high = _sizes(watched, rows, columns, shifted)
    rise, fall = smallest_told(reading.scale[rows, columns], watched.limits.rate, panel.period)
    names = panel.names.iloc[columns]
    earlier, last = _earlier(opened, rows, columns)
    frame = pd.DataFrame(
        {
            "series": _keys(names, level),
            "since": panel.months[np.maximum(rows - began, 0)],
            "kind": np.select([silent, shifted], ["silence", "shift"], "jump"),
            "size": np.where(silent, -1.0, np.expm1(size)),
            "low95": np.where(silent, np.nan, np.expm1(low)),
            "high95": np.where(silent, np.nan, np.expm1(high)),
            "carried_by": "",
            "status": np.where(silent, _silence_ended(watched, rows, columns), _became(watched, rows, columns)),
            "measure": np.where(silent, "trade", panel.measure),
            "level": level,
            "told": panel.months[rows],
            "opened": opened[rows, columns],
            "strength": np.where(silent, watched.followed.silence[rows, columns], strength(reading)[rows, columns]),
            "worth": panel.worth[columns],
            "earlier": earlier,
            "last_earlier": panel.months[np.maximum(last, 0)].where(last >= 0),
            "rise_told": rise,
            "fall_told": fall,
            "event": "",
            "place": columns,
        }
    )[list(COLUMNS)]
    return _known(frame, names, events).sort_values(["told", "strength"], ascending=False, ignore_index=True)


def _sizes(
    watched: Watched, rows: np.ndarray, columns: np.ndarray, shifted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes with their intervals, given that they were told: logarithms."""
    reading = watched.followed.reading
    size = np.where(shifted, reading.size[rows, columns], reading.deviation[rows, columns]).astype(float)
    error = np.where(shifted, reading.error[rows, columns], reading.spread[rows, columns]).astype(float)
    return given_told(size, error, shifted)


def shortlist(alarms: pd.DataFrame, length: int, *, least_worth: float = 0.0, again: int = 6) -> pd.Series:
    """Mark the strongest alarms of each month that were not listed in the months before.

    Parameters
    ----------
    alarms : as from `tell`, of all measures
    length : how many a month
    least_worth : series of a smaller value a year are not listed
    again : months before a series may be listed again

    Returns
    -------
    Series of bool, aligned to `alarms`. Known events are not listed.
    """
    listed = pd.Series(False, index=alarms.index)
    last: dict[str, pd.Timestamp] = {}
    candidates = alarms[(alarms["status"] != "known") & (alarms["worth"] >= least_worth)].sort_values(
        "strength", ascending=False, kind="stable"
    )
    for month in sorted(candidates["told"].unique()):
        taken = 0
        those = candidates[candidates["told"] == month]
        for at, series in zip(those.index, those["series"], strict=True):
            if taken < length and (series not in last or month > last[series] + pd.DateOffset(months=again)):
                listed[at], last[series] = True, month
                taken += 1
    return listed


def _keys(names: pd.DataFrame, level: str) -> np.ndarray:
    if level == "group":
        return np.array([f"{d}={k}" if k else d for d, k in names.itertuples(index=False)], dtype=object)
    return np.array([JOIN.join(map(str, row)) for row in names.itertuples(index=False)], dtype=object)


def _first(silent: np.ndarray) -> np.ndarray:
    """Months in which a silence is first told: it is told once."""
    first = silent.copy()
    first[1:] &= ~silent[:-1]
    return first


def _earlier(opened: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alarms of the same series before its present episode: how many, and the month of the last (-1 for none)."""
    counts, lasts = np.zeros(len(rows), int), np.full(len(rows), -1)
    for at, (row, column) in enumerate(zip(rows, columns, strict=True)):
        before = np.flatnonzero(opened[: row + 1, column])
        before = before[:-1] if len(before) else before  # the last one opens the episode at hand
        counts[at] = len(before)
        lasts[at] = before[-1] if len(before) else -1
    return counts, lasts


def _run(watched: Watched) -> np.ndarray:
    """Months of each series' absence so far, (months, series)."""
    away = ~np.isfinite(watched.followed.reading.deviation)
    run = np.zeros(away.shape, int)
    for t in range(len(away)):
        run[t] = np.where(away[t], (run[t - 1] if t else 0) + 1, 0)
    return run


def _became(watched: Watched, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whether a change lasted: a jump is known a month later, a shift after three months."""
    reading = watched.followed.reading
    jump = lasting(reading)[rows, columns]
    shifted = watched.shifted[rows, columns]
    direction = np.sign(reading.size[rows, columns])
    back = np.zeros(len(rows), bool)
    for later in range(1, KNOWN_AFTER + 1):
        at = np.minimum(rows + later, len(reading.size) - 1)
        against = np.sign(np.nan_to_num(reading.deviation[at, columns])) == -direction
        back |= against & (watched.jumped | watched.shifted)[at, columns]
    known = rows + KNOWN_AFTER < len(reading.size)
    of_shift = np.where(back, "passed", np.where(known, "lasting", "open"))
    of_jump = np.where(np.isnan(jump), "open", np.where(jump == 1, "lasting", "passed"))
    return np.where(shifted, of_shift, of_jump)


def _silence_ended(watched: Watched, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    seen = np.isfinite(watched.followed.reading.deviation)
    later = np.array([seen[t + 1 :, i].any() for t, i in zip(rows, columns, strict=True)], dtype=bool)
    known = rows + KNOWN_AFTER < len(seen)
    return np.where(later, "passed", np.where(known, "lasting", "open"))


def _known(frame: pd.DataFrame, names: pd.DataFrame, events: Sequence[Event]) -> pd.DataFrame:
    for event in events:
        hit = [
            event.touches([str(p) for p in parts], month)
            for parts, month in zip(names.itertuples(index=False), frame["since"], strict=True)
        ]
        frame.loc[hit, "status"] = "known"
        frame.loc[hit, "event"] = event.remark or event.key
    return frame
