"""Duty steps: a date, the code and origin they touch, the rates before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analytics.errors import ParameterError

_STEP = re.compile(
    r"^(?P<date>\d{4}-\d{2}-\d{2})\s+(?P<code>\d{2,10})\s+(?P<origin>\S+)\s+"
    r"(?P<before>[\d.]+)\s*->\s*(?P<after>[\d.]+)(?:\s+\((?P<remark>.*)\))?$"
)


@dataclass(frozen=True)
class Step:
    """A step of a duty.

    Attributes
    ----------
    date : when it takes effect
    code : code or prefix
    origin : whose goods it touches; "all" for every origin (then goods can only move to another code)
    before, after : rates in per cent, anti-dumping and preference included
    remark : what it is
    """

    date: pd.Timestamp
    code: str
    origin: str
    before: float
    after: float
    remark: str = ""

    @property
    def rise(self) -> float:
        """Rise of the rate as a share."""
        return (self.after - self.before) / 100


def parse_steps(lines: Iterable[str]) -> list[Step]:
    """Read steps: "2024-07-01 854140 CHN 0->25 (anti-dumping)".

    Raises
    ------
    ParameterError
        Names the line and how to write it; a fall of a duty gives nobody a reason to move away.
    """
    return [_parse(line.strip()) for line in lines if line.strip()]


def _parse(line: str) -> Step:
    found = _STEP.match(line)
    how = 'Write: DATE CODE ORIGIN BEFORE->AFTER (remark), such as "2024-07-01 854140 CHN 0->25 (anti-dumping)".'
    if not found:
        raise ParameterError(f'steps: "{line}" cannot be read. {how}')
    try:
        date = pd.Timestamp(found["date"])
    except ValueError as error:
        raise ParameterError(f'steps: "{line}": {error}. {how}') from error
    step = Step(
        date, found["code"], found["origin"], float(found["before"]), float(found["after"]), found["remark"] or ""
    )
    if step.rise <= 0:
        raise ParameterError(f'steps: "{line}": the rate must rise. {how}')
    return step
