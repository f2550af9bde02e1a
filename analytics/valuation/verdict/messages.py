"""Cells of a stratum and what each has told the others: normal messages, renewed cell by cell (Minka 2001)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.valuation.regression.information import Information
from analytics.valuation.verdict.departures import Case, Grid, cases, moments, times

_KEPT = 0.4  # damping: how much of a cell's last message stays


@dataclass(frozen=True)
class Part:
    """A stratum: what its lines say, and who is who.

    Attributes
    ----------
    known : information on its G groups and C large enterprises
    weight : (G,) value of each group, its weight among the others
    group : (C,) position of the group of each large enterprise
    share : (C,) its share of the group
    mix, doubt : (G,) what the mix of grades adds to each group, and the variance that this leaves unknown
    back : (G,) what alignment took off each group (log), to be put back
    contrast, error : (G,) the mixed model's contrast of aligned prices with its standard error, in place of a departure
        drawn towards zero, where alignment moved the group; missing elsewhere
    goods : (G,) variance of the honest product x district differences that a level of these goods holds
    members : (G,) variance of `back`, where it is not known which lines belong to a practice
    firm : (C,) code of each large enterprise where its own price is its group's alone in this stratum, else -1
    """

    known: Information
    weight: np.ndarray
    group: np.ndarray
    share: np.ndarray
    mix: np.ndarray
    doubt: np.ndarray
    back: np.ndarray
    contrast: np.ndarray
    error: np.ndarray
    goods: np.ndarray
    members: np.ndarray
    firm: np.ndarray

    @classmethod
    def plain(cls, known: Information, weight: np.ndarray, group: np.ndarray, share: np.ndarray) -> Part:
        """Nothing aligned, no grades: the lines speak for themselves."""
        none, missing = np.zeros(len(weight)), np.full(len(weight), np.nan)
        nobody = np.full(len(group), -1)
        return cls(known, weight, group, share, none, none, none, missing, missing, none, none, nobody)


class Messages:
    """A stratum's cells with what each has told the others: a normal message a cell."""

    def __init__(self, part: Part) -> None:
        self.part = part
        size, groups = len(part.known.score), len(part.weight)
        self.score = part.known.score - part.known.matrix[:, :groups] @ part.mix
        self.lines = replace(part.known, score=self.score)
        start = np.where(np.arange(size) < groups, 1 / 0.03**2, 1 / 0.02**2)
        self.precision, self.pull = np.diag(start), np.zeros(size)
        self.inverse, self.mean = self.precision, self.pull
        own = [groups + np.flatnonzero(part.group == g) for g in range(groups)]
        self.members = [np.concatenate([[g], at]).astype(np.int64) for g, at in enumerate(own)]

    def solve(self) -> None:
        """Put the lines and all messages together."""
        self.inverse = np.linalg.inv(self.part.known.matrix + self.precision)
        self.mean = self.inverse @ (self.score + self.pull)


@dataclass
class Alike:
    """Cells with the same number m of effects, of all strata: they are judged in one stroke.

    Attributes
    ----------
    strata : messages of the stratum of each cell
    group : position of each cell's group in its stratum
    at : (B, m) positions of its effects
    doubt : (B,) variance of what the mix of grades may still add
    cases : posterior of the cells
    """

    strata: list[Messages]
    group: list[int]
    at: np.ndarray
    doubt: np.ndarray
    cases: list[Case]

    def update(self, grid: Grid) -> None:
        """Judge every cell by its own lines and the others' messages, and renew its message."""
        blocks = [(stratum, at, np.ix_(at, at)) for stratum, at in zip(self.strata, self.at, strict=True)]
        told = np.stack([stratum.precision[block] for stratum, _, block in blocks])
        pulled = np.stack([stratum.pull[at] for stratum, at, _ in blocks])
        whole = np.linalg.inv(np.stack([stratum.inverse[block] for stratum, _, block in blocks]))
        matrix = whole - told
        score = times(whole, np.stack([stratum.mean[at] for stratum, at, _ in blocks])) - pulled
        self.cases = cases(matrix, score, self.doubt, grid)
        centre, cover = moments(self.cases, self.at.shape[1])
        message = _inverse(cover + 1e-7 * np.eye(self.at.shape[1])) - matrix
        size, axes = np.linalg.eigh((message + message.transpose(0, 2, 1)) / 2)
        message = (axes * np.clip(size, 1.0, 1e6)[:, None, :]) @ axes.transpose(0, 2, 1)
        pull = times(matrix + message, centre) - score
        message, pull = _KEPT * told + (1 - _KEPT) * message, _KEPT * pulled + (1 - _KEPT) * pull
        for number, (stratum, at, block) in enumerate(blocks):
            stratum.precision[block], stratum.pull[at] = message[number], pull[number]


def _inverse(cover: np.ndarray) -> np.ndarray:
    """Inverses; where lines say next to nothing of an effect, a cover has no usual one."""
    try:
        return np.linalg.inv(cover)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(cover, hermitian=True)


def grouped(strata: list[Messages]) -> list[Alike]:
    """Put cells of the same number of effects together."""
    cells: dict[int, list[tuple[Messages, int, np.ndarray]]] = {}
    for stratum in strata:
        for group, at in enumerate(stratum.members):
            cells.setdefault(len(at), []).append((stratum, group, at))
    found = []
    for _, rows in sorted(cells.items()):
        messages, groups, at = zip(*rows, strict=True)
        doubt = np.array([message.part.doubt[group] for message, group in zip(messages, groups, strict=True)])
        found.append(Alike(list(messages), list(groups), np.stack(at), doubt, []))
    return found
