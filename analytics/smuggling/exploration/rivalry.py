"""Two years of weekly selection against enterprises that react: a fixed random tenth beside one that adapts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.sampling import systematic
from analytics.simulation.driven import Customs, Month
from analytics.smuggling.exploration.bandit import TARGETED, Record, Shares, Strata, share_out
from analytics.smuggling.exploration.light import Light
from analytics.smuggling.features.frames import prepare
from analytics.smuggling.features.peers import Peers
from analytics.smuggling.features.units import Units

WARM_UP = 3  # months that the customs' own rules choose, alike for all
WEEKS = np.array([0, 7, 14, 21, 31])  # days of a month at which its selections begin
COLUMNS = (
    "month", "units", "inspected", "random", "hits", "found", "stake", "wrong", "estimate", "low95", "high95",
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How a player explores.

    Attributes
    ----------
    explore : share of the budget for the random draw, the largest where it adapts
    adapts : by `bandit.share_out`, otherwise evenly
    all_known : learns the outcome of every line, inspected or not: what better exploration could at most teach
    """

    explore: float = 0.1
    adapts: bool = False
    all_known: bool = False


WAYS = {"fixed": Way(), "adaptive": Way(adapts=True), "no random": Way(0.0), "all known": Way(0.0, all_known=True)}


@dataclass
class Known:
    """Lines with an outcome so far, and what is still on its way.

    Attributes
    ----------
    X, label, day, arrives : by block of lines
    units : outcomes of units that the record has not learnt: stratum, expected, found, day on which they arrive
    """

    X: list[sparse.csr_matrix] = field(default_factory=list)
    label: list[np.ndarray] = field(default_factory=list)
    day: list[np.ndarray] = field(default_factory=list)
    arrives: list[np.ndarray] = field(default_factory=list)
    units: list[pd.DataFrame] = field(default_factory=list)

    def add(self, X: sparse.csr_matrix, label: np.ndarray, day: np.ndarray, arrives: np.ndarray) -> None:
        """Remember lines whose outcomes will arrive."""
        self.X.append(X)
        self.label.append(label)
        self.day.append(day)
        self.arrives.append(arrives)

    def fitted(self, light: Light, today: float) -> Light:
        """The model on what has arrived."""
        here = np.concatenate(self.arrives) < today
        X = sparse.vstack(self.X, format="csr")[here]
        return light.fit(X, np.concatenate(self.label)[here], today - np.concatenate(self.day)[here])


@dataclass
class Player:
    """Who selects: by which way, of how much, and what it has learnt.

    Attributes
    ----------
    way, rate : see `play`
    rng : numpy Generator of its draws
    """

    way: Way
    rate: float
    rng: np.random.Generator
    known: Known = field(default_factory=Known)
    record: Record = field(default_factory=Record)

    def split(self, worth: np.ndarray, name: np.ndarray) -> Shares:
        """The week's budget: evenly, or by what the record says."""
        budget = round(self.rate * len(worth))
        if self.way.adapts:
            return share_out(self.record, worth, name, budget, self.way.explore, self.rng)
        random = round(budget * self.way.explore)
        return Shares(budget - random, random, {})

    def learn(self, today: float) -> None:
        """Let the record take in the units whose outcomes have arrived."""
        waiting = []
        for units in self.known.units:
            done = units["arrives"] < today
            if done.any():
                u = units[done]
                self.record.learn(u["stratum"].to_numpy(), u["expected"].to_numpy(), u["found"].to_numpy(), today)
            waiting.append(units[~done])
        self.known.units = [u for u in waiting if len(u)]


def play(customs: Customs, way: Way, rate: float = 0.04, seed: int = 0) -> pd.DataFrame:
    """Play all months of a customs.

    Parameters
    ----------
    customs : Customs, fresh
    way : Way
    rate : share of the declarations inspected
    seed : of the draws

    Returns
    -------
    DataFrame, one row a month after the warm-up: `COLUMNS`. found and stake are tax found and tax lost on all lines,
    wrong the share of declarations with a finding to be had; estimate with its interval is that share as the random
    draws since the warm-up tell it.
    """
    player, drawn, early, rows = Player(way, rate, np.random.default_rng(seed)), [], [], []
    light: Light | None = None
    for number, month in enumerate(customs.months()):
        lines = prepare(month.declarations)
        if light is None:
            early.append((month, lines))
            customs.tell(month, np.flatnonzero(month.by_rule & month.finding))
            if len(early) == WARM_UP:
                light = _warmed_up(player, early)
            continue
        today = float(lines["day"].min())
        player.known.fitted(light, today)
        player.learn(today)
        row, sample = _Turn(month, lines, light.matrix(lines), light, Units.of(lines)).play(customs, player)
        drawn.append(sample)
        rows.append((number, *row, *_rate(pd.concat(drawn, ignore_index=True))))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _warmed_up(player: Player, early: list[tuple[Month, pd.DataFrame]]) -> Light:
    """The model with the peers of the first months, and their outcomes known to the player."""
    light = Light(Peers().fit(pd.concat([lines for _, lines in early], ignore_index=True)))
    for month, lines in early:
        at = np.flatnonzero(month.by_rule | player.way.all_known)
        player.known.add(light.matrix(lines.iloc[at]), *_outcomes(month, lines, at))
    return light


