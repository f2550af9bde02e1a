"""Populations of declaration lines with tails of different weight, and a risk score learnt a year earlier.

light  lines of the suite's simulated customs, last twelve months
heavy  the same lines, taints from a Pareto law (1.8, at most 20), concealed goods with no relation to what was declared
brutal taints from a Pareto law (1.3) without an upper end: the top line may hold a third of the gap
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from analytics.sampling import sizes
from analytics.simulation import simulate


@dataclass(frozen=True)
class People:
    """Lines of a year: tax collected, value, what is at stake, tax lost, cause (-1: none), risk."""

    name: str
    tax: np.ndarray
    value: np.ndarray
    size: np.ndarray
    lost: np.ndarray
    kind: np.ndarray
    score: np.ndarray

    @property
    def rate(self) -> float:
        """Full-collection rate without the part above the cap."""
        capped = np.minimum(self.lost, 2 * self.size).sum()
        return float(self.tax.sum() / (self.tax.sum() + capped))


def light(seed: int, lines: int = 200_000) -> People:
    """Simulated customs."""
    made = simulate(lines, seed, detail="full")
    _ = made.samples
    p, world = made._year.lines, made.world
    days = world.days.days[p.day]
    year = days >= np.datetime64("2025-01-01")
    features = np.column_stack([
        np.log(p.value / p.quantity) - world.goods.log_price[p.product], np.log(p.value),
        world.goods.duty[p.product], p.origin, world.goods.chapter[p.product], p.regime, p.district,
        np.log(world.firms.weight[p.firm]), p.broker % 64,
    ])  # fmt: skip
    d = made.declarations.drop_duplicates(["declaration_id", "line_no"])
    known = d["finding"].fillna(False).to_numpy(bool)
    asked = (d["inspected"].to_numpy(bool)) & d["finding"].notna().to_numpy() & (d["date"] < "2025-01-01").to_numpy()
    tree = HistGradientBoostingClassifier(max_iter=80, random_state=0).fit(features[asked], known[asked])
    score = np.maximum(tree.predict_proba(features[year])[:, 1], 1e-4)
    lost = np.maximum(p.lost[year], 0)
    size = sizes(p.tax[year], p.value[year])
    return People(f"light {seed}", p.tax[year], p.value[year], size, lost, p.kind[year], score)


def heavier(people: People, seed: int, tail: float, most: float, name: str) -> People:
    """The same lines with other losses."""
    rng = np.random.default_rng([seed, int(10 * tail)])
    wrong = people.kind >= 0
    taint = np.minimum(0.2 * (rng.pareto(tail, len(wrong)) + 1), most)
    lost = np.where(wrong, taint * people.size, 0.0)
    concealed = wrong & (rng.random(len(wrong)) < 0.08)
    lost[concealed] = np.median(people.size) * np.exp(1.5 * rng.standard_normal(int(concealed.sum())))
    return People(f"{name} {seed}", people.tax, people.value, people.size, lost, people.kind, people.score)


def at_rate(people: People, rate: float) -> People:
    """Scale what is lost, by keeping or doubling lines at random, until the capped rate is the one wanted."""
    wanted = people.tax.sum() * (1 - rate) / rate
    low, high = 0.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        got = np.minimum(people.lost * middle, 2 * people.size).sum()
        low, high = (middle, high) if got < wanted else (low, middle)
    return People(f"{people.name} R={rate}", people.tax, people.value, people.size, people.lost * low, people.kind,
                  people.score)  # fmt: skip
