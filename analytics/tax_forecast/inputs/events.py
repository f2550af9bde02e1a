"""Policy events: announced changes of a rate or a level, entered as a step of history and a multiplier ahead.

An event is one line of text in a parameter set, such as

    2018-05-01 import_vat 17->16 announced 2018-03-28
    2025-09-01 duty -5 % share 0.12 announced 2025-07-15 (duty on chapter 87 from 15 to 10 %)

date of effect; tax item ("all" for every item); either rates before and after, or a percentage; optionally the
share of the item it touches (1 unless given), the date of announcement (the date of effect unless given) and a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import History, ReceiptsError

_EVENT = re.compile(
    r"^(?P<date>\d{4}-\d{2}-\d{2})\s+(?P<item>\S+)\s+"
    r"(?:(?P<before>[\d.]+)\s*->\s*(?P<after>[\d.]+)|(?P<change>[+\-−]?[\d.]+)\s*%)"
    r"(?:\s+share\s+(?P<share>[\d.]+))?(?:\s+announced\s+(?P<announced>\d{4}-\d{2}-\d{2}))?"
    r"(?:\s+\((?P<remark>.*)\))?$"
)


@dataclass(frozen=True)
class Event:
    """A change of law or level.

    Attributes
    ----------
    date, announced : Timestamp
        When it takes effect, and when it was known to.
    tax_item : str
        Item of the receipts it touches; "all" for every one.
    factor : float
        Multiplies the item's receipts from `date` on, everything else equal.
    remark : str
    """

    date: pd.Timestamp
    announced: pd.Timestamp
    tax_item: str
    factor: float
    remark: str


def parse(lines: Iterable[str]) -> list[Event]:
    """Read events; the error names the line, what is wrong and how to write it."""
    return [_parse(line.strip()) for line in lines if line.strip()]


def _parse(line: str) -> Event:
    found = _EVENT.match(line)
    if not found:
        raise ReceiptsError(
            f'Policy event "{line}" cannot be read. Write: DATE TAX_ITEM 17->16 [share 0.8] [announced DATE] '
            "[(remark)], or a percentage such as -5 % in place of the rates."
        )
    try:
        date = pd.Timestamp(found["date"])
        announced = pd.Timestamp(found["announced"] or found["date"])
    except ValueError as error:
        raise ReceiptsError(f'Policy event "{line}": {error}.') from error
    if found["before"]:
        ratio = float(found["after"]) / float(found["before"])
    else:
        ratio = 1 + float(found["change"].replace("−", "-")) / 100
    share = float(found["share"] or 1)
    factor = 1 + share * (ratio - 1)
    if not (0 <= share <= 1 and factor > 0):
        raise ReceiptsError(f'Policy event "{line}": the share lies between 0 and 1, and something must remain.')
    return Event(date, announced, found["item"], factor, found["remark"] or "")


def law(history: History, events: Sequence[Event], item_shares: dict[str, float], origin: pd.Timestamp) -> np.ndarray:
    """Level of the law in every period against that of the first one, as announced by `origin`.

    Parameters
    ----------
    history : History
        The grid of years x periods.
    events : sequence of Event
    item_shares : dict
        Share of each tax item in the series at hand (1 for the item itself); "all" is always whole.
    origin : Timestamp
        Later announcements are not known.

    Returns
    -------
    ndarray of shape (years, periods), ones without events.
    """
    if not events:
        return np.ones(history.grid.shape)
    months = np.datetime64(history.month(history.first_year, 1), "M") + np.arange(12 * len(history.grid) + 1)
    starts = months.astype("datetime64[D]")
    days = np.diff(starts).astype(int)
    level = np.ones(len(days))
    for event in events:
        share = 1.0 if event.tax_item == "all" else item_shares.get(event.tax_item, 0.0)
        if event.announced <= origin and share > 0:
            in_force = (starts[1:] - np.datetime64(event.date, "D")).astype(int)
            level *= 1 + np.clip(in_force / days, 0, 1) * share * (event.factor - 1)
    monthly = level.reshape(-1, 12)
    begins = (0, *history.ends[:-1])
    return np.stack([monthly[:, a:b].mean(axis=1) for a, b in zip(begins, history.ends, strict=True)], axis=1)
