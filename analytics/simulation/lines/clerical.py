"""Clerical errors, and the later versions and repetitions that reach an office beside the first declaration."""

from dataclasses import dataclass

import numpy as np

from analytics.simulation.lines.lines import Declarations, Lines
from analytics.simulation.world.world import World

SLIPS = np.array(["quantity by a power of ten", "value by a power of ten", "quantity and weight swapped"])


@dataclass
class Recorded:
    """First versions as recorded (l), and which rows the office receives beside them."""

    quantity: np.ndarray
    net: np.ndarray
    value: np.ndarray
    slipped: np.ndarray  # lines with a slip
    slip: np.ndarray  # its position in SLIPS
    again: np.ndarray  # lines that arrive again as version 2
    repeated: np.ndarray  # lines that arrive a second time unchanged


def rounded(world: World, rows: Lines) -> None:
    """Declared figures have whole pieces, grams of weight and fen of value."""
    counted = world.goods.unit_kg[rows.product] != 1.0
    rows.quantity = np.where(
        counted, np.maximum(np.rint(rows.quantity), 1.0), np.maximum(np.round(rows.quantity, 2), 0.05)
    )
    rows.net = np.where(counted, np.maximum(np.round(rows.net, 3), 0.001), rows.quantity)
    rows.gross = np.maximum(np.round(rows.gross, 3), rows.net)
    rows.value = np.maximum(np.round(rows.value, 2), 0.01)


def recorded(
    world: World, heads: Declarations, rows: Lines, again: int, repeats: int, rng: np.random.Generator
) -> Recorded:
    """Slip some lines; let some declarations come again corrected, and some lines come twice."""
    p, n = world.parameters, len(rows.value)
    quantity, net, value = rows.quantity.copy(), rows.net.copy(), rows.value.copy()
    draw = rng.random(n)
    slipped = np.flatnonzero(draw < p.slip_share + p.swap_share)
    counted = world.goods.unit_kg[rows.product[slipped]] != 1.0
    swap = (draw[slipped] >= p.slip_share) & counted
    slip = np.where(swap, 2, (rng.random(len(slipped)) < 0.25).astype(np.int64))
    power = 10.0 ** rng.choice([-3, -2, -1, 1, 2, 3], len(slipped), p=[0.22, 0.1, 0.18, 0.18, 0.1, 0.22])
    at = slipped[slip == 0]
    quantity[at] = np.maximum(np.round(quantity[at] * power[slip == 0], 2), 0.01)
    at = slipped[slip == 1]
    value[at] = np.maximum(np.round(value[at] * np.clip(power[slip == 1], 0.1, 10), 2), 0.01)
    at = slipped[slip == 2]
    quantity[at], net[at] = net[at], quantity[at]

    # Declarations with a slip are the likeliest to come again; the others had small things to amend.
    key = rng.random(len(heads.count))
    wrong = np.zeros(len(heads.count), dtype=bool)
    wrong[rows.declaration[slipped]] = True
    order = np.argsort(np.where(wrong & (rng.random(len(key)) < 0.4), key - 1, key), kind="stable")
    total = np.cumsum(heads.count[order])
    chosen = np.zeros(len(heads.count), dtype=bool)
    chosen[order[: int(np.searchsorted(total, again, side="right"))]] = True
    came_again = np.flatnonzero(chosen[rows.declaration])
    amended = came_again[~wrong[rows.declaration[came_again]]]
    value[amended] = np.maximum(np.round(value[amended] * (1 + 0.02 * rng.standard_normal(len(amended))), 2), 0.01)
    repeated = rng.integers(0, n, repeats + again - len(came_again))
    return Recorded(quantity, net, value, slipped, slip, came_again, np.sort(repeated))
