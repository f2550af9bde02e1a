"""What a notebook hands to a page: the verdict, tiles, and how a table's columns are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from analytics.language import Text
from analytics.targets import Status

Tone = Literal["neutral", "good", "bad", "watch"]
Outlook = Literal["on_track", "at_risk"]
Kind = Literal["text", "number", "percent", "money", "month", "status"]

LEADS_SHOWN: Final = 20
"""Leads of one briefing on the board of headquarters."""

LEADS_OF_A_DISTRICT: Final = 5
"""Leads of one briefing that a district's board shows at least, where there are so many."""


def _one_of(value: str, allowed: object, what: str) -> None:
    if value not in get_args(allowed):
        raise ValueError(f'{what} must be one of {", ".join(get_args(allowed))}, got "{value}".')


@dataclass(frozen=True)
class Lead:
    """One thing to verify, as the board shows it: a risk lead, an alarm, a place that stands apart; never a finding.

    Parameters
    ----------
    text : Text
        What, by how much and since when, in one line that can stand alone.
    district : str
        Code of the district whose it is; "" where it belongs to none.
    since : str
        Month or day from which it holds; "" where none can be named.
    """

    text: Text
    district: str = ""
    since: str = ""


@dataclass(frozen=True)
class PlanStanding:
    """How the goals of a plan stand, as the board shows it.

    Parameters
    ----------
    counts : mapping of status to number
        Goals that are met, not_met, to watch, and of which too little is known (insufficient).
    year : int
        Of the figures.
    since : int or None
        The year compared with; None where the goals were held against no other.
    changed : sequence of Text
        Goals whose status differs from that year's, one line each.
    """

    counts: Mapping[Status, int]
    year: int
    since: int | None = None
    changed: Sequence[Text] = ()


@dataclass(frozen=True)
class Verdict:
    """The finding of a briefing, judged against one indicator of the plan.

    Parameters
    ----------
    target : str
        Indicator id, as in `analytics.targets`; "" on a page that judges none.
    status : {"met", "not_met", "watch", "insufficient"}
    value, low, high : float or None
        The judged value with its interval, in the indicator's unit.
    text : Text
        The finding in one sentence: the page's title.
    lead : Text
        The first paragraph; it must stand alone.
    badge : Text, optional
        What stands beside the title instead of the bare status ("June forecasts: 12 of 12 years within 5 %").
    outlook : {"on_track", "at_risk"}, optional
        What a badge of its own colour and mark may say while the status is still open ("watch"): never that the
        target is met.
    """

    target: str
    status: Status
    value: float | None
    low: float | None
    high: float | None
    text: Text
    lead: Text
    badge: Text | None = None
    outlook: Outlook | None = None

    def __post_init__(self) -> None:
        """Refuse a status that no page can show, and an outlook on what is already judged or cannot be."""
        _one_of(self.status, Status, "Verdict status")
        if self.outlook is not None:
            _one_of(self.outlook, Outlook, "Verdict outlook")
            if self.status != "watch" or self.badge is None:
                raise ValueError('An outlook goes with the status "watch" and a badge that says it in words.')


@dataclass(frozen=True)
class Tile:
    """One figure of the headline: what it is, its value, its unit, a note, and the line behind it.

    Parameters
    ----------
    label, value, unit, note : Text (value may be a plain string)
    tone : {"neutral", "good", "bad", "watch"}
        Judgement by colour and mark; neutral carries none.
    spark : sequence of float, optional
        Drawn as a small line with its last point marked; gaps (NaN) are left open.
    """

    label: Text
    value: Text | str
    unit: Text | None = None
    note: Text | None = None
    tone: Tone = "neutral"
    spark: Sequence[float] | None = None

    def __post_init__(self) -> None:
        """Refuse a tone that no page can show."""
        _one_of(self.tone, Tone, "Tile tone")


@dataclass(frozen=True)
class Column:
    """How a column of a table is shown.

    Parameters
    ----------
    key : str
        Column of the DataFrame.
    label : Text
        Heading.
    kind : {"text", "number", "percent", "money", "month", "status"}
        "percent" takes a share (0.053), "money" an amount in `unit`, "status" the four words of a verdict.
    digits : int, optional
        Decimals; by default 0 for numbers, 1 for percentages and money.
    sign : bool
        Write "+" before positive values (change columns).
    tone : bool
        Colour negative values red and positive ones green; their signs say the same without colour.
    unit : str, optional
        Unit of a money column ("CNY 100 million"); the heading then names the unit shown.
    bar : bool
        Draw the value's share of the column's largest as a bar behind it.
    """

    key: str
    label: Text
    kind: Kind = "text"
    digits: int | None = None
    sign: bool = False
    tone: bool = False
    unit: str | None = None
    bar: bool = False

    def __post_init__(self) -> None:
        """Refuse a kind that no table can show."""
        _one_of(self.kind, Kind, "Column kind")
