"""What a strategy of the weekly loop plays with, chooses and learns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.base import clone

from analytics.smuggling.features.history import OUTCOMES, key_codes
from analytics.smuggling.features.running import Asked, Running
from analytics.smuggling.features.units import Units
from analytics.smuggling.models.blend import Blend
from analytics.smuggling.models.risk_model import RiskModel
from analytics.smuggling.models.rules import expert_rules
from analytics.smuggling.selection.choice import select
from analytics.smuggling.selection.estimation import finding_rate

TREES = 40  # enough to compare strategies with each other


@dataclass(frozen=True)
class Strategy:
    """How a week's lines are chosen.

    Attributes
    ----------
    ranking : "model", "rules" or "random"
    explore : share of the budget drawn at random
    exponent : power of the expected amount by which the model's probability is multiplied (0: hit rate only)
    """

    ranking: str
    explore: float = 0.0
    exponent: float = 0.0


@dataclass(frozen=True)
class Game:
    """What every strategy plays with.

    Attributes
    ----------
    model : RiskModel with its training lines
    X, lines : features of the lines, and the lines
    units : declarations (or lines), what a strategy chooses
    answer, tax : what an inspection of each line would find, and bring
    rate, delay, seed, learner : see `loop`
    """

    model: RiskModel
    X: pd.DataFrame
    lines: pd.DataFrame
    units: Units
    answer: np.ndarray
    tax: np.ndarray
    rate: float
    delay: int
    seed: int
    learner: str

    @cached_property
    def day(self) -> np.ndarray:
        """Day of every line."""
        return self.lines["day"].to_numpy()

    @cached_property
    def week(self) -> np.ndarray:
        """Week of every line, from 0."""
        return ((self.day - self.day.min()) // 7).astype(int)

    @cached_property
    def codes(self) -> dict[str, np.ndarray] | None:
        """Keys of the record, None where the model keeps none."""
        return key_codes(self.lines) if self.model.features.record else None

    @cached_property
    def amounts(self) -> np.ndarray:
        """Expected amount of a finding on every line."""
        values = (self.lines[c].to_numpy() for c in ("tax", "value"))
        return np.maximum(self.model.recovery.predict(self.X, *values), 1e-9)

    @cached_property
    def fixed(self) -> dict[str, np.ndarray]:
        """Rankings that do not learn."""
        luck = np.random.default_rng(self.seed).random(len(self.units))
        return {"random": luck[self.units.code], "rules": expert_rules(self.X)}

    @cached_property
    def found(self) -> np.ndarray:
        """What an inspection of every unit would find."""
        return self.units.some(self.answer > 0).astype(float)

    @cached_property
    def at_stake(self) -> np.ndarray:
        """Tax that the findings of every unit would bring."""
        return self.units.total(self.answer * self.tax)

    def learnt(self, X: pd.DataFrame, label: np.ndarray) -> Blend:
        """The learner fitted on lines with outcomes."""
        blend = clone(self.model.blend).set_params(names=(self.learner,), seed=self.seed, trees=TREES)
        return blend.fit(X, label)

    @cached_property
    def start(self) -> Blend:
        """The learner on the recorded outcomes: all strategies begin with it."""
        assert self.model.training is not None
        return self.learnt(*self.model.training)

    def with_outcomes(self, at: np.ndarray, chosen: np.ndarray) -> pd.DataFrame:
        """Features of a week's lines with the record as a strategy knows it that chose `chosen`."""
        part = self.X.iloc[at]
        if self.codes is None or not chosen.any():
            return part
        history, own = self.model.features.history_, np.flatnonzero(chosen)
        known = self.day[own] + self.delay
        weight = 2.0 ** ((known - history.origin_) / history.half_life)
        values = dict(zip(OUTCOMES, [weight, weight * self.answer[own]], strict=True))
        found = {n: Running.summed(c[own], known, values) for n, c in self.codes.items()}
        asked = {n: Asked.of(c[at], self.day[at]) for n, c in self.codes.items()}
        rates = history.rates(self.lines.iloc[at], [history.outcomes_, found], asked)
        kept = [c for c in rates.columns if c in part.columns]
        return part.assign(**{c: rates[c].to_numpy() for c in kept})


