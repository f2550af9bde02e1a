"""Which lines to draw: chances in proportion to what is at stake, with a part that is drawn evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import AnalystError
from analytics.shown import Shown

VALUE_WEIGHT = 0.10
"""Weight of the value in the size of a line: exempt lines have no tax, but their value matters."""

EVENLY = 0.35
"""Share of the sample drawn with equal chances, so that small lines and a wrong score cannot ruin a draw."""


class DesignError(AnalystError, ValueError):
    """A sample that cannot be drawn or used: which column, what was found, what to do."""


@dataclass(frozen=True, repr=False)
class Design(Shown):
    """Chances of all lines of the frame.

    Attributes
    ----------
    size : (N) what is at stake on a line: tax + 0.10 value, in currency
    probability : (N) chance of being drawn; 1 where a line is taken with certainty
    lines : expected number of lines drawn
    """

    size: np.ndarray
    probability: np.ndarray
    lines: int

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{self.lines:,} of {len(self.size):,} lines, {int(self.certain.sum()):,} with certainty"

    def summary(self) -> pd.DataFrame:
        """Lines of the frame, drawn, and taken in any case."""
        rows = [("frame", len(self.size)), ("drawn", self.lines), ("with certainty", int(self.certain.sum()))]
        return pd.DataFrame(rows, columns=["lines", "number"])

    @property
    def certain(self) -> np.ndarray:
        """Lines that are taken in any case."""
        return self.probability >= 1

    @property
    def interval(self) -> float:
        """Sampling interval in units of size: what one unseen, fully lost line would weigh."""
        outside = ~self.certain
        drawn = max(self.lines - int(self.certain.sum()), 1)
        return float(self.size[outside].sum()) / drawn


def sizes(tax: np.ndarray, value: np.ndarray, value_weight: float = VALUE_WEIGHT) -> np.ndarray:
    """Return what is at stake on each line: tax + `value_weight` x value; negative and missing count as nothing."""
    return np.nan_to_num(np.clip(tax, 0, None)) + value_weight * np.nan_to_num(np.clip(value, 0, None))


def design(size: np.ndarray, lines: int, score: np.ndarray | None = None, evenly: float = EVENLY) -> Design:
    """Chances proportional to size x sqrt(risk), mixed with equal chances.

    Parameters
    ----------
    size : (N) from `sizes`
    lines : how many to draw
    score : (N), optional
        Risk of a finding on each line, frozen before the draw; a wrong score costs width, never coverage.
    evenly : share drawn with equal chances (the defensive part of the mixture)

    Returns
    -------
    Design

    Raises
    ------
    DesignError
        More lines are wanted than there are, or a score is missing or negative.

    Notes
    -----
    s = (1 - evenly) x sqrt(p) / sum(x sqrt(p)) + evenly / N; pi = min(1, n s), lines that would exceed 1 are taken
    with certainty and the rest is shared out anew. Sources: Isaki and Fuller 1982 (chances proportional to the standard
    deviation), Hesterberg 1995 (defensive mixture).
    """
    count = len(size)
    if not 1 <= lines <= count:
        raise DesignError(f"lines: {lines} cannot be drawn from {count:,} lines. Give a number from 1 to {count:,}.")
    stake = np.asarray(size, dtype=float)
    if score is not None:
        risk = np.asarray(score, dtype=float)
        if not np.isfinite(risk).all() or (risk < 0).any():
            bad = int((~np.isfinite(risk) | (risk < 0)).sum())
            raise DesignError(
                f"score: {bad:,} lines have a missing or negative risk. Give every line of the frame one."
            )
        stake = stake * np.sqrt(risk)
    if stake.sum() <= 0:  # nothing at stake anywhere: equal chances
        stake = np.ones(count)
    share = evenly / count + (1 - evenly) * stake / stake.sum()
    return Design(np.asarray(size, dtype=float), chances(share, lines), lines)


def chances(share: np.ndarray, lines: int) -> np.ndarray:
    """Chances that add up to `lines`, none above one: who would be above is taken with certainty."""
    certain = np.zeros(len(share), dtype=bool)
    while True:
        left, rest = lines - int(certain.sum()), float(share[~certain].sum())
        chance = np.where(certain, 1.0, left * share / rest if rest > 0 else 0.0)
        above = (chance >= 1) & ~certain
        if not above.any():
            return np.minimum(chance, 1.0)
        certain |= above


def draw(made: Design, seed: int) -> np.ndarray:
    """Positions drawn: systematically, from an order shuffled by the recorded seed.

    The same design and seed give the same lines, so that a draw can be verified afterwards.
    """
    return systematic(made.probability, np.random.default_rng(seed))


def systematic(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Positions drawn with the given chances, at equal steps through an order shuffled by `rng`."""
    order = rng.permutation(len(chance))
    total = np.cumsum(chance[order])
    points = np.arange(rng.random(), total[-1], 1.0)
    at = np.minimum(np.searchsorted(total, points, side="right"), len(order) - 1)
    return np.unique(order[at])
