"""Honest declarations: who declares, what, how much and at which price."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.lines.state import State
from analytics.simulation.world.enterprises import TAXED
from analytics.simulation.world.world import World

_SECOND_DISTRICT = 0.10  # share of declarations in an enterprise's second district
_OTHER_BROKER = 0.15
_MOST_LINES = 20


@dataclass
class Declarations:
    """Declarations (d) of a block in the order of their dates."""

    day: np.ndarray  # position in the calendar's days
    firm: np.ndarray
    district: np.ndarray
    broker: np.ndarray  # -1 declares itself
    mode: np.ndarray
    regime: np.ndarray
    port: np.ndarray
    first: np.ndarray  # position of the first line
    count: np.ndarray  # number of lines


@dataclass
class Lines:
    """Lines (l) of a block; the true figures first, then what offences and slips make of them."""

    declaration: np.ndarray  # position in Declarations
    contract: np.ndarray
    product: np.ndarray
    origin: np.ndarray
    rate: np.ndarray  # duty rate, a fraction
    quantity: np.ndarray
    net: np.ndarray
    gross: np.ndarray
    value: np.ndarray
    fair_price: np.ndarray  # log CNY per unit without bias
    district: np.ndarray
    taxed: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """Lines of a block with the world, what it has learnt, and the month they are drawn in."""

    world: World
    state: State
    month: int
    heads: Declarations
    rows: Lines


def declarations(
    world: World, month: int, low: float, high: float, lines: int, rng: np.random.Generator
) -> Declarations:
    """Declarations that hold exactly `lines` lines, dated in the part `low`..`high` of a month."""
    p, firms, deals, days = world.parameters, world.firms, world.deals, world.days
    number = int(lines / p.lines_per_declaration * 1.1) + 64
    count = np.minimum(rng.geometric(1 / p.lines_per_declaration, number), _MOST_LINES)
    total = np.cumsum(count)
    if total[-1] < lines:
        count = np.append(count, np.ones(lines - total[-1], dtype=count.dtype))
        total = np.cumsum(count)
    last = int(np.searchsorted(total, lines))
    count = count[: last + 1]
    count[last] -= total[last] - lines
    n = len(count)
    begin, end = days.first_day[month], days.first_day[month + 1]
    activity = np.cumsum(days.activity[begin:end])
    place = (low + (high - low) * (np.arange(n) + 0.5) / n) * activity[-1]
    day = begin + np.minimum(np.searchsorted(activity, place, side="right"), end - begin - 1)
    active = (firms.registered <= days.days[begin]) & (firms.left > month)
    if not active.any():
        active = np.ones(len(firms.weight), dtype=bool)
    weight = np.cumsum(np.where(active, firms.weight, 0.0))
    firm = np.searchsorted(weight, rng.random(n) * weight[-1], side="right")
    lead = _contract(world, firm, month, rng)
    second = rng.random(n) < _SECOND_DISTRICT
    district = np.where(second, firms.second[firm], firms.home[firm])
    broker = firms.broker[firm, (rng.random(n) < _OTHER_BROKER).astype(np.int64)]
    port = world.places.first_port[district] + (deals.port[lead] * world.places.port_count[district]).astype(np.int64)
    return Declarations(
        day, firm, district, broker, deals.mode[lead], deals.regime[lead], port, np.cumsum(count) - count, count
    )


def _contract(world: World, firm: np.ndarray, month: int, rng: np.random.Generator) -> np.ndarray:
    """A contract of the enterprise: the old ones most, unless its order of goods has turned round."""
    count = world.deals.started[month][firm]
    draw = rng.random(len(firm)) ** 1.8
    if world.parameters.composition_shift and month * 2 >= len(world.days.months):
        draw = np.where(world.firms.turns[firm], 1 - draw, draw)
    return world.deals.first[firm] + np.minimum((count * draw).astype(np.int64), count - 1)


def lines(world: World, month: int, heads: Declarations, rng: np.random.Generator) -> Lines:
    """Goods, quantities, weights and values as an honest declarant states them."""
    deals, goods = world.deals, world.goods
    declaration = np.repeat(np.arange(len(heads.count)), heads.count)
    firm, district = heads.firm[declaration], heads.district[declaration]
    contract = _contract(world, firm, month, rng)
    n = len(contract)
    product = deals.product[contract]
    usual = deals.log_quantity[contract]
    log_quantity = usual + 0.6 * rng.standard_normal(n)
    quantity = np.exp(log_quantity)
    counted = goods.unit_kg[product] != 1.0
    quantity = np.where(counted, np.maximum(np.rint(quantity), 1.0), np.maximum(quantity, 0.05))
    unit_kg = deals.unit_kg[contract]
    net = quantity * np.where(counted, unit_kg * np.exp(0.03 * rng.standard_normal(n)), 1.0)
    gross = net * (1 + goods.packing[product] * np.exp(0.3 * rng.standard_normal(n)))
    fair = _fair_price(world, month, contract, district, log_quantity - usual, rng)
    chapter = goods.chapter[product]
    at_home = district == world.firms.home[firm]
    price = fair + world.bias.practice[district, chapter] + world.bias.contract[contract] * at_home
    price = price + np.where(at_home, 0.0, world.firms.second_price[firm])
    return Lines(
        declaration=declaration,
        contract=contract,
        product=product,
        origin=deals.origin[contract],
        rate=deals.duty[contract],
        quantity=quantity,
        net=net,
        gross=gross,
        value=quantity * np.exp(price),
        fair_price=fair,
        district=district,
        taxed=TAXED[heads.regime][declaration] & ~world.firms.exports[firm],
    )


def _fair_price(
    world: World, month: int, contract: np.ndarray, district: np.ndarray, size: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Log unit value without bias: contract, month, grade, size of the lot, chance."""
    p, goods, deals, n = world.parameters, world.goods, world.deals, len(contract)
    product = deals.product[contract]
    chapter = goods.chapter[product]
    normal = p.tail_df == 0
    chance = rng.standard_normal(n) if normal else 0.8 * np.clip(rng.standard_t(p.tail_df, n), -12, 12)
    price = deals.log_price[contract] + world.days.drift[month][chapter] + goods.spread[product] * chance
    price = price - p.size_discount * size
    if p.quality_shift:  # the grade is a matter of the district's mix, line by line
        price = price + p.quality_step * (rng.random(n) < world.bias.quality[district, chapter])
    else:
        price = price + p.quality_step * deals.premium[contract]
    if p.interaction_spread:
        price = price + world.bias.interaction[product, district]
    if p.small_lot_surcharge:  # additive in value, so not log-linear
        price = price + np.log1p(p.small_lot_surcharge * np.exp(-np.clip(size, -4, 4)))
    return price
