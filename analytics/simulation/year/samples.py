"""A random sample of the last twelve months' lines, inspected by one team and, for a random half, blind by a second."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sampling import EVENLY, VALUE_WEIGHT, chances, systematic
from analytics.simulation.details.append import CAUSES
from analytics.simulation.world.world import World, stream
from analytics.simulation.year.population import Population

LINES = 2_000
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
    size = s.tax + VALUE_WEIGHT * s.value
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
    size = year.tax + VALUE_WEIGHT * year.value
    chance = chances((1 - EVENLY) * size / size.sum() + EVENLY / len(size), min(number, len(size) // 3))
    drawn = systematic(chance, rng)
    return drawn, chance[drawn]


def compliance_truth(world: World, lines: Population) -> pd.DataFrame:
    """What was due in the last twelve months and not collected, by cause; one row of all."""
    year = lines.last_year(world)
    cause = np.where(year.kind >= 0, CAUSES[np.maximum(year.kind, 0)], "none")
    frame = pd.DataFrame({"cause": cause, "lines": 1, "tax": year.tax, "tax_lost": year.lost})
    by_cause = frame.groupby("cause", as_index=False).sum()
    total = by_cause.drop(columns="cause").sum().to_frame().T.assign(cause="all")
    return pd.concat([by_cause, total], ignore_index=True)[["cause", "lines", "tax", "tax_lost"]]