class Play:
    """What one strategy has chosen and learnt so far."""

    def __init__(self, name: str, how: Strategy, game: Game) -> None:
        self.name, self.how, self.game = name, how, game
        self.model = game.start
        self.chosen = np.zeros(len(game.units), dtype=bool)
        self.random = np.zeros(len(game.units), dtype=bool)  # those of the random stream
        self.seen: list[pd.DataFrame] = []  # features of lines that could be chosen, block by block
        self.at: list[np.ndarray] = []

    def block(self, first: int, at: np.ndarray) -> Iterator[tuple[object, ...]]:
        """Play the weeks from `first` on whose lines stand at `at`; one row of the result a week."""
        g = self.game
        score = self._score(first, at)
        for w in np.unique(g.week[at]):
            here = at[g.week[at] == w]
            unit, first_line = np.unique(g.units.code[here], return_index=True)
            lines = pd.DataFrame({"score": score[here], "declaration_id": g.units.code[here]})
            drawn = select(lines, g.rate, self.how.explore, least_random=0.0, seed=g.seed + w).iloc[first_line]
            self.chosen[unit] = drawn["selected"].to_numpy()
            self.random[unit] = (drawn["stream"] == "random").fillna(False).to_numpy(dtype=bool)
            yield self._row(int(w), unit)

    def _score(self, first: int, at: np.ndarray) -> np.ndarray:
        g = self.game
        if self.how.ranking != "model" or not len(at):
            return g.fixed["random" if self.how.ranking == "random" else "rules"]
        if first:
            self._refit(g.day + g.delay < g.day.min() + 7 * first)
        part = g.with_outcomes(at, self.chosen[g.units.code])
        self.seen.append(part)
        self.at.append(at)
        score = np.full(len(g.lines), np.nan)
        score[at] = g.model.platt.transform(self.model.predict(part)) * g.amounts[at] ** self.how.exponent
        return score

    def _refit(self, arrived: np.ndarray) -> None:
        """Learn from the recorded outcomes and those of the strategy's own choices that have arrived."""
        g = self.game
        assert g.model.training is not None
        X, label = g.model.training
        position = np.concatenate(self.at)
        known = (self.chosen[g.units.code] & arrived)[position]
        own = pd.concat(self.seen, ignore_index=True)[known]
        self.model = g.learnt(pd.concat([X, own], ignore_index=True), np.r_[label, g.answer[position[known]]])

    def _row(self, w: int, unit: np.ndarray) -> tuple[object, ...]:
        """One week in the columns of `COLUMNS`."""
        g = self.game
        day, week = g.day[g.units.first], g.week[g.units.first]
        chosen, so_far = unit[self.chosen[unit]], week <= w
        done = self.chosen & so_far & (day < g.day.min() + 7 * (w + 1) - g.delay)
        past = pd.DataFrame(
            {
                "label": np.where(done, g.found, np.nan),
                "inspected": self.chosen,
                "selection_stream": pd.Series(np.where(self.random, "random", "targeted"), dtype="str").to_numpy(),
            }
        )[so_far]
        r = finding_rate(past) if done.any() else None
        told = (np.nan, np.nan, np.nan)
        if r is not None:
            told = (r.value, r.low, r.high) if (self.random & done).any() else (r.naive, np.nan, np.nan)
        return (
            self.name, w + 1, len(unit), len(chosen), g.found[chosen].sum(), g.at_stake[chosen].sum(),
            g.at_stake[unit].sum(), g.found[so_far].mean(), done.sum(), g.found[done].sum(), *told,
        )  # fmt: skip
