"""What belongs to contracts, enterprises, ports and officers and is drawn once, from random numbers of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.simulation.details.words import MANNERS, wordings
from analytics.simulation.world.enterprises import REGIMES
from analytics.simulation.world.world import World, stream

TERMS = np.array(["CIF", "FOB", "CFR", "EXW", "DAP"])
_TERM_SHARE = np.array([0.58, 0.24, 0.09, 0.05, 0.04])
_HUBS = ("HK", "SG", "NL", "AE")
PROCESSING = np.isin(REGIMES, ["0615", "0214"])
_BONDED = int(np.flatnonzero(REGIMES == "1233")[0])
_EXEMPT_CHAPTERS = ("84", "85", "90")


@dataclass(frozen=True)
class Nature:
    """Attributes by contract (c), enterprise (e), port (p) and officer (o)."""

    wordings: pa.Array  # texts, each once
    wording: np.ndarray  # (manner x code) position in `wordings`
    manner: np.ndarray  # (c)
    model: np.ndarray  # (c) number of the model
    brand: np.ndarray  # (c)
    brands: pa.Array
    term: np.ndarray  # (c) position in TERMS
    related: np.ndarray  # (c) bool
    departs: np.ndarray  # (c) country of departure
    exempt: np.ndarray  # (c) bool: goods under an exemption certificate
    officers: pa.Array  # text
    first_officer: np.ndarray  # (p)
    officer_count: np.ndarray  # (p)
    ring_broker: int  # or -1
    ring_port: int
    ring_officer: int


def nature(world: World) -> Nature:
    """Draw all of it; nothing here touches a random number of the other parts."""
    p, deals, rng = world.parameters, world.deals, stream(world.seed, 4, 0)
    n = len(deals.firm)
    hubs = np.flatnonzero(np.isin(world.places.countries, _HUBS))
    through = rng.random(n) < 0.12
    hub = hubs[rng.integers(0, len(hubs), n)]
    offender = world.offences.offender[deals.firm]
    chapter = np.array([c.code for c in world.goods.chapters])[world.goods.chapter[deals.product]]
    count, first, names = _officers(world, rng)
    texts, wording = np.unique(wordings(world.goods, stream(world.seed, 4, 1)), return_inverse=True)
    broker, port = _ring(world) if p.officer_ring else (-1, -1)
    # A brand belongs to the seller and the chapter: the same goods of the same maker carry the same name.
    brand = (deals.seller.astype(np.int64) * 31 + world.goods.chapter[deals.product]) % 600
    return Nature(
        wordings=pa.array(texts, pa.string()),
        wording=wording,
        manner=rng.integers(0, MANNERS, n),
        model=rng.integers(100, 10_000, n),
        brand=np.where(rng.random(n) < 0.1, 600, brand),
        brands=pa.array([*_brands(stream(world.seed, 4, 2)), "无品牌"], pa.string()),
        term=np.searchsorted(_TERM_SHARE.cumsum()[:-1], rng.random(n), side="right"),
        related=rng.random(n) < np.where(offender, 0.16, 0.10),
        departs=np.where(through, hub, deals.origin),
        exempt=(deals.regime == _BONDED) & np.isin(chapter, _EXEMPT_CHAPTERS) & (rng.random(n) < 0.7),
        officers=pa.array(names, pa.string()),
        first_officer=first,
        officer_count=count,
        ring_broker=broker,
        ring_port=port,
        ring_officer=int(first[port]) if port >= 0 else -1,
    )


def _brands(rng: np.random.Generator) -> list[str]:
    """Six hundred invented names."""
    parts = ["Al", "Ber", "Cor", "Dan", "El", "Fal", "Gor", "Hel", "Ima", "Jor", "Kal", "Lum", "Mar", "Nor", "Or"]
    ends = ["ta", "dex", "lin", "mo", "ra", "vik", "son", "tec", "nia", "lux"]
    every = [a + b + c for a in parts for b in ("", "a", "i", "o") for c in ends]
    return [every[i] for i in rng.permutation(len(every))[:600]]


def _officers(world: World, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Officers of each port: more where more is declared; names that say nothing."""
    places = world.places
    district = np.repeat(np.arange(len(places.districts)), places.port_count)
    share = places.district_weight[district] / places.port_count[district]
    declared = share * world.lines / world.parameters.lines_per_declaration
    count = np.clip(np.rint(2 + (declared / 60) ** 0.5), 3, 40).astype(np.int64)
    first = np.cumsum(count) - count
    serial = rng.permutation(int(count.sum())) + 1
    return count, first, np.char.add("K", np.char.zfill(serial.astype(str), 5))


def _ring(world: World) -> tuple[int, int]:
    """The broker and port whose trade together is nearest to the wanted share of all declarations."""
    places, firms, deals = world.places, world.firms, world.deals
    broker = firms.broker[deals.firm, 0]
    home = firms.home[deals.firm]
    port = places.first_port[home] + (deals.port * places.port_count[home]).astype(np.int64)
    ours = broker >= 0
    ports = len(places.ports)
    share = np.bincount((broker * ports + port)[ours], deals.weight[ours], len(firms.brokers) * ports) * 0.77
    best = int(np.argmin(np.abs(share - world.parameters.officer_ring)))
    return best // ports, best % ports
