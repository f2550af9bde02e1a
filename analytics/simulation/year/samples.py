"""A random sample of the last twelve months' lines, inspected by one team and, for a random half, blind by a second."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.simulation.details.append import CAUSES
from analytics.simulation.world.world import World, stream
from analytics.simulation.year.population import Population

LINES = 2_000
_VALUE_WEIGHT, _EVENLY = 0.10, 0.35  # of the size measure; share drawn with equal chances
SKILL = 0.78
"""Chance with which a careful team finds what is wrong on a line."""


def samples(world: World, lines: Population, number: int = LINES) -> pd.DataFrame:
    """Draw and inspect; the probabilities are those of the draw, exactly.

    Drawn with probabilities proportional to tax and value (65 %) and evenly (35 %), systematically from a random
    order. Each team finds what is wrong on a line with probability .78, independently of the other.
    """
    year, rng = lines.last_year(world), stream(world.seed, 5, 1)
    drawn, chance = draw(year, rng, number)
    s = year.part(drawn)
    size = s.tax + _VALUE_WEIGHT * s.value
    n = len(drawn)
    wrong = s.kind >= 0
    first, second = wrong & (rng.random(n) < SKILL), wrong & (rng.random(n) < SKILL)
    twice = rng.random(n) < 0.5
    names, codes, countries = world.firms.identity, world.goods.code, world.places.countries
    date = world.days.days[s.day]
    return pd.DataFrame(
        {
            "declaration_id": pd.Series(s.declaration_id.to_pylist(), dtype="str"),
            "line_no": s.line_no,
            "drawn_on": date.astype("datetime64[us]"),
            "stratum": pd.Series(np.where(chance >= 1, "all", "drawn"), dtype="str"),
            "probability": chance,
            "size": np.round(size, 2),
            "district": pd.Series(world.places.districts[s.district], dtype="str"),
            "enterprise_id": pd.Series(names[s.firm], dtype="str"),
            "hs_code": pd.Series(codes[s.product], dtype="str"),
            "value": np.round(s.value, 2),
            "tax": s.tax,
            "inspected_on": np.minimum(date + rng.integers(3, 30, n), world.days.days[-1]).astype("datetime64[us]"),
            "confirmed_value": np.where(first, s.true_value, np.round(s.value, 2)),
            "confirmed_hs_code": pd.Series(codes[np.where(first, s.true_product, s.product)], dtype="str"),
            "confirmed_origin": pd.Series(countries[np.where(first, s.true_origin, s.origin)], dtype="str"),
            "confirmed_tax": np.round(s.tax + np.where(first, s.lost, 0.0), 2),
            "cause": pd.Series(np.where(first, CAUSES[np.maximum(s.kind, 0)], "none"), dtype="str"),
            "second_tax": np.where(twice, np.round(s.tax + np.where(second, s.lost, 0.0), 2), np.nan),
        }
    )


def draw(year: Population, rng: np.random.Generator, number: int = LINES) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the lines drawn, and the chance of each."""
    size = year.tax + _VALUE_WEIGHT * year.value
    chance = probabilities((1 - _EVENLY) * size / size.sum() + _EVENLY / len(size), min(number, len(size) // 3))
    drawn = _systematic(chance, rng)
    return drawn, chance[drawn]


def probabilities(share: np.ndarray, number: int) -> np.ndarray:
    """Chances that add up to `number`, none above one: who would be above is taken with certainty."""
    certain = np.zeros(len(share), dtype=bool)
    chance = np.zeros(len(share))
    for _ in range(50):
        left = number - int(certain.sum())
        chance = np.where(certain, 1.0, left * share / max(float(share[~certain].sum()), 1e-300))
        above = (chance >= 1) & ~certain
        if not above.any():
            break
        certain |= above
    return np.minimum(chance, 1.0)


def _systematic(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    order = rng.permutation(len(chance))
    total = np.cumsum(chance[order])
    points = np.arange(rng.random(), total[-1], 1.0)
    return np.unique(order[np.minimum(np.searchsorted(total, points, side="right"), len(order) - 1)])


def compliance_truth(world: World, lines: Population) -> pd.DataFrame:
    """What was due in the last twelve months and not collected, by cause; one row of all."""
    year = lines.last_year(world)
    cause = np.where(year.kind >= 0, CAUSES[np.maximum(year.kind, 0)], "none")
    frame = pd.DataFrame({"cause": cause, "lines": 1, "tax": year.tax, "tax_lost": year.lost})
    by_cause = frame.groupby("cause", as_index=False).sum()
    total = by_cause.drop(columns="cause").sum().to_frame().T.assign(cause="all")
    return pd.concat([by_cause, total], ignore_index=True)[["cause", "lines", "tax", "tax_lost"]]
