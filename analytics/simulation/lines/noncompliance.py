"""What offences do to a line: the declared figures move away from the true ones."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.lines.lines import Drawn
from analytics.simulation.world.enterprises import rates
from analytics.simulation.world.offences import _KIND_SHARE

UNDERVALUED, MISCLASSIFIED, FALSE_ORIGIN, SHORT, CONCEALED, OVERVALUED = range(6)
_DETECTION = np.array([0.68, 0.78, 0.65, 0.82, 0.88, 0.60])


@dataclass
class Truth:
    """Non-compliant lines (t) of a block and their true figures."""

    line: np.ndarray  # position in Lines
    kind: np.ndarray
    scheme: np.ndarray  # or -1
    product: np.ndarray
    origin: np.ndarray
    rate: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    found: np.ndarray  # bool: an inspection would find it


def commit(drawn: Drawn, rng: np.random.Generator) -> Truth:
    """Choose the non-compliant lines, keep their true figures, and change what is declared."""
    world, heads, rows = drawn.world, drawn.heads, drawn.rows
    crimes, contract = world.offences, rows.contract
    strength = np.array([s.strength[drawn.month] for s in crimes.schemes] + [0.0])
    willing = drawn.state.willing[heads.firm][rows.declaration]
    organised = crimes.organised[contract] * strength[crimes.scheme[contract]] * willing
    broker = heads.broker[rows.declaration]
    through = np.append(crimes.pushed, 0.0)[broker] * crimes.dirty[contract] * willing
    persistent = crimes.persistent[contract] * willing + through
    # Without tax there is less to gain.
    habit = np.where(rows.taxed, 1.0, 0.1)
    persistent, occasional = persistent * habit, crimes.occasional[contract] * habit
    draw = rng.random(len(contract))
    total = organised + persistent + occasional
    line = np.flatnonzero(draw < total)
    in_scheme = draw[line] < organised[line]
    habitual = ~in_scheme & (draw[line] < (organised + persistent)[line])
    kind = _kinds(drawn, line, in_scheme, habitual, rng)
    truth = Truth(
        line=line,
        kind=kind,
        scheme=np.where(in_scheme, crimes.scheme[contract[line]], -1),
        product=rows.product[line].copy(),
        origin=rows.origin[line].copy(),
        rate=rows.rate[line].copy(),
        quantity=rows.quantity[line].copy(),
        value=rows.value[line].copy(),
        found=rng.random(len(line)) < _DETECTION[kind] * world.parameters.detection,
    )
    _declare(drawn, truth, habitual, rng)
    return truth


def _kinds(
    drawn: Drawn, line: np.ndarray, in_scheme: np.ndarray, habitual: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The scheme's kind, the enterprise's habit or any; where goods do not allow it, undervaluation."""
    world, rows = drawn.world, drawn.rows
    crimes, goods, firm = world.offences, world.goods, drawn.heads.firm[rows.declaration[line]]
    of_scheme = np.array([s.kind for s in crimes.schemes] + [0])[crimes.scheme[rows.contract[line]]]
    second = (rng.random(len(line)) < 0.15) ^ drawn.state.other_kind[firm]
    own = crimes.kind[firm, second.astype(np.int64)]
    other = np.searchsorted(_KIND_SHARE.cumsum()[:-1], rng.random(len(line)), side="right")
    kind = np.where(in_scheme, of_scheme, np.where(habitual, own, other))
    product = rows.product[line]
    possible = world.places.preference[crimes.false_origin[product]] * goods.duty[product] < rows.rate[line] - 0.005
    possible &= crimes.false_origin[product] != rows.origin[line]
    kind = np.where((kind == FALSE_ORIGIN) & ~possible, UNDERVALUED, kind)
    kind = np.where((kind == MISCLASSIFIED) & (goods.sibling[product] < 0), UNDERVALUED, kind)
    return np.where(~rows.taxed[line] & (kind != CONCEALED), OVERVALUED, kind)


def _declare(drawn: Drawn, truth: Truth, habitual: np.ndarray, rng: np.random.Generator) -> None:
    """Move the declared figures."""
    crimes, rows, n = drawn.world.offences, drawn.rows, len(truth.line)
    firm = drawn.heads.firm[rows.declaration[truth.line]]
    drift = np.array([s.depth[drawn.month] for s in crimes.schemes] + [0.0])[truth.scheme]
    # Who offends by habit and is not found out grows bolder, by two points a year.
    bolder = np.where(habitual, 0.02 * drawn.month / 12, 0.0)
    depth = crimes.depth[firm] * drawn.state.milder[firm] + drift + bolder
    depth = np.clip(depth + 0.06 * rng.standard_normal(n), 0.06, 0.7)
    adapted = rng.random(n)

    at = truth.kind == UNDERVALUED
    rows.value[truth.line[at]] *= 1 - depth[at]
    at = truth.kind == OVERVALUED
    rows.value[truth.line[at]] *= 1 + 1.6 * depth[at]

    _renamed(drawn, truth)
    _shortened(drawn, truth, depth, adapted)
    _concealed(drawn, truth, depth, adapted)


def _renamed(drawn: Drawn, truth: Truth) -> None:
    """Goods under another code or of another origin, with the rate that belongs to it."""
    world, rows = drawn.world, drawn.rows
    crimes, goods = world.offences, world.goods
    at = truth.kind == MISCLASSIFIED
    line = truth.line[at]
    sibling = goods.sibling[rows.product[line]]
    claims = world.deals.preference[rows.contract[line]]
    rows.rate[line] = rates(goods, world.places, sibling, rows.origin[line], claims)
    rows.product[line] = sibling

    at = truth.kind == FALSE_ORIGIN
    line = truth.line[at]
    rows.origin[line] = crimes.false_origin[rows.product[line]]
    rows.rate[line] = rates(goods, world.places, rows.product[line], rows.origin[line], np.ones(len(line), dtype=bool))


def _shortened(drawn: Drawn, truth: Truth, depth: np.ndarray, adapted: np.ndarray) -> None:
    """Short quantity: value follows; the weights follow only where the offender thought of it."""
    goods, rows = drawn.world.goods, drawn.rows
    at = truth.kind == SHORT
    line, left = truth.line[at], 1 - depth[at]
    counted = goods.unit_kg[rows.product[line]] != 1
    left = np.where(counted, np.maximum(np.floor(rows.quantity[line] * left), 1) / rows.quantity[line], left)
    rows.quantity[line] *= left
    rows.value[line] *= left
    rows.net[line] *= np.where(counted & (adapted[at] < 0.5), 1.0, left)
    rows.gross[line] *= np.where(adapted[at] < 0.4, left, 1.0)


def _concealed(drawn: Drawn, truth: Truth, depth: np.ndarray, adapted: np.ndarray) -> None:
    """Goods concealed among others: weighed at the gate, seldom declared."""
    rows = drawn.rows
    at = truth.kind == CONCEALED
    hidden = truth.line[at]
    rows.gross[hidden] += rows.net[hidden] * depth[at] * np.where(adapted[at] < 0.25, 0.15, 1.0)
    truth.value[at] = truth.value[at] * (1 + depth[at])
    truth.quantity[at] = truth.quantity[at] * (1 + depth[at])
