"""Running sums of events by key, looked up as they stood on the day before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Lines = pd.DataFrame | Mapping[str, Any]  # columns by name: a frame, or arrays with None for missing text
SPAN = 100_000.0  # days, more than any calendar here


KEYS: dict[str, tuple[str, ...]] = {
    "enterprise": ("enterprise_id",),
    "declarant": ("declarant_id",),
    "seller": ("seller_id",),
    "port": ("district", "port"),
    "origin": ("origin",),
    "hs4": ("hs4",),
    "hs_code": ("hs_code",),
    "hs4_origin": ("hs4", "origin"),
    "enterprise_hs4": ("enterprise_id", "hs4"),
    "enterprise_origin": ("enterprise_id", "origin"),
    "enterprise_declarant": ("enterprise_id", "declarant_id"),
    "enterprise_seller": ("enterprise_id", "seller_id"),
    "enterprise_code": ("enterprise_id", "hs_code"),
    "enterprise_hs4_origin": ("enterprise_id", "hs4", "origin"),
    "seller_origin": ("seller_id", "origin"),
}


@dataclass
class Asked:
    """Lines whose keys are looked up: the pairs of key and day, each once.

    Attributes
    ----------
    keys : distinct keys; key 0 is no key
    code, day : key's position and day of every pair, ascending
    at : position of every line's pair
    """

    keys: np.ndarray
    code: np.ndarray
    day: np.ndarray
    at: np.ndarray

    @classmethod
    def of(cls, key: np.ndarray, day: np.ndarray) -> Asked:
        """Sort once what every memory of this kind of key is asked for."""
        code, keys = pd.factorize(key)
        place = code * SPAN + day
        order = np.argsort(place)
        new = np.ones(len(key), dtype=bool)
        new[1:] = np.diff(place[order]) > 0
        at = np.empty(len(key), dtype=np.int64)
        at[order] = np.cumsum(new) - 1
        first = order[new]
        return cls(np.asarray(keys), code[first], day[first], at)


@dataclass
class State:
    """Sums of the events before a day, one row a pair of `Asked`.

    Attributes
    ----------
    sums : float64 (columns, pairs), 0 where nothing happened before, missing where there is no key
    first, last : first and last day with an event, missing where nothing happened
    columns : names of the sums
    at : position of every line's pair
    """

    sums: np.ndarray
    first: np.ndarray
    last: np.ndarray
    columns: list[str]
    at: np.ndarray

    def __getitem__(self, column: str) -> np.ndarray:
        """One value a line: a sum, or "first_day" or "last_day"."""
        return self.of_pairs(column)[self.at]

    def of_pairs(self, column: str) -> np.ndarray:
        """One value a distinct pair; see `__getitem__`."""
        if column in ("first_day", "last_day"):
            return self.first if column == "first_day" else self.last
        return self.sums[self.columns.index(column)]

    def __add__(self, other: State) -> State:
        """State after the events of both memories, which were asked for the same lines."""
        return State(
            self.sums + other.sums,
            np.fmin(self.first, other.first),
            np.fmax(self.last, other.last),
            self.columns,
            self.at,
        )


@dataclass
class Running:
    """Sums of all events of a key up to a day.

    Attributes
    ----------
    keys : distinct keys
    place : position of the key x SPAN + day of every event, ascending
    sums : float64 (columns, events), running within the key
    first, last : first and last day on which the key had an event so far
    columns : names of the summed columns
    """

    keys: pd.Index
    place: np.ndarray
    sums: np.ndarray
    first: np.ndarray
    last: np.ndarray
    columns: list[str]

    @classmethod
    def of(cls, events: pd.DataFrame) -> Running:
        """Sort events (key, day, further columns to be summed; first_day where an event stands for several days).

        Several events of a key on one day may be given one by one or summed. Key 0, which is no key, is left out.
        """
        columns = [c for c in events.columns if c not in ("key", "day", "first_day")]
        first = events["first_day"].to_numpy(dtype=float) if "first_day" in events else None
        key, day = events["key"].to_numpy(), events["day"].to_numpy(dtype=float)
        return cls.summed(key, day, {c: events[c].to_numpy(dtype=float) for c in columns}, first)

    @classmethod
    def summed(
        cls, key: np.ndarray, day: np.ndarray, values: dict[str, np.ndarray], first: np.ndarray | None = None
    ) -> Running:
        """The same from arrays, one value an event."""
        code, keys = pd.factorize(key)
        place = code * SPAN + day
        order = np.argsort(place)
        order = order[key[order] != 0]
        code, place, day = code[order], place[order], day[order]
        start = np.flatnonzero(np.diff(code, prepend=-1))  # first event of every key
        count = np.diff(start, append=len(order))
        begun = (day if first is None else first[order])[start]
        sums = np.empty((len(values), len(order)))
        for i, given in enumerate(values.values()):
            total = np.cumsum(given[order])
            earlier = np.where(start > 0, total[start - 1], 0.0)  # what the keys before it had summed to
            np.subtract(total, np.repeat(earlier, count), out=sums[i])
        return cls(pd.Index(keys), place, sums, np.repeat(begun, count), day, list(values))

    def before(self, asked: Asked) -> State:
        """State of each key at the end of the day before."""
        pairs = len(asked.code)
        if len(self.place) == 0:
            never = np.full(pairs, np.nan)
            return State(_blank(np.zeros((len(self.columns), pairs)), asked), never, never, self.columns, asked.at)
        code = self.keys.get_indexer(pd.Index(asked.keys))[asked.code]
        at = np.searchsorted(self.place, code * SPAN + asked.day) - 1
        seen = (code >= 0) & (at >= 0)
        seen &= self.place[at] >= code * SPAN
        at[~seen] = 0
        sums = np.where(seen, self.sums[:, at], 0.0)
        first, last = (np.where(seen, x[at], np.nan) for x in (self.first, self.last))
        return State(_blank(sums, asked), first, last, self.columns, asked.at)

    def to_frame(self) -> pd.DataFrame:
        """Keys, days and running sums, so that the memory of a model can be stored; `from_frame` takes them back."""
        code = (self.place // SPAN).astype(int)
        made = pd.DataFrame(self.sums.T, columns=self.columns)
        return made.assign(key=self.keys.to_numpy()[code], day=self.last, first_day=self.first)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Running:
        """Inverse of `to_frame`."""
        code, keys = pd.factorize(frame["key"].to_numpy())
        day = frame["day"].to_numpy(dtype=float)
        columns = [str(c) for c in frame.columns if c not in ("key", "day", "first_day")]
        sums = np.ascontiguousarray(frame[columns].to_numpy(dtype=float).T)
        return cls(pd.Index(keys), code * SPAN + day, sums, frame["first_day"].to_numpy(dtype=float), day, columns)


def _blank(sums: np.ndarray, asked: Asked) -> np.ndarray:
    sums[:, asked.keys[asked.code] == 0] = np.nan
    return sums


def key_codes(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """By kind of key one 64-bit code per distinct key, 0 where a part of the key is missing; the same in every run."""
    columns = sorted({column for parts in KEYS.values() for column in parts})
    hashed = {c: pd.util.hash_pandas_object(frame[c], index=False).to_numpy() for c in columns}
    return codes_of(hashed, {c: frame[c].isna().to_numpy() & (c != "port") for c in columns})


def codes_of(hashed: dict[str, np.ndarray], absent: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same from the hashes of the columns, and where a part is missing."""
    codes = {}
    for name, parts in KEYS.items():
        code: np.ndarray = np.zeros(len(hashed[parts[0]]), dtype=np.uint64)
        for column in parts:
            code = code * np.uint64(1_000_003) + hashed[column]
        codes[name] = np.where(np.any([absent[c] for c in parts], axis=0), 0, code).astype(np.int64)
    return codes
