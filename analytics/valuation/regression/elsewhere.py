"""What a large enterprise shows in other chapters tells its own price: it need not be taken for its group's level.

An enterprise prices a little above or below others wherever it declares. Where few of them hold a group, that is most
of what is uncertain about the group. Its lines in the other chapters, once these groups' own departures are allowed
for, tell how far it does; what is told replaces the common prior of its effect. In the matrix and score of a stratum
this is a change of rank one an enterprise, since the effect's column is there: no line is looked at again. Source:
Henderson (1975) for the equations; Woodbury (1950) for the update; Minka (2001) for what one stratum tells the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.valuation.regression.information import Information

LEAST_SHARED = 1e-4  # variance (log) of enterprises below which nothing is to be learnt elsewhere
MOST_EXPLAINED = 0.035  # of a group's log level, at most, is put down to what its enterprises do in other chapters
EVERYWHERE, OFTEN = 0.1, 0.05  # spread (log) of what districts do to all their goods, and how often one does
MOST_LIKELY = 0.2  # probability of that from which on nothing is put down to single enterprises


@dataclass(frozen=True)
class Seen:
    """What the lines of a stratum tell of its large enterprises' own prices.

    Attributes
    ----------
    firm : (C,) code of each enterprise, -1 where its effect is not that of one group of the stratum
    precision, pull : (C,) normal message
    """

    firm: np.ndarray
    precision: np.ndarray
    pull: np.ndarray


@dataclass(frozen=True)
class Prior:
    """Mean and variance (C,) that other strata give the large enterprises of one stratum."""

    mean: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class Explained:
    """Groups of a stratum whose levels (G,) enterprises may explain: group (C,) of each and its share of it."""

    level: np.ndarray
    group: np.ndarray
    share: np.ndarray


def seen(known: Information, firm: np.ndarray, prior: Prior, mean: np.ndarray, cover: np.ndarray) -> Seen:
    """Message of a stratum on its large enterprises.

    Parameters
    ----------
    known : its information, with effects of enterprises as `prior` has them
    firm : (C,) codes, -1 for none
    mean, cover : (G + C,) and (G + C, G + C), what its effects are taken to be
    """
    groups = len(known.groups)
    rows = known.matrix[groups:]
    rest = known.score[groups:] - rows @ mean
    shrink = np.diag(known.matrix)[groups:] - ((rows @ cover) * rows).sum(1)
    variance = np.clip(prior.variance * (1 - prior.variance * shrink), 1e-3 * prior.variance, prior.variance)
    own = prior.mean + prior.variance * rest
    precision = 1 / variance - 1 / prior.variance
    return Seen(firm, precision, np.where(precision > 0, own / variance - prior.mean / prior.variance, 0.0))


def elsewhere(told: Sequence[Seen], shared: float) -> list[Prior]:
    """What all other strata tell of each stratum's large enterprises, whose prices scatter by variance `shared`."""
    firm = np.concatenate([one.firm for one in told])
    precision, pull = (np.concatenate([getattr(one, name) for one in told]) for name in ("precision", "pull"))
    able = firm >= 0
    size = int(firm.max(initial=-1)) + 1
    total, sums = (np.bincount(firm[able], x[able], size) for x in (precision, pull))
    found = []
    for one in told:
        mine = one.firm >= 0
        at = one.firm[mine]
        variance, mean = np.full(len(one.firm), shared), np.zeros(len(one.firm))
        variance[mine] = 1 / (1 / shared + np.maximum(total[at] - one.precision[mine], 0.0))
        mean[mine] = variance[mine] * np.where(variance[mine] < shared, sums[at] - one.pull[mine], 0.0)
        found.append(Prior(mean, variance))
    return found


def explains_much(prior: Prior, part: Explained, shared: float) -> np.ndarray:
    """True for groups that others' chapters may not explain, (G,).

    What all goods of a district depart by is nobody's own price: there each chapter is judged by its own lines. So at
    most `MOST_EXPLAINED` of a departure is put down to what its enterprises do elsewhere. What would stand against it
    (enterprises that are dear elsewhere, in a group that is not) is believed where it is no more than so many
    enterprises differ by honestly, each with variance `shared`; else it may be the other chapters that are off.
    """
    size = len(part.level)
    told = np.bincount(part.group, part.share * prior.mean, size)
    honest = np.bincount(part.group, part.share**2 * np.maximum(shared - prior.variance, 0.0), size)
    honest = np.maximum(honest, LEAST_SHARED**2)
    everywhere = honest + EVERYWHERE**2
    log = 0.5 * told**2 * (1 / honest - 1 / everywhere) - 0.5 * np.log(everywhere / honest)
    likely = log > np.log(MOST_LIKELY / (1 - MOST_LIKELY) * (1 - OFTEN) / OFTEN)
    against = told * np.nan_to_num(part.level) < 0
    return (np.abs(told) > MOST_EXPLAINED) & (~against | likely)


def without(prior: Prior, firms: np.ndarray, shared: float) -> Prior:
    """Prior in which some enterprises (C,) have the common one again."""
    return Prior(np.where(firms, 0.0, prior.mean), np.where(firms, shared, prior.variance))


def renewed(known: Information, prior: Prior, shared: float) -> Information:
    """Information of a stratum once its large enterprises' effects have another prior than N(0, `shared`)."""
    groups = len(known.groups)
    at = groups + np.flatnonzero(prior.variance < shared)
    if not len(at):
        return known
    change = (prior.variance[at - groups] - shared)[:, None]
    rows = known.matrix[at]
    inner = np.linalg.solve(np.eye(len(at)) + change * known.matrix[np.ix_(at, at)], change * rows)
    matrix = known.matrix - rows.T @ inner
    matrix = (matrix + matrix.T) / 2
    score = known.score - inner.T @ known.score[at] - matrix[:, at] @ prior.mean[at - groups]
    return replace(known, matrix=matrix, score=score)
