"""Who does not comply, how, and when: persistent offenders, bad brokers, organised schemes, single occasions."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.world.enterprises import TAXED, Contracts, Enterprises
from analytics.simulation.world.geography import Geography
from analytics.simulation.world.parameters import Parameters
from analytics.simulation.world.seasons import Ground
from analytics.simulation.world.tariff import Tariff

KINDS = np.array(
    [
        "undervaluation",
        "misclassification",
        "false_origin",
        "quantity_understated",
        "concealed_goods",
        "overvaluation",
    ]
)
_KIND_SHARE = np.array([0.45, 0.20, 0.10, 0.13, 0.08, 0.04])
_MOST = 0.85  # of the lines of a contract
_HABIT = 0.62  # mean probability on the goods on which persistent offenders offend
_PUSH = 0.30  # what a bad broker adds to it
_ROAD, _SEA = 2, 0


@dataclass(frozen=True)
class Scheme:
    """An organised scheme: kind, months of strength, and what it is about."""

    identity: str
    kind: int
    strength: np.ndarray  # by month, 0..1
    depth: np.ndarray  # by month, added to the share taken off or put on
    about: str


@dataclass(frozen=True)
class Offences:
    """Inclinations to non-compliance before anybody is caught."""

    offender: np.ndarray  # (e) bool: persistent
    kind: np.ndarray  # (e, 2) position in KINDS
    depth: np.ndarray  # (e) share of the value or quantity concerned
    occasional: np.ndarray  # (c) probability on a line
    persistent: np.ndarray  # (c) probability on a line
    dirty: np.ndarray  # (c) bool: goods on which habitual offences happen
    pushed: np.ndarray  # (b) probability that a broker adds on such a line
    scheme: np.ndarray  # (c) position in `schemes`, or -1
    organised: np.ndarray  # (c) probability on a line at full strength
    schemes: list[Scheme]
    bad_broker: np.ndarray  # (b) bool
    false_origin: np.ndarray  # (k) a country with preference whose goods are like, or -1


def offences(p: Parameters, ground: Ground, firms: Enterprises, deals: Contracts, rng: np.random.Generator) -> Offences:
    """Draw offenders and schemes so that the expected share of lines is `prevalence`."""
    n = len(firms.home)
    taxed = TAXED[deals.regime] & ~firms.exports[deals.firm]
    incentive = np.where(taxed, np.sqrt(deals.duty + 0.04), 0.06)
    dirty = rng.random(len(deals.firm)) < np.clip(incentive * 2.2, 0.05, 0.9)
    able = np.bincount(deals.firm, deals.weight * dirty, n)
    rest = p.prevalence * (1 - p.one_off_share - p.scheme_share - p.broker_share)
    # The very small trade once, and the largest have more to lose: persistent offenders stand between.
    relative = firms.weight * n
    size = np.where(relative > 12, 0.5, np.clip(relative, 0.1, 6.0) ** 0.6)
    trusted = np.isin(firms.category, ["高级认证", "AA"])
    offender = _chosen(size * np.where(trusted, 0.3, 1.0), able, rest / _HABIT, rng)
    usual = firms.broker[deals.firm, 0]
    clients = np.bincount(np.maximum(usual, 0), deals.weight * dirty * (usual >= 0), len(firms.brokers))
    wanted = p.prevalence * p.broker_share
    bad_broker = _chosen(clients < 0.3 * clients.max(), clients, wanted / _PUSH, rng)
    willing = np.where(offender, rng.beta(3.0, 2.5, n), 0.0)
    persistent = willing[deals.firm] * dirty
    pushed = wanted / max(float(clients[bad_broker].sum()), 1e-12)
    schemes, member = _schemes(ground, firms, deals, taxed, rng)
    scheme, organised = _join(p, schemes, member, deals, rng)
    return Offences(
        offender=offender,
        kind=np.searchsorted(_KIND_SHARE.cumsum()[:-1], rng.random((n, 2)), side="right"),
        depth=rng.uniform(0.25, 0.62, n),
        occasional=_scaled(incentive, deals.weight, p.prevalence * p.one_off_share),
        persistent=_scaled(persistent, deals.weight, rest),
        dirty=dirty,
        pushed=np.where(bad_broker, min(pushed, _MOST), 0.0),
        scheme=scheme,
        organised=organised,
        schemes=schemes,
        bad_broker=bad_broker,
        false_origin=_alternatives(ground.goods, ground.places),
    )


def _chosen(inclination: np.ndarray, volume: np.ndarray, wanted: float, rng: np.random.Generator) -> np.ndarray:
    """Draw by inclination, without replacement, until those chosen hold the wanted volume."""
    key = rng.exponential(1.0, len(volume)) / np.maximum(inclination, 1e-9)
    order = np.argsort(key, kind="stable")
    result = np.zeros(len(volume), dtype=bool)
    result[order[: int(np.searchsorted(np.cumsum(volume[order]), wanted)) + 1]] = wanted > 0
    return result


def _scaled(probability: np.ndarray, weight: np.ndarray, wanted: float) -> np.ndarray:
    """Scale to a wanted expectation; what hits the ceiling is made up by the others."""
    result = probability
    for _ in range(6):
        total = float((weight * result).sum())
        result = np.minimum(result * (wanted / total if total else 0.0), _MOST)
    return result


def _alternatives(goods: Tariff, places: Geography) -> np.ndarray:
    """For each code the likeliest country with a strong preference that supplies the same group."""
    best = np.empty(len(goods.chapters), dtype=np.int64)
    for i, row in enumerate(goods.chapters):
        best[i] = np.argmax(places.supply[row.supply] * (places.preference < 0.2) + 0.01 * (places.preference == 0.02))
    return best[goods.chapter]


def _schemes(
    ground: Ground, firms: Enterprises, deals: Contracts, taxed: np.ndarray, rng: np.random.Generator
) -> tuple[list[Scheme], list[np.ndarray]]:
    """The calendar of schemes and, for each, which contracts suit it."""
    goods, places, days = ground.goods, ground.places, ground.days
    months = len(days.months)
    time = np.arange(months) / max(months - 1, 1)
    chapter, home = goods.chapter[deals.product], firms.home[deals.firm]
    busy = np.argsort(-places.district_weight, kind="stable")[:12]
    heavy = np.argsort([-c.weight for c in goods.chapters], kind="stable")[:30]
    where, port = busy[rng.permutation(len(busy))[:1]], busy[rng.permutation(len(busy))[:1]]
    few = [np.isin(chapter, rng.permutation(heavy)[:k]) for k in (6, 8, 5, 8)]
    seat = np.bincount(np.maximum(firms.broker[:, 0], 0), firms.weight, len(firms.brokers))
    ring = np.argsort(-seat, kind="stable")[int(rng.integers(2, 6)) % len(seat)]
    bulk = deals.mode == _SEA
    new_year = np.isin(days.months.astype(np.int64) % 12, [0, 1, 11])
    flat = np.zeros(months)
    district = str(places.districts[where[0]])

    def after(begin: float, end: float = 2.0) -> np.ndarray:
        return ((time >= begin) & (time <= end)).astype(float)

    plan = [
        (0, 0.3 + 0.7 * time, 0.25 * time, f"prices in district {district} drift down in some chapters",
         (home == where[0]) & few[0] & taxed),
        (2, after(0.55), flat, "a new route claims a preferential origin for goods of other countries",
         few[1] & taxed & ~deals.preference & (deals.duty > 0.03)),
        (1, after(0.65), flat, "a new reading of the tariff moves goods to a sibling code with a lower duty",
         few[2] & taxed & (goods.sibling[deals.product] >= 0)),
        (4, 0.4 + 0.6 * new_year, flat, "goods concealed in lorries, most around the New Year",
         (deals.mode == _ROAD) & taxed),
        (0, after(0.1, 0.6), flat, f"clients of broker {firms.brokers[ring]} undervalue together until mid-term",
         (firms.broker[deals.firm, 0] == ring) & taxed),
        (5, after(0.4), flat, "values above the market on goods free of duty", (deals.duty == 0) & few[3]),
        (3, np.ones(months), flat, f"bulk by sea arrives short of its weight in district {places.districts[port[0]]}",
         (home == port[0]) & bulk & taxed),
    ]  # fmt: skip
    schemes = [Scheme(f"S{i + 1}", k, s, d, text) for i, (k, s, d, text, _) in enumerate(plan)]
    return schemes, [row[4] for row in plan]


def _join(
    p: Parameters,
    schemes: list[Scheme],
    member: list[np.ndarray],
    deals: Contracts,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Enterprises join a scheme at random until it is as large as wanted."""
    scheme = np.full(len(deals.firm), -1)
    chance = np.zeros(len(deals.firm))
    for i, suits in enumerate(member):
        wanted = p.prevalence * p.scheme_share / len(member) / max(schemes[i].strength.mean(), 0.2)
        free = np.flatnonzero(suits & (scheme < 0))
        names, inverse = np.unique(deals.firm[free], return_inverse=True)
        if names.size == 0:
            continue
        volume = np.bincount(inverse, deals.weight[free])
        order = rng.permutation(len(names))
        needed = np.searchsorted(np.cumsum(volume[order]), wanted / 0.35) + 1
        joined = free[np.isin(inverse, order[:needed])]
        scheme[joined] = i
        chance[joined] = min(_MOST, wanted / max(deals.weight[joined].sum(), 1e-12))
    return scheme, chance
