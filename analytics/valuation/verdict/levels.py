"""From departures to levels: what alignment took off is put back, and the bulk of the others is the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from analytics.statistics import mixture_quantile
from analytics.valuation.regression.elsewhere import Prior
from analytics.valuation.regression.mixed import against_others
from analytics.valuation.verdict.departures import Grid, times
from analytics.valuation.verdict.messages import Alike, Messages
from analytics.valuation.verdict.restored import bulk

TAIL = (0.025, 0.975)


@dataclass(frozen=True)
class Posterior:
    """Log level of each group against the others, in the order of the strata.

    Attributes
    ----------
    group : labels
    mean, low, high : posterior mean and central 95 %
    outside : probability that the level lies outside the band, on the likelier side: who is suspect has a direction
    apart : probability that at least one large enterprise stands apart
    grid : how often cells depart by how much, and enterprises stand apart
    priors : of each stratum's large enterprises, as its other strata told; none where nobody asked
    told : 1 where only what enterprises show in other strata puts the level outside the band, -1 where that clears it
    """

    group: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    outside: np.ndarray
    apart: np.ndarray
    grid: Grid
    priors: Sequence[Prior] = ()
    told: np.ndarray | None = None

    def but(self, other: Posterior, at: np.ndarray) -> Posterior:
        """Put another posterior in the place of some groups (bool)."""
        names = ("mean", "low", "high", "outside", "apart")
        return replace(self, **{name: np.where(at, getattr(other, name), getattr(self, name)) for name in names})


@dataclass(frozen=True)
class _Mixtures:
    """Levels of B groups as normal mixtures: positions (B,), weights, means and standard deviations (B, K)."""

    at: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    apart: np.ndarray


def levels(
    strata: list[Messages], kinds: list[Alike], grid: Grid, band: tuple[float, float], *, means_only: bool = False
) -> Posterior:
    """Level of every group against the bulk of the others of its stratum; `means_only` without interval and chances.

    The level and its interval hold all that the goods depart by, honest differences too; the verdict asks for a
    practice, from which these are left out.
    """
    labels = np.concatenate([stratum.part.known.groups for stratum in strata])
    mean, low, high, outside, apart = np.full((5, len(labels)), np.nan)
    found = Posterior(labels, mean, low, high, outside, apart, grid)
    for part in _mixtures(strata, kinds, grid, practice=False):
        found.mean[part.at], found.apart[part.at] = (part.weight * part.mean).sum(1), part.apart
        if means_only:
            continue
        found.low[part.at], found.high[part.at] = (
            mixture_quantile(part.weight, part.mean, part.sd, level) for level in TAIL
        )
    for part in [] if means_only else _mixtures(strata, kinds, grid, practice=True):
        below = (part.weight * ndtr((np.log(band[0]) - part.mean) / part.sd)).sum(1)
        above = (part.weight * ndtr((part.mean - np.log(band[1])) / part.sd)).sum(1)
        found.outside[part.at] = np.maximum(below, above)
    return found


def _mixtures(strata: list[Messages], kinds: list[Alike], grid: Grid, *, practice: bool) -> list[_Mixtures]:
    start = np.cumsum([0, *[len(stratum.part.weight) for stratum in strata]])
    place = {id(stratum): int(at) for stratum, at in zip(strata, start[:-1], strict=True)}
    departures = []
    for kind in kinds:
        at = np.array([place[id(s)] + g for s, g in zip(kind.strata, kind.group, strict=True)])
        departures.append((at, *_departures(kind, grid, practice=practice)))
    centre, spread = np.zeros(start[-1]), np.zeros(start[-1])
    for at, weight, mean, variance, _ in departures:
        centre[at] = (weight * mean).sum(1)
        spread[at] = (weight * (variance + mean**2)).sum(1) - centre[at] ** 2
    contrast, error, back, goods, members = (
        np.concatenate([getattr(s.part, name) for s in strata])
        for name in ("contrast", "error", "back", "goods", "members")
    )
    also = members + (0.0 if practice else goods)
    moved = np.isfinite(contrast) & np.isfinite(error)
    reference, doubt = np.full(start[-1], np.nan), np.full(start[-1], np.nan)
    for stratum, first, last in zip(strata, start[:-1], start[1:], strict=True):
        here = slice(first, last)
        every = against_others(stratum.part.weight)
        np.fill_diagonal(every, 0.0)
        own = moved[here]
        centre[here] = np.where(own, contrast[here] - every @ centre[here], centre[here])
        spread[here] = np.where(own, error[here] ** 2, spread[here])
        weight = bulk(centre[here] + back[here], stratum.part.weight)
        reference[here] = back[here] - weight @ (centre[here] + back[here])
        doubt[here] = weight**2 @ (spread[here] + also[here])
    mixtures = []
    for at, weight, mean, variance, apart in departures:
        mean = np.where(moved[at, None], centre[at, None], mean)
        variance = np.where(moved[at, None], spread[at, None], variance)
        total = variance + doubt[at, None] + also[at, None]
        known = np.isfinite(reference[at])
        middle = mean + reference[at, None]
        mixtures.append(_Mixtures(at[known], weight[known], middle[known], np.sqrt(total[known]), apart[known]))
    return mixtures


def _departures(kind: Alike, grid: Grid, *, practice: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and variances (B, cases x K) of the cells' departures, and probability of one apart (B,).

    A departure is the practice plus the enterprises' own by share. Of what the lines show, a practice keeps the share
    width / (width + ordinary + doubt of the grades); all that these goods depart by keeps the ordinary too.
    """
    doubt = kind.doubt[:, None]
    stays = grid.width**2 + (0.0 if practice else grid.ordinary)
    goes = doubt + (grid.ordinary if practice else 0.0)
    keep = stays / (stays + goes)
    none = np.zeros((len(kind.at), 1))
    own = [s.part.share[at[1:] - len(s.part.weight)] for s, at in zip(kind.strata, kind.at, strict=True)]
    share = np.hstack([none, np.array(own).reshape(len(kind.at), -1)])
    weights, means, variances, apart = [], [], [], np.zeros(len(kind.at))
    for case in kind.cases:
        part = share[:, case.who]
        slope = keep + (part * case.slope).sum(1)[:, None]
        weights.append(case.weight)
        means.append((1 - keep) * grid.centre + slope * case.mean + (part * case.at).sum(1)[:, None])
        rest = (part * times(case.cover, part)).sum(1)[:, None]
        variances.append(slope**2 * case.variance + keep * goes + rest)
        apart += case.weight.sum(1) if len(case.who) else 0.0
    return np.hstack(weights), np.hstack(means), np.hstack(variances), apart