def _outcomes(month: Month, lines: pd.DataFrame, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Label, day, and day of arrival of the lines at `at`."""
    day = lines["day"].to_numpy()[at]
    wait = (month.outcome[at] - lines["date"].to_numpy()[at].astype("datetime64[D]")).astype(float)
    return month.finding[at].astype(float), day, day + wait


@dataclass(frozen=True)
class _Turn:
    """A month as a player sees it."""

    month: Month
    lines: pd.DataFrame
    X: sparse.csr_matrix
    light: Light
    units: Units

    def play(self, customs: Customs, player: Player) -> tuple[tuple[float, ...], pd.DataFrame]:
        """Select week by week, tell the enterprises, remember; sums of the month, and its units."""
        units, p = self.units, self.light.predict(self.X)
        tax = np.nan_to_num(self.lines["tax"].to_numpy(dtype=float))
        risk = np.nan_to_num(units.most(p))
        worth = risk * np.sqrt(np.maximum(units.total(tax), 1.0))
        chapter = self.lines["hs2"].to_numpy(dtype=object)[units.first]
        name = Strata.of(worth, chapter).names(worth, chapter)
        chosen, chance = self._chosen(player, worth, name)
        targeted = chosen & (chance == 0)
        at = np.flatnonzero(chosen[units.code])
        customs.tell(self.month, at[self.month.finding[at]])
        learnt = np.arange(len(p)) if player.way.all_known else at
        player.known.add(self.X[learnt], *_outcomes(self.month, self.lines, learnt))
        found = units.some(self.month.finding).astype(float)
        arrives = units.most(self.lines["day"].to_numpy() + 28.0)
        player.known.units.append(
            pd.DataFrame(
                {"stratum": np.where(targeted, TARGETED, name)[chosen], "expected": risk[chosen],
                 "found": found[chosen], "arrives": arrives[chosen]}
            )
        )  # fmt: skip
        brought = float((self.month.stake * self.month.finding)[at].sum())
        sample = pd.DataFrame({"chance": chance, "drawn": chosen & ~targeted, "found": found, "targeted": targeted})
        row = (
            len(units), chosen.sum(), sample["drawn"].sum(), found[chosen].sum(), brought, self.month.stake.sum(),
            found.mean(),
        )  # fmt: skip
        return row, sample

    def _chosen(self, player: Player, worth: np.ndarray, name: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Units inspected, week by week, and the chance with which each untargeted one was drawn."""
        chosen, chance = np.zeros(len(worth), dtype=bool), np.zeros(len(worth))
        week = np.digitize(self.lines["date"].dt.day.to_numpy()[self.units.first] - 1, WEEKS[1:])
        for w in np.unique(week):
            here = np.flatnonzero(week == w)
            shares = player.split(worth[here], name[here])
            order = np.argsort(-worth[here], kind="stable")
            of_week = shares.chances(name[here], order[shares.targeted :])
            chosen[here[order[: shares.targeted]]] = True
            chance[here] = of_week
            if of_week.sum() > 0:
                chosen[here[systematic(of_week, player.rng)]] = True
        return chosen, chance


def _rate(sample: pd.DataFrame) -> tuple[float, float, float]:
    """Share of units with a finding, by the random draws and their chances, with a 95 % interval."""
    drawn = sample["drawn"].to_numpy(dtype=bool)
    if not drawn.any():
        return float("nan"), float("nan"), float("nan")
    weight = 1.0 / sample["chance"].to_numpy()[drawn]
    y, n = sample["found"].to_numpy()[drawn], len(sample)
    others = n - int(sample["targeted"].sum())
    mean = float(weight @ y / weight.sum())
    sd = float(np.sqrt(np.sum((weight * (y - mean)) ** 2)) / weight.sum())
    sure = float(sample.loc[sample["targeted"], "found"].sum()) / n
    value, width = sure + others / n * mean, 1.96 * others / n * sd
    return value, max(value - width, 0.0), value + width
