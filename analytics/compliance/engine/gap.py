"""The revenue gap from a sample with unequal chances: capped Horvitz-Thompson total with a gamma interval.

Losses have tails that no sample shows, so the total is estimated up to a cap on each line (twice what was at stake on
it); the part above the cap is shown as seen and declared as not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

CAP = 2.0
LEVEL = 0.95
STEADY = 4.0
"""Effective hits at which what was seen counts as much as what is true of all lines."""
_HIGH = 0.8


@dataclass(frozen=True)
class Gap:
    """A total estimated from a sample, in currency.

    Attributes
    ----------
    value, low, high : capped total and its 95 % interval
    uncapped : Horvitz-Thompson total without the cap; it has no interval that holds
    hits : lines with a loss
    effective_hits : hits as good as so many of equal weight; what was taken with certainty carries no error
    largest : share of the largest single contribution
    """

    value: float
    low: float
    high: float
    uncapped: float
    hits: int
    effective_hits: float
    largest: float

    @property
    def above_cap(self) -> float:
        """What was seen above the cap, weighted up: not measured, for what was not seen is unknown."""
        return self.uncapped - self.value

    @property
    def half_width(self) -> float:
        """Half the interval in units of the estimate."""
        return (self.high - self.low) / (2 * self.value) if self.value > 0 else np.inf


def gamma_limits(total: float, variance: float, unseen: float, level: float = LEVEL) -> tuple[float, float]:
    """Limits of a weighted sum of rare events.

    Parameters
    ----------
    total, variance : the weighted sum and its estimated variance
    unseen : weight that one event more would have; it widens the upper limit
    level : confidence

    Notes
    -----
    low = v/y G(a; alpha/2) with a = y^2/v, high = (v + w^2)/(y + w) G(a'; 1 - alpha/2) with a' = (y + w)^2/(v + w^2),
    G the quantile of the standard gamma distribution. Source: Fay and Feuer 1997, Statistics in Medicine 16:791.
    """
    alpha = (1 - level) / 2
    low = 0.0
    if total > 0 and variance > 0:
        low = variance / total * float(gammaincinv(total**2 / variance, alpha))
    elif total > 0:
        low = total
    if unseen <= 0 and variance <= 0:
        return low, total
    shape = (total + unseen) ** 2 / (variance + unseen**2)
    return low, (variance + unseen**2) / (total + unseen) * float(gammaincinv(shape, 1 - alpha))


def unseen_weight(weighed: np.ndarray, seen: np.ndarray) -> float:
    """Weight that a fully lost line would have which the sample did not show.

    Parameters
    ----------
    weighed : (n) size over chance of each line drawn
    seen : (n) capped loss over chance, 0 where nothing was lost

    Notes
    -----
    At least the mean of `weighed` (the sampling interval). Where a good score sends the draw to the lines that lose, a
    loss weighs less than another line; where the score is wrong, more. So the 80 % quantile of the weights is taken
    over all lines (by size), and the more effective hits m there are the more over the losses seen: m/(m + 4) of it.
    """
    if not len(weighed):
        return 0.0
    everywhere = quantile(weighed, weighed, _HIGH)
    hit = seen > 0
    if hit.any():
        m = float(seen.sum() ** 2 / (seen**2).sum())
        trust = m / (m + STEADY)
        everywhere = trust * quantile(weighed[hit], seen[hit], _HIGH) + (1 - trust) * everywhere
    return max(float(weighed.mean()), everywhere)


def _effective(value: float, seen: np.ndarray, hits: int) -> float:
    """Effective hits: the square of the total over the squares of what was weighted up, at most the hits."""
    squares = float((seen**2).sum())
    return 0.0 if value <= 0 else float(hits) if squares <= 0 else min(value**2 / squares, float(hits))


def quantile(values: np.ndarray, weights: np.ndarray, level: float) -> float:
    """Weighted quantile: the smallest value at which the share of the weights reaches `level`."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[min(int(np.searchsorted(total, level * total[-1])), len(values) - 1)]])


def estimate(
    loss: np.ndarray,
    size: np.ndarray,
    probability: np.ndarray,
    domain: np.ndarray | None = None,
    cap: float = CAP,
) -> Gap:
    """Capped total of the losses of the frame.

    Parameters
    ----------
    loss : (n) tax lost on each line of the sample, 0 where nothing is wrong; overpayments are no negative losses
    size : (n) what is at stake on each line, as in the draw
    probability : (n) chance with which each was drawn
    domain : (n) bool, optional
        Lines of the cause or group asked for; the others count as without loss.
    cap : losses above `cap` x size are cut there

    Returns
    -------
    Gap

    Notes
    -----
    The upper limit allows for one loss more of the weight that `unseen_weight` gives; within a cause, of the largest
    weight seen and at least half the sampling interval.
    """
    y = np.clip(np.nan_to_num(loss), 0, None)
    if domain is not None:
        y = np.where(domain, y, 0.0)
    capped = np.minimum(y, cap * size)
    certain = probability >= 1
    outside = ~certain
    seen, n = capped[outside] / probability[outside], max(int(outside.sum()), 1)
    total = float(seen.sum())
    spread = float(((1 - probability[outside]) * seen**2).sum())
    variance = max(spread - total**2 / n, 0.0) if domain is None else spread
    if domain is None:
        unseen = unseen_weight(size[outside] / probability[outside], seen)
    else:
        step = float((size[outside] / probability[outside]).sum()) / n
        unseen = max(float(seen.max(initial=0.0)), step / 2)
    low, high = gamma_limits(total, variance, unseen)
    sure = float(capped[certain].sum())
    contributions = np.concatenate([seen, capped[certain]])
    value = total + sure
    return Gap(
        value=value,
        low=low + sure,
        high=high + sure,
        uncapped=float((y / probability).sum()),
        hits=int((y > 0).sum()),
        effective_hits=_effective(value, seen, int((y > 0).sum())),
        largest=float(contributions.max() / value) if value > 0 else 0.0,
    )
