"""Populations of declaration lines with tails of different weight, and a risk score learnt a year earlier.

light  lines of the suite's simulated customs, last twelve months
heavy  the same lines, taints from a Pareto law (1.8, at most 20), concealed goods with no relation to what was declared
brutal taints from a Pareto law (1.3) without an upper end: the top line may hold a third of the gap
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import smuggling
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
    """Simulated customs, with the risk pillar's own score: learnt from the targeted inspections of the year before.

    What was not yet known on 1 January is no outcome, and no outcome of the year drawn from is shown.
    """
    made = simulate(lines, seed, detail="full")
    _ = made.samples
    p, world = made._year.lines, made.world
    year = world.days.days[p.day] >= np.datetime64("2025-01-01")
    shown = made.declarations[list(simulate(200, 1).declarations.columns)]
    d = shown.drop_duplicates(["declaration_id", "line_no"], keep="last").reset_index(drop=True)
    later = d["date"] >= "2025-01-01"
    d.loc[later | (d["outcome_date"] >= "2025-01-01"), "finding"] = pd.NA
    d.loc[later, "inspected"] = False
    for name, nothing in (("recovered", np.nan), ("outcome_date", pd.NaT), ("selection_probability", np.nan)):
        d.loc[d["finding"].isna(), name] = nothing
    scored = smuggling.score(smuggling.fit(d[~later]), d)
    heads = p.declaration_id.to_pandas().to_numpy()[year]
    ours = pd.DataFrame({"declaration_id": heads, "line_no": p.line_no[year], "at": np.arange(int(year.sum()))})
    told = ours.merge(scored, how="left", on=["declaration_id", "line_no"]).drop_duplicates("at")["probability"]
    score = np.maximum(told.fillna(told.mean()).to_numpy(), 1e-4)
    size = sizes(p.tax[year], p.value[year])
    lost = np.maximum(p.lost[year], 0)
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
