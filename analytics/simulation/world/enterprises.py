"""Enterprises with heavy-tailed volumes, their brokers, and the contracts under which they trade."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.world.geography import Geography
from analytics.simulation.world.parameters import Parameters
from analytics.simulation.world.seasons import Ground
from analytics.simulation.world.tariff import Tariff

_MODES = np.array(["sea", "air", "road", "rail", "post"])
REGIMES = np.array(["0110", "0615", "0214", "1233", "9610", "3010"])
"""General trade, processing with imported and with supplied materials, bonded, e-commerce, samples."""
TAXED = np.array([True, False, False, False, True, True])
_REGIME_SHARE = np.array([0.72, 0.13, 0.05, 0.05, 0.03, 0.02])

# Legal classes by the order in force, with the share of large and of other enterprises in each.
_CLASSES = [
    ("1999-06-01", ["A", "B", "C", "D"], [0.35, 0.60, 0.04, 0.01], [0.06, 0.90, 0.03, 0.01]),
    ("2008-04-01", ["AA", "A", "B", "C", "D"], [0.15, 0.30, 0.51, 0.03, 0.01], [0.005, 0.06, 0.90, 0.025, 0.01]),
    ("2014-12-01", ["高级认证", "一般认证", "一般信用", "失信"], [0.2, 0.3, 0.49, 0.01], [0.01, 0.06, 0.92, 0.01]),
    ("2021-11-01", ["高级认证", "其他", "失信"], [0.30, 0.69, 0.01], [0.012, 0.978, 0.01]),
    (
        "2026-04-01",
        ["高级认证", "认证", "常规", "失信", "严重失信"],
        [0.25, 0.15, 0.59, 0.008, 0.002],
        [0.01, 0.03, 0.95, 0.008, 0.002],
    ),
]


@dataclass(frozen=True)
class Enterprises:
    """Enterprises (e) and brokers (b) as arrays."""

    identity: np.ndarray  # text
    weight: np.ndarray  # share of the declarations
    home: np.ndarray  # district
    second: np.ndarray  # a second district
    registered: np.ndarray  # datetime64[D]
    left: np.ndarray  # month in which it stops, or the number of months
    category: np.ndarray  # text, legal class at the end of the span
    price: np.ndarray  # log price level
    second_price: np.ndarray  # log price level in the second district, against home
    exports: np.ndarray  # bool
    turns: np.ndarray  # bool: order of goods turns round half way
    broker: np.ndarray  # (e, 2) main and other broker; -1 declares itself
    brokers: np.ndarray  # text
    broker_home: np.ndarray


@dataclass(frozen=True)
class Contracts:
    """Contracts (c): what an enterprise buys from whom; ordered by enterprise, then by first month."""

    first: np.ndarray  # (e) position of an enterprise's first contract
    started: np.ndarray  # (months, e) contracts begun by a month
    firm: np.ndarray
    product: np.ndarray
    origin: np.ndarray  # country
    seller: np.ndarray  # number of the seller
    mode: np.ndarray  # transport, position in _MODES
    regime: np.ndarray  # position in REGIMES
    port: np.ndarray  # 0..1, which port of the district
    preference: np.ndarray  # bool: claims the country's preference
    duty: np.ndarray  # rate after preference and remedy
    log_price: np.ndarray  # log CNY per unit in the first month, before any bias
    log_quantity: np.ndarray
    premium: np.ndarray  # bool: the better grade
    unit_kg: np.ndarray
    weight: np.ndarray  # expected share of the lines


def modes() -> np.ndarray:
    """Transport modes, in the order of `Contracts.mode`."""
    return _MODES


def legal_classes(day: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Classes in force on a day with their shares among large and among other enterprises."""
    row = [r for r in _CLASSES if r[0] <= day] or _CLASSES[:1]
    return row[-1][1], np.array(row[-1][2]), np.array(row[-1][3])


