"""Selection by rules and at random, outcomes weeks later, and inspectors who miss some."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.lines.clerical import Recorded
from analytics.simulation.lines.lines import Drawn

RANDOM, TARGETED = 0, 1
_MOST = 0.6  # probability with which rules select a declaration at most


@dataclass
class Inspection:
    """Selection of declarations (d) of a block."""

    probability: np.ndarray
    chosen: np.ndarray  # bool
    stream: np.ndarray  # RANDOM or TARGETED; meaningless where not chosen
    outcome: np.ndarray  # datetime64[D]


def inspect(drawn: Drawn, first: Recorded, tax: np.ndarray, rng: np.random.Generator) -> Inspection:
    """Choose about `inspection_rate` of the declarations of every week.

    The rules see what is declared and what findings have arrived, never the truth.
    """
    world, heads = drawn.world, drawn.heads
    p, n = world.parameters, len(heads.firm)
    score = np.exp(_score(drawn, first, tax))
    week = heads.day // 7
    week = week - week[0]
    at_random = p.inspection_rate * p.random_share
    quota = p.inspection_rate * (1 - p.random_share) * np.bincount(week)
    targeted, full = np.zeros(n), np.zeros(n, dtype=bool)
    for _ in range(3):  # what the ceiling takes away goes to the others
        rest = quota - _MOST * np.bincount(week, full)
        scale = np.maximum(rest, 0) / np.maximum(np.bincount(week, np.where(full, 0.0, score)), 1e-12)
        targeted = np.where(full, _MOST, np.minimum(score * scale[week], _MOST))
        full = targeted >= _MOST
    by_chance = rng.random(n) < at_random
    by_rule = rng.random(n) < targeted
    wait = np.ceil(rng.gamma(4.0, p.outcome_days / 4, n)).astype("timedelta64[D]")
    return Inspection(
        probability=1 - (1 - at_random) * (1 - targeted),
        chosen=by_chance | by_rule,
        stream=np.where(by_chance, RANDOM, TARGETED),
        outcome=world.days.days[heads.day] + wait,
    )


def _score(drawn: Drawn, first: Recorded, tax: np.ndarray) -> np.ndarray:
    """Points of the rules: the worst line of a declaration and the marks of its declarant."""
    world, heads, rows = drawn.world, drawn.heads, drawn.rows
    goods, firms = world.goods, world.firms
    price = np.log(first.value / first.quantity)
    expected = (
        goods.log_price[rows.product]
        + world.reference_error[rows.product]
        + world.days.drift[drawn.month][goods.chapter[rows.product]]
    )
    heavy = rows.gross / np.maximum(first.net, 1e-9) > 1.35
    bias = world.parameters.rule_bias
    line = (
        1.0 * (price - expected < -0.45)
        + 1.0 * (price - expected < -0.75)
        + 0.6 * (price - expected > 0.7)
        + 1.6 * heavy
        + 0.3 * (tax > 20_000)
    )
    line = line + bias * (
        0.4 * world.watched_chapter[goods.chapter[rows.product]] + 0.5 * world.watched_country[rows.origin]
    )
    age = world.days.days[heads.day] - firms.registered[heads.firm]
    trusted = np.isin(firms.category[heads.firm], ["高级认证", "AA", "A"])
    watched = world.watched_broker[heads.broker] & (heads.broker >= 0)
    head = 0.5 * (age < np.timedelta64(365, "D")) - 1.0 * trusted + 0.5 * bias * watched
    head = head + 2.2 * world.watched_firm[heads.firm] + 2.2 * np.minimum(drawn.state.caught[heads.firm], 2)
    return np.maximum.reduceat(line, heads.first) + head
