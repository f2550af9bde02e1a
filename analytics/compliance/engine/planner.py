"""How many lines a promised width takes, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.compliance.engine.gap import CAP, STEADY, gamma_limits, quantile
from analytics.sampling import DesignError, design

PREVALENCE = 0.03  # share of lines with a finding, where no pilot says
TAINT = 0.45  # mean share of the size lost on such a line
TAINT_SQUARE = 2.5 * TAINT**2
_GRID = 1.03  # steps of the search
_MEDIAN = 0.95  # widths of single studies are skewed: their median lies below the width at the expected sample


@dataclass(frozen=True)
class Plan:
    """A sample size with what it promises.

    Attributes
    ----------
    lines : number of lines to draw
    half_width : expected half-width of the gap's interval, in units of the gap
    hours : inspection hours
    expected_hits : lines with a finding that the sample should show
    assured_lines : lines for which eight or nine in ten studies keep the promise (planned for width / 1.2)
    """

    lines: int
    half_width: float
    hours: float
    expected_hits: float
    assured_lines: int


@dataclass(frozen=True, repr=False)
class Pilot:
    """An earlier sample: loss found, chance of being drawn, and size of its lines, with their place in the frame."""

    at: np.ndarray  # positions in the frame
    loss: np.ndarray
    probability: np.ndarray

    def __repr__(self) -> str:
        """One line."""
        return f"<Pilot {len(self.loss):,} lines, {int((self.loss > 0).sum()):,} with a loss>"


def half_width(
    size: np.ndarray,
    lines: int,
    score: np.ndarray | None = None,
    pilot: Pilot | None = None,
    evenly: float | None = None,
) -> tuple[float, float]:
    """Expected half-width (in units of the gap) and expected hits of a sample of `lines`.

    Notes
    -----
    Without a pilot a line loses with its score (scaled to a mean of 3 %) 45 % of its size, E t^2 = 2.5 x 0.45^2. With
    one, V = sum y^2/pi0 (1/pi_n - 1), shrunk towards the prior by m/(m + 4) with m the pilot's effective hits.
    """
    made = design(size, lines, score) if evenly is None else design(size, lines, score, evenly)
    chance = made.probability
    risk = np.full(len(size), PREVALENCE) if score is None else PREVALENCE * score / max(float(np.mean(score)), 1e-12)
    risk = np.minimum(risk, 1.0)
    gap = float((risk * TAINT * size).sum())
    relative = float((risk * TAINT_SQUARE * size**2 * (1 / chance - 1)).sum()) / gap**2
    free = chance < 1
    if not free.any():  # every line is inspected
        return 0.0, float(risk.sum())
    weighed = size[free] / chance[free]
    # The draw shows a line in proportion to its chance: weights of the frame, not of a sample.
    everywhere = quantile(weighed, size[free], 0.8)
    lost = quantile(weighed, (risk * size)[free], 0.8)
    if pilot is not None and (pilot.loss > 0).any():
        y = np.minimum(np.clip(pilot.loss, 0, None), CAP * size[pilot.at])
        u = y / pilot.probability
        total = float(u.sum())
        seen = float((y**2 / pilot.probability * (1 / chance[pilot.at] - 1)).sum()) / total**2
        m = total**2 / float((u**2).sum())
        trust = m / (m + STEADY)
        relative = trust * seen + (1 - trust) * relative
        gap = trust * total + (1 - trust) * gap
        hit = (y > 0) & (chance[pilot.at] < 1)
        if hit.any():
            at = pilot.at[hit]
            lost = trust * quantile(size[at] / chance[at], u[hit], 0.8) + (1 - trust) * lost
    hits = 1 / max(relative, 1e-9)
    weight = max(made.interval, (hits * lost + STEADY * everywhere) / (hits + STEADY))
    low, high = gamma_limits(1.0, relative, weight / gap)
    return _MEDIAN * (high - low) / 2, float((risk * chance).sum())


def plan(
    size: np.ndarray,
    width: float,
    score: np.ndarray | None = None,
    pilot: Pilot | None = None,
    hours_per_line: float = 1.0,
    most: int | None = None,
) -> Plan:
    """Smallest sample whose expected half-width is at most `width`.

    Parameters
    ----------
    size : (N) what is at stake on the lines of the frame
    width : wanted half-width in units of the gap, such as 0.3
    score : (N), optional
        Risk of a finding; frozen before the draw.
    pilot : Pilot, optional
        An earlier sample of the same kind.
    hours_per_line : hours that one inspection takes
    most : lines that can be inspected at most

    Returns
    -------
    Plan. The promise is for the median study: half of all studies are wider.

    Raises
    ------
    DesignError
        No sample up to `most` reaches the width; the message says what is reached.
    """
    if not 0 < width < 10:
        raise DesignError(f"width: {width:g} is no half-width. Give a share of the gap above 0, such as 0.3.")
    limit = min(most or len(size), len(size))
    lines = _smallest(size, width, score, pilot, limit)
    reached, hits = half_width(size, lines, score, pilot)
    if reached > width * 1.001:
        raise DesignError(
            f"width: {width:g} is not reached with {limit:,} lines; they give {reached:.2f}. Allow more lines, or a "
            "wider interval."
        )
    assured = _smallest(size, width / 1.2, score, pilot, len(size))
    return Plan(lines, reached, lines * hours_per_line, hits, assured)


def _smallest(size: np.ndarray, width: float, score: np.ndarray | None, pilot: Pilot | None, limit: int) -> int:
    """Search by halving: more lines are never worse."""
    low, high = min(50, limit), limit
    if half_width(size, low, score, pilot)[0] <= width:
        return low
    while high / low > _GRID and high - low > 1:
        middle = round((low * high) ** 0.5)
        if half_width(size, middle, score, pilot)[0] <= width:
            high = middle
        else:
            low = middle
    return high
