"""A block of rows: honest lines, offences, slips, inspection, and what is counted of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.simulation.lines import clerical, columns, inspection, lines, noncompliance, taxes
from analytics.simulation.lines.state import State
from analytics.simulation.world.seasons import BLOCK
from analytics.simulation.world.world import World, stream


@dataclass
class Counts:
    """Sums over lines, each counted once and in its corrected version."""

    collected: np.ndarray  # (district, item) taxes, CNY
    cell_lines: np.ndarray  # (district, chapter)
    cell_value: np.ndarray  # declared value, CNY
    cell_fair: np.ndarray  # declared quantity at prices without bias and offences, CNY
    cell_log: np.ndarray  # sum of log(declared / fair unit value)
    firm_lines: np.ndarray  # (e)
    firm_value: np.ndarray
    firm_wrong: np.ndarray  # non-compliant lines
    firm_lost: np.ndarray  # tax lost, CNY
    scheme_lines: np.ndarray  # (s)
    scheme_lost: np.ndarray

    @classmethod
    def none(cls, world: World) -> "Counts":
        """Nothing counted yet."""
        cells = (len(world.places.districts), len(world.goods.chapters))
        firms, schemes = len(world.firms.home), len(world.offences.schemes)
        shapes = [(cells[0], len(taxes.ITEMS)), *[cells] * 4, *[(firms,)] * 4, *[(schemes,)] * 2]
        return cls(*(np.zeros(shape) for shape in shapes))

    def add(self, other: "Counts") -> None:
        """Add the sums of another block."""
        for name, total in vars(self).items():
            total += getattr(other, name)


@dataclass
class Block:
    """Rows of a block, the truth about them, and the findings that will arrive."""

    table: pa.Table
    truth: pa.Table
    clerical: pa.Table
    rows: columns.Rows
    counts: Counts
    found_firm: np.ndarray
    found_month: np.ndarray  # datetime64[M] of the outcome


def parts(world: World, month: int) -> list[tuple[int, int, int]]:
    """Blocks of a month: number of the block in the whole, position in the month, rows."""
    each = -(-world.days.rows // BLOCK)
    before, count, rows = int(each[:month].sum()), int(each[month]), int(world.days.rows[month])
    sizes = [rows * (i + 1) // count - rows * i // count for i in range(count)]
    return [(before + i, i, size) for i, size in enumerate(sizes)]


def draw(world: World, state: State, month: int, part: tuple[int, int, int], of: int) -> Block:
    """Draw one block; its content depends on the seed, its number and the state alone.

    Parameters
    ----------
    part : number of the block in the whole, position in the month, rows (see `parts`)
    of : blocks of the month
    """
    number, position, rows = part
    p, rng = world.parameters, stream(world.seed, 1, number)
    again, repeats = round(rows * p.resubmitted_share), round(rows * p.duplicate_share)
    own = max(1, rows - again - repeats)
    repeats = rows - own - again
    if repeats < 0:
        again, repeats = 0, rows - own
    heads = lines.declarations(world, month, position / of, (position + 1) / of, own, rng)
    goods = lines.lines(world, month, heads, rng)
    drawn = lines.Drawn(world, state, month, heads, goods)
    truth = noncompliance.commit(drawn, rng)
    clerical.rounded(world, goods)
    first = clerical.recorded(world, heads, goods, again, repeats, rng)
    clean = taxes.of_lines(world, goods)
    noted = taxes.taxes(world.goods, goods.product, goods.rate, first.value, goods.taxed).total()
    seen = inspection.inspect(drawn, first, noted, rng)
    should = taxes.taxes(world.goods, truth.product, truth.rate, truth.value, goods.taxed[truth.line])
    lost = np.round(should.total() - clean.total()[truth.line], 2)
    found = truth.found & seen.chosen[goods.declaration[truth.line]]
    who = np.unique(goods.declaration[truth.line[found]])
    base = columns.Rows(world, number, heads, goods, first, truth, seen, noted, clean.total(), lost, found)
    return Block(
        table=columns.declarations(base),
        truth=columns.truth(base),
        clerical=columns.slips(base),
        rows=base,
        counts=_count(world, heads, goods, truth, clean, lost),
        found_firm=heads.firm[who],
        found_month=seen.outcome[who].astype("datetime64[M]"),
    )


def _count(
    world: World,
    heads: lines.Declarations,
    rows: lines.Lines,
    truth: noncompliance.Truth,
    clean: taxes.Taxes,
    lost: np.ndarray,
) -> Counts:
    result = Counts.none(world)
    districts, width = result.cell_lines.shape
    for item, amount in enumerate((clean.duty, clean.vat, clean.excise)):
        result.collected[:, item] = np.bincount(rows.district, amount, districts)
    cell = rows.district * width + world.goods.chapter[rows.product]
    fair = rows.quantity * np.exp(rows.fair_price)

    def by_cell(x: np.ndarray | None) -> np.ndarray:
        return np.bincount(cell, x, districts * width).reshape(districts, width)

    result.cell_lines = by_cell(None).astype(float)
    result.cell_value, result.cell_fair = by_cell(rows.value), by_cell(fair)
    result.cell_log = by_cell(np.log(rows.value / fair))
    firm, firms = heads.firm[rows.declaration], len(world.firms.home)
    result.firm_lines = np.bincount(firm, minlength=firms).astype(float)
    result.firm_value = np.bincount(firm, rows.value, firms)
    wrong = firm[truth.line]
    result.firm_wrong = np.bincount(wrong, minlength=firms).astype(float)
    result.firm_lost = np.bincount(wrong, lost, firms)
    organised = truth.scheme >= 0
    schemes = len(world.offences.schemes)
    result.scheme_lines = np.bincount(truth.scheme[organised], minlength=schemes).astype(float)
    result.scheme_lost = np.bincount(truth.scheme[organised], lost[organised], schemes)
    return result
