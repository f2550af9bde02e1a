"""Inspectors who miss: what a blind second inspection of a random half says of the first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betaincinv

from analytics.compliance.engine.gap import Gap

_PRIOR = 3.0  # hits of average size that steady the share found by tax towards the share by count


@dataclass(frozen=True)
class Detection:
    """Share of the loss that the first team finds, with its 95 % interval.

    Attributes
    ----------
    value, low, high : share of the tax lost that the first team found of what the second found
    by_count : the same by lines
    both, first, second : lines inspected twice that both found, the first team, and the second
    lines : lines inspected twice
    """

    value: float
    low: float
    high: float
    by_count: float
    both: int
    first: int
    second: int
    lines: int


def detection(first: np.ndarray, second: np.ndarray, probability: np.ndarray) -> Detection | None:
    """Share found by the first team, by the lines that the second found without knowing the first.

    Parameters
    ----------
    first, second : (n) loss found by either team on the lines inspected twice
    probability : (n) chance with which each was drawn

    Returns
    -------
    Detection, or None where the second team found nothing or no line was inspected twice.

    Notes
    -----
    By count d = (m11 + 1/2)/(mB + 1); by tax the ratio over the second team's hits, steadied by three hits of
    average size at d; limits from a beta distribution with the second team's effective hits. Losses that neither
    team can see are not in it. Sources: Chapman 1951 (two lists); Feinstein 1991 (detection).
    """
    a, b = np.clip(np.nan_to_num(first), 0, None), np.clip(np.nan_to_num(second), 0, None)
    hit_b, both = b > 0, (a > 0) & (b > 0)
    found = int(hit_b.sum())
    if not found:
        return None
    by_count = (int(both.sum()) + 0.5) / (found + 1)
    u = b / probability
    total, mean = float(u[hit_b].sum()), float(u[hit_b].mean())
    value = (float(u[both].sum()) + _PRIOR * by_count * mean) / (total + _PRIOR * mean)
    effective = total**2 / float((u[hit_b] ** 2).sum())
    shape = value * effective + 0.5, (1 - value) * effective + 0.5
    low, high = (float(betaincinv(*shape, q)) for q in (0.025, 0.975))
    return Detection(value, low, high, by_count, int(both.sum()), int((a > 0).sum()), found, len(a))


def corrected(gap: Gap, skill: Detection) -> Gap:
    """Gap that a second careful inspection would find: limits combined on the logarithmic scale."""
    value = gap.value / skill.value
    if gap.value <= 0:
        return replace(gap, high=gap.high / skill.low)
    up = np.hypot(np.log(gap.high / gap.value), np.log(skill.value / skill.low))
    down = np.hypot(np.log(gap.value / gap.low) if gap.low > 0 else np.inf, np.log(skill.high / skill.value))
    return replace(
        gap,
        value=value,
        low=float(value * np.exp(-down)),
        high=float(value * np.exp(up)),
        uncapped=gap.uncapped / skill.value,
    )
