"""Everything that is drawn once, before the first line."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from analytics.simulation.world import bias as biases
from analytics.simulation.world import enterprises as firms_
from analytics.simulation.world import offences as offences_
from analytics.simulation.world import seasons as calendars
from analytics.simulation.world.geography import Geography, geography
from analytics.simulation.world.parameters import Parameters
from analytics.simulation.world.tariff import Tariff, tariff


@dataclass(frozen=True)
class World:
    """The simulated customs before its first declaration."""

    parameters: Parameters
    lines: int
    seed: int
    places: Geography
    goods: Tariff
    days: calendars.Calendar
    firms: firms_.Enterprises
    deals: firms_.Contracts
    bias: biases.Bias
    offences: offences_.Offences
    watched_chapter: np.ndarray  # bool: watch lists of the inspectors, which rest on habit more than on facts
    watched_country: np.ndarray
    watched_broker: np.ndarray
    watched_firm: np.ndarray  # bool: what intelligence says; right now and then
    reference_error: np.ndarray  # (k) log error of the inspectors' price list

    @cached_property
    def names(self) -> dict[str, pa.Array]:
        """Texts as Arrow arrays, made once for all blocks."""
        texts = {
            "firm": self.firms.identity,
            "declarant": np.concatenate([self.firms.brokers, self.firms.identity]),
            "code": self.goods.code,
            "country": self.places.countries,
            "district": self.places.districts,
            "port": self.places.ports,
        }
        return {name: pa.array(values, pa.string()) for name, values in texts.items()}

    @cached_property
    def units(self) -> tuple[pa.Array, np.ndarray]:
        """Names of the statutory units, and the unit of each code."""
        names, codes = np.unique(self.goods.unit, return_inverse=True)
        return pa.array(names, pa.string()), codes


def stream(seed: int, *key: int) -> np.random.Generator:
    """Random numbers of one part of the simulation, independent of every other part."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def world(p: Parameters, lines: int, seed: int) -> World:
    """Draw the customs of a seed."""
    places = geography(p.districts)
    goods = tariff(p, lines, places, stream(seed, 0, 1))
    days = calendars.calendar(p, lines, goods, stream(seed, 0, 2))
    ground = calendars.Ground(goods, places, days)
    firms = firms_.enterprises(p, lines, ground, stream(seed, 0, 3))
    deals = firms_.contracts(p, lines, ground, firms, stream(seed, 0, 4))
    crimes = offences_.offences(p, ground, firms, deals, stream(seed, 0, 6))
    rng = stream(seed, 0, 7)
    half_right = np.where(crimes.bad_broker, 0.5, 0.08)
    return World(
        parameters=p,
        lines=lines,
        seed=seed,
        places=places,
        goods=goods,
        days=days,
        firms=firms,
        deals=deals,
        bias=biases.bias(p, goods, places, firms, deals, stream(seed, 0, 5)),
        offences=crimes,
        watched_chapter=rng.random(len(goods.chapters)) < 0.2,
        watched_country=rng.random(len(places.countries)) < 0.2,
        watched_broker=rng.random(len(firms.brokers)) < half_right,
        watched_firm=rng.random(len(firms.home)) < np.where(crimes.offender, 0.5, 0.02),
        reference_error=rng.normal(0, 0.15, len(goods.code)),
    )
