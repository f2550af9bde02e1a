"""The random share by what it learns: a bandit on strata, with a floor under every unit's chance.

A fixed random tenth is spent evenly, mostly where nothing is to be learnt. Here a part of it stays even, so that the
rate of all units can still be told; the rest goes, draw by draw, to the stratum that may bring most, or back to
targeting where no stratum may bring as much as the next in the ranking.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

FLOOR = 0.3  # share of the random budget that is always drawn evenly
STRENGTH = 1.0  # findings, as expected, that a stratum starts with: how soon it is believed to differ from the model
GROUPS = 4  # of goods: the largest chapters, and all others
TARGETED = "targeted"


@dataclass
class Record:
    """What inspections of each stratum found, against what the model expected of them; both fade.

    Attributes
    ----------
    half_life : float, days
    found, expected : by stratum, faded to `day`
    draws : by stratum, all outcomes ever, not faded
    day : to which they are faded
    """

    half_life: float = 180.0
    found: dict[str, float] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)
    day: float = 0.0

    def learn(self, stratum: np.ndarray, expected: np.ndarray, found: np.ndarray, day: float) -> None:
        """Add outcomes that became known by `day`.

        Parameters
        ----------
        stratum : name of each unit's stratum
        expected : its chance of a finding, told before its outcome
        found : 1.0 or 0.0
        """
        fade = 0.5 ** (max(day - self.day, 0.0) / self.half_life)
        self.day = max(day, self.day)
        for kept in (self.found, self.expected):
            kept.update({name: fade * x for name, x in kept.items()})
        for name in pd.unique(stratum):
            at = stratum == name
            self.found[name] = self.found.get(name, 0.0) + float(found[at].sum())
            self.expected[name] = self.expected.get(name, 0.0) + float(expected[at].sum())
            self.draws[name] = self.draws.get(name, 0) + int(at.sum())

    def sampled(self, names: list[str], draws: int, rng: np.random.Generator) -> np.ndarray:
        """Draws of each stratum's multiplier (found over expected) from its gamma posterior: (draws, strata)."""
        k = np.array([self.found.get(n, 0.0) for n in names]) + STRENGTH
        e = np.array([self.expected.get(n, 0.0) for n in names]) + STRENGTH
        return np.asarray(rng.gamma(k, 1.0 / e, size=(draws, len(names))))

    def table(self) -> pd.DataFrame:
        """Stratum, outcomes, findings and expected findings (faded), multiplier."""
        rows = [
            (n, self.draws[n], self.found[n], self.expected[n],
             (STRENGTH + self.found[n]) / (STRENGTH + self.expected[n]))
            for n in self.draws
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["stratum", "outcomes", "findings", "expected", "multiplier"])


@dataclass(frozen=True)
class Shares:
    """How a budget is split.

    Attributes
    ----------
    targeted : units to be targeted
    even : random draws that every untargeted unit has an equal part in
    free : random draws by stratum beyond the even ones
    """

    targeted: int
    even: int
    free: dict[str, int]

    def chances(self, stratum: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Chance of every unit to be drawn; 0 for those not among `rest` (positions)."""
        chance = np.zeros(len(stratum))
        at, names = pd.factorize(stratum[rest])
        within = np.bincount(at, minlength=len(names))
        free = np.array([self.free.get(str(n), 0) for n in names], dtype=float)
        chance[rest] = np.minimum(self.even / max(len(rest), 1) + (free / np.maximum(within, 1))[at], 1.0)
        return chance


CUTS = (0.5, 0.75, 0.9)  # shares of the units below the bands of risk; no ranking reaches the lowest


@dataclass(frozen=True)
class Strata:
    """Bands of risk by chapter of goods.

    Attributes
    ----------
    cuts : risks at which bands begin
    chapters : those with strata of their own
    """

    cuts: np.ndarray
    chapters: tuple[str, ...]

    @classmethod
    def of(cls, risk: np.ndarray, chapter: np.ndarray) -> Strata:
        """Strata of units, by their own risks and largest chapters."""
        known = pd.Series(chapter).dropna().astype("str")
        return cls(np.quantile(risk, CUTS), tuple(known.value_counts().index[: GROUPS - 1]))

    def names(self, risk: np.ndarray, chapter: np.ndarray) -> np.ndarray:
        """Name of every unit's stratum, such as "2 84" (band, chapter) or "0 other"."""
        band = np.searchsorted(self.cuts, risk, side="right").astype(str)
        own = pd.Series(chapter).astype("object")
        group = own.where(own.isin(self.chapters), "other").to_numpy(dtype=str)
        return np.char.add(np.char.add(band, " "), group)


def share_out(
    record: Record, worth: np.ndarray, stratum: np.ndarray, budget: int, explore: float, rng: np.random.Generator
) -> Shares:
    """Split a budget between targeting, an even draw and strata.

    Parameters
    ----------
    record : Record
    worth : (n) what an inspection of each unit is expected to bring, by which targeting ranks
    stratum : (n) from `Strata.names`
    budget : units to be inspected
    explore : largest share of it that is drawn at random
    rng : numpy Generator

    Notes
    -----
    Thompson sampling: each free draw goes to the arm whose sampled yield is highest; an arm is a stratum (mean worth of
    its untargeted units times its sampled multiplier) or the next in the ranking (its worth times the sampled
    multiplier of the targeted ones). At least `FLOOR` of the random budget is even, so that no chance falls below
    `FLOOR` times that of a fixed share and weights of the random stream stay bounded. Source: Thompson (1933),
    Biometrika 25; Chapelle and Li (2011), NeurIPS 24.
    """
    random = min(round(budget * explore), len(worth))
    even = min(int(np.ceil(FLOOR * random)), random)
    order = np.argsort(-worth, kind="stable")
    left = order[budget - random :]  # what the least targeting leaves
    code, names = pd.factorize(stratum[left])
    size = np.bincount(code, minlength=len(names))
    mean = np.bincount(code, np.nan_to_num(worth[left]), len(names)) / np.maximum(size, 1)
    free, taken = np.zeros(len(names), dtype=int), 0
    for sample in record.sampled([*map(str, names), TARGETED], random - even, rng):
        by = np.where(free < size // 4, mean * sample[:-1], -np.inf)
        if not len(by) or sample[-1] * worth[left[taken]] >= by.max():
            taken += 1
        else:
            free[np.argmax(by)] += 1
    return Shares(budget - random + taken, even, {str(n): int(f) for n, f in zip(names, free, strict=True) if f})
