"""Policy events that were announced: what they bring about is no alarm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analytics.errors import ParameterError

_EVENT = re.compile(r"^(?P<date>\d{4}-\d{2}-\d{2})\s+(?P<key>\S+)(?P<rest>.*)$")
_REMARK = re.compile(r"\((.*)\)\s*$")
_BEFORE, _AFTER = 1, 3
"""Months around an event in which a change that it touches is expected: goods are brought forward, or held back."""


@dataclass(frozen=True)
class Event:
    """An announced change.

    Attributes
    ----------
    date : when it takes effect
    key : a product, origin, tax item or other part of a series' name; a product stands for all codes below it; "all"
    remark : what it is
    """

    date: pd.Timestamp
    key: str
    remark: str

    def touches(self, parts: Iterable[str], month: pd.Timestamp) -> bool:
        """Whether a series with these parts of its name may move in a month because of it."""
        near = -_BEFORE <= (month.year - self.date.year) * 12 + month.month - self.date.month <= _AFTER
        hit = self.key == "all" or any(
            p == self.key or (self.key.isdigit() and p.isdigit() and p.startswith(self.key)) for p in parts
        )
        return near and hit


def parse(lines: Iterable[str]) -> list[Event]:
    """Read events written as for the forecast: DATE ITEM, then whatever it changes, then a remark in brackets.

    Raises
    ------
    ParameterError
        Names the line and how to write it.
    """
    return [_parse(line.strip()) for line in lines if line.strip()]


def _parse(line: str) -> Event:
    found = _EVENT.match(line)
    try:
        if not found:
            raise ValueError("no date and item")
        date = pd.Timestamp(found["date"])
    except ValueError as error:
        raise ParameterError(
            f'known_events: "{line}" cannot be read ({error}). Write: DATE ITEM (remark), such as '
            '"2018-07-01 8703 (duty on cars 25->15)".'
        ) from error
    remark = _REMARK.search(found["rest"])
    return Event(date, found["key"], remark[1] if remark else found["rest"].strip())
