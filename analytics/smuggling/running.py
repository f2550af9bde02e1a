"""Running sums of events by key, looked up as they stood on the day before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SPAN = 100_000.0  # days, more than any calendar here


@dataclass
class Running:
    """Sums of all events of a key up to a day.

    Attributes
    ----------
    keys : distinct keys, ascending
    place : position of the key x SPAN + day of every event, ascending
    sums : float64 (events, columns), running within the key
    first, last : first and last day on which the key had an event so far
    columns : names of the summed columns
    """

    keys: np.ndarray
    place: np.ndarray
    sums: np.ndarray
    first: np.ndarray
    last: np.ndarray
    columns: list[str]

    @classmethod
    def of(cls, events: pd.DataFrame) -> Running:
        """Sort events (key, day, further columns to be summed; first_day where an event stands for several days)."""
        columns = [c for c in events.columns if c not in ("key", "day", "first_day")]
        keys, code = np.unique(events["key"].to_numpy(), return_inverse=True)
        day = events["day"].to_numpy(dtype=float)
        order = np.lexsort((day, code))
        code, day = code[order], day[order]
        begun = events["first_day"].to_numpy(dtype=float)[order] if "first_day" in events else day
        start = np.searchsorted(code, np.arange(len(keys)))  # first event of every key
        sums = events[columns].iloc[order].groupby(code).cumsum().to_numpy(dtype=float)
        return cls(keys, code * SPAN + day, sums, begun[start][code] if len(keys) else begun, day, columns)

    def before(self, key: np.ndarray, day: np.ndarray, added_to: pd.DataFrame | None = None) -> pd.DataFrame:
        """State of each key at the end of the day before.

        Parameters
        ----------
        key, day : of the lines asked for; key 0 is no key
        added_to : state of the same lines from other events, to which this one is added

        Returns
        -------
        DataFrame, one row a line: the summed columns (0 where nothing happened before; all missing where the line has
        no such key), first_day and last_day (missing where nothing happened).
        """
        code = np.searchsorted(self.keys, key)
        code = np.minimum(code, max(len(self.keys) - 1, 0))
        position = np.searchsorted(self.place, code * SPAN + day) - 1
        seen = position >= 0
        if len(self.keys):
            seen &= self.keys[code] == key
            seen &= self.place[position] >= code * SPAN
        at = np.where(seen, position, 0)
        empty = len(self.keys) == 0
        sums = np.zeros((len(key), len(self.columns))) if empty else np.where(seen[:, None], self.sums[at], 0.0)
        sums[key == 0] = np.nan
        state = pd.DataFrame(sums, columns=self.columns)
        state["first_day"] = np.nan if empty else np.where(seen, self.first[at], np.nan)
        state["last_day"] = np.nan if empty else np.where(seen, self.last[at], np.nan)
        if added_to is None:
            return state
        state[self.columns] += added_to[self.columns].to_numpy()
        state["first_day"] = np.fmin(state["first_day"], added_to["first_day"])
        state["last_day"] = np.fmax(state["last_day"], added_to["last_day"])
        return state

    def to_frame(self) -> pd.DataFrame:
        """Keys, days and running sums, so that the memory of a model can be stored; `from_frame` takes them back."""
        code = (self.place // SPAN).astype(int)
        made = pd.DataFrame(self.sums, columns=self.columns)
        return made.assign(key=self.keys[code], day=self.last, first_day=self.first)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Running:
        """Inverse of `to_frame`."""
        keys, code = np.unique(frame["key"].to_numpy(), return_inverse=True)
        day = frame["day"].to_numpy(dtype=float)
        columns = [str(c) for c in frame.columns if c not in ("key", "day", "first_day")]
        sums = frame[columns].to_numpy(dtype=float)
        return cls(keys, code * SPAN + day, sums, frame["first_day"].to_numpy(dtype=float), day, columns)