def enterprises(p: Parameters, lines: int, ground: Ground, rng: np.random.Generator) -> Enterprises:
    """Draw enterprises and brokers.

    Parameters
    ----------
    lines : declaration lines of the whole simulation, on which the number of enterprises depends
    """
    places, days = ground.places, ground.days
    n = p.enterprises or int(np.clip(0.9 * lines**0.72, 40, 400_000))
    weight = np.minimum(rng.pareto(p.enterprise_tail, n) + 0.15, 0.15 * n**0.8)
    home = rng.choice(len(places.districts), n, p=places.district_weight)
    end = days.days[-1]
    age = np.minimum(rng.exponential(9 * 365, n) + 10, 40 * 365).astype(np.int64)
    months = len(days.months)
    left = np.where(rng.random(n) < 0.03 * months / 12, rng.integers(1, months + 1, n), months)
    names, large, other = legal_classes(p.end)
    is_large = weight > np.quantile(weight, 0.97)
    draw = rng.random(n)
    place = np.where(is_large, np.searchsorted(large.cumsum(), draw), np.searchsorted(other.cumsum(), draw))
    count = max(6, n // 25)
    broker_home = rng.choice(len(places.districts), count, p=places.district_weight)
    broker_home[: len(places.districts)] = np.arange(len(places.districts))[:count]
    return Enterprises(
        identity=_identities(places, home, "9", rng),
        weight=weight / weight.sum(),
        home=home,
        second=rng.choice(len(places.districts), n, p=places.district_weight),
        registered=end - age.astype("timedelta64[D]"),
        left=left,
        category=np.array(names)[np.minimum(place, len(names) - 1)],
        price=rng.normal(0, p.enterprise_spread, n),
        second_price=rng.normal(0, p.enterprise_district_spread, n),
        exports=rng.random(n) < p.export_share,
        turns=rng.random(n) < p.composition_shift,
        broker=_brokers(home, is_large, broker_home, rng),
        brokers=_identities(places, broker_home, "8", rng),
        broker_home=broker_home,
    )


def _identities(places: Geography, home: np.ndarray, digit: str, rng: np.random.Generator) -> np.ndarray:
    """District, kind, serial number: ten digits that say nothing about volume or conduct."""
    serial = rng.permutation(len(home)) + 1
    width = max(5, len(str(len(home))))
    return np.char.add(np.char.add(places.districts[home], digit), np.char.zfill(serial.astype(str), width))


def _brokers(home: np.ndarray, large: np.ndarray, seat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Main and other broker of the enterprise's district; a few brokers hold most clients."""
    order = np.argsort(seat, kind="stable")
    first = np.searchsorted(seat[order], home, side="left")
    count = np.maximum(np.searchsorted(seat[order], home, side="right") - first, 1)
    choice = first[:, None] + (count[:, None] * rng.random((len(home), 2)) ** 2.2).astype(np.int64)
    result = order[np.minimum(choice, len(order) - 1)]
    own = rng.random(len(home)) < np.where(large, 0.5, 0.1)
    result[own, 0] = -1
    return result


def contracts(p: Parameters, lines: int, ground: Ground, firms: Enterprises, rng: np.random.Generator) -> Contracts:
    """Draw every enterprise's contracts: goods, origin, seller, way, price and usual quantity."""
    goods, places, n = ground.goods, ground.places, len(firms.home)
    slots = np.clip(1 + 1.6 * (firms.weight * lines) ** 0.38, 1, 400).astype(np.int64)
    firm = np.repeat(np.arange(n), slots)
    months = len(ground.days.months)
    start = np.where(rng.random(len(firm)) < 0.7, 0, rng.integers(0, months, len(firm)))
    first = np.cumsum(slots) - slots
    start[first] = 0
    order = np.lexsort((start, firm))
    start = start[order]
    product = _products(goods, firm, rng)
    place = (rng.random(len(firm))[:, None] > goods.origin_weight[product]).sum(axis=1)
    origin = goods.origins[product, place]
    exports = firms.exports[firm]
    preference = (places.preference[origin] < 1) & (rng.random(len(firm)) < 0.8)
    duty = np.where(exports, 0.0, rates(goods, places, product, origin, preference))
    log_price = goods.log_price[product] + goods.origin_price[product, place] + firms.price[firm]
    log_price = log_price + rng.normal(0, p.contract_spread, len(firm))
    log_value = rng.normal(9.4, 1.6, len(firm)) + 0.25 * np.log(firms.weight[firm] * n + 0.3)
    chapter = goods.chapter[product]
    air = np.array([c.air for c in goods.chapters])[chapter]
    slot = np.arange(len(firm)) - first[firm]
    edge = np.linspace(0, 1, 2)[None, :] + slot[:, None]
    step = np.clip(np.diff((edge / slots[firm][:, None]) ** (1 / 1.8), axis=1)[:, 0], 0, 1)
    return Contracts(
        first=first,
        started=np.array([np.add.reduceat(start <= m, first, dtype=np.int32) for m in range(months)]),
        firm=firm,
        product=product.astype(np.int32),
        origin=origin.astype(np.int16),
        seller=_sellers(n, firm, rng),
        mode=_ways(places, firms, firm, air, rng).astype(np.int8),
        regime=_regimes(firms, firm, rng).astype(np.int8),
        port=rng.random(len(firm)) ** 1.5,
        preference=preference,
        duty=duty,
        log_price=log_price,
        log_quantity=log_value - log_price,
        premium=rng.random(len(firm)) < 0.3,
        unit_kg=goods.unit_kg[product] * np.exp(rng.normal(0, 0.12, len(firm)) * (goods.unit_kg[product] != 1)),
        weight=firms.weight[firm] * step,
    )


def rates(
    goods: Tariff, places: Geography, product: np.ndarray, origin: np.ndarray, preference: np.ndarray
) -> np.ndarray:
    """Duty rates: most-favoured-nation or preferential, and the additional duty on the first country."""
    factor = np.where(preference, places.preference[origin], 1.0)
    return np.round(np.round(goods.duty[product] * factor, 4) + np.where(origin == 0, goods.remedy[product], 0.0), 4)


def _products(goods: Tariff, firm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An enterprise trades mostly in one chapter, less in a second, rarely elsewhere."""
    cumulative = np.cumsum(goods.weight)
    bounds = np.concatenate(
        [[0.0], cumulative[np.searchsorted(goods.chapter, np.arange(len(goods.chapters)), "right") - 1]]
    )
    count = int(firm[-1]) + 1
    chapter = np.searchsorted(bounds[1:-1], rng.random((count, 2)), side="right")
    which = rng.random(len(firm))
    low = np.where(which < 0.70, bounds[chapter[firm, 0]], np.where(which < 0.93, bounds[chapter[firm, 1]], 0.0))
    high = np.where(
        which < 0.70, bounds[chapter[firm, 0] + 1], np.where(which < 0.93, bounds[chapter[firm, 1] + 1], 1.0)
    )
    return np.minimum(
        np.searchsorted(cumulative, low + (high - low) * rng.random(len(firm)), "right"), len(cumulative) - 1
    )


def _sellers(count: int, firm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A seller: an enterprise has a usual one and some others; large sellers serve many."""
    pool = max(30, count // 12)
    usual = (pool * rng.random(count) ** 1.6)[firm]
    other = pool * rng.random(len(firm)) ** 1.6
    number = np.where(rng.random(len(firm)) < 0.6, usual, other).astype(np.int64)
    return (number * 7919 % 1_000_003).astype(np.int32)


def _ways(
    places: Geography, firms: Enterprises, firm: np.ndarray, air: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Air by chapter; else the sea, or at the border and inland road and rail."""
    kind = places.district_kind[firms.home[firm]]
    sea = np.where(kind == "border", 0.15, np.where(kind == "inland", 0.55, 0.85))
    u, v = rng.random(len(firm)), rng.random(len(firm))
    land = np.where(v < sea, 0, np.where(v < sea + (1 - sea) * 0.75, 2, 3))
    return np.where(u < air, 1, np.where(u > 0.995, 4, land))


def _regimes(firms: Enterprises, firm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An enterprise's usual regime, general trade apart from it."""
    usual = np.searchsorted(_REGIME_SHARE.cumsum()[:-1], rng.random(len(firms.home)), side="right")
    return np.where(rng.random(len(firm)) < 0.85, usual[firm], 0)
