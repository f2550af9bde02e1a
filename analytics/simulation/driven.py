"""The simulated customs played month by month, its inspections chosen by somebody else: enterprises react to those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.simulation import tables
from analytics.simulation.lines.block import Block, draw, parts
from analytics.simulation.lines.state import State
from analytics.simulation.world.parameters import parameters
from analytics.simulation.world.world import stream, world

OUTCOMES = (
    "inspected", "finding", "recovered", "outcome_date", "selection_stream", "selection_probability", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """Lines of a month as declared, and what an inspection of each would bring.

    Attributes
    ----------
    declarations : DataFrame, canonical columns without outcomes
    finding : (n) bool, an inspection of the line would find something
    stake : (n) tax lost on the line, in its currency; 0 where nothing is wrong
    wrong : (n) bool, whether found or not
    by_rule : (n) bool, the customs' own rules would have inspected the declaration
    outcome : (n) datetime64[D], when an inspection's outcome would be known
    firm : (n) position of the enterprise, for `Customs.tell`
    """

    declarations: pd.DataFrame
    finding: np.ndarray
    stake: np.ndarray
    wrong: np.ndarray
    by_rule: np.ndarray
    outcome: np.ndarray
    firm: np.ndarray


class Customs:
    """A simulated customs whose months are drawn one after the other, as enterprises react to what was found.

    Parameters
    ----------
    lines, seed, setting, **overrides : see `analytics.tables.simulate`

    Notes
    -----
    Of those found out a share `reaction` changes its ways: a third stops, four tenths take less and more rarely, the
    rest turns to another kind; restraint wears off (see `simulation.lines.state`). Two players of one seed meet the
    same enterprises, goods and chances until their own findings part them.
    """

    def __init__(self, lines: int, seed: int, setting: str = "hostile", **overrides: Any) -> None:
        p = parameters(setting, **{"duplicate_share": 0.0, "resubmitted_share": 0.0, **overrides})
        self.world, self.seed = world(p, lines, seed), seed
        self.state = State.fresh(len(self.world.firms.home))

    def months(self) -> Iterator[Month]:
        """Draw the months in order; what was told before a month is asked for changes conduct in it."""
        for month, start in enumerate(self.world.days.months):
            self.state.arrive(start, self.world.parameters, stream(self.seed, 2, month))
            pieces = parts(self.world, month)
            yield _together([draw(self.world, self.state, month, part, len(pieces)) for part in pieces])

    def tell(self, month: Month, found: np.ndarray) -> None:
        """Let enterprises know of the lines at `found` that were inspected and found wanting."""
        if len(found):
            self.state.waiting.append((month.firm[found], month.outcome[found].astype("datetime64[M]")))


def _together(blocks: list[Block]) -> Month:
    """The blocks of a month as one."""
    made = []
    for b in blocks:
        rows, n = b.rows, len(b.rows.lines.value)
        finding, wrong, stake = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.zeros(n)
        wrong[rows.truth.line] = True
        finding[rows.truth.line] = rows.truth.found
        stake[rows.truth.line] = np.maximum(rows.lost, 0)
        head = rows.lines.declaration
        made.append((finding, stake, wrong, rows.seen.chosen[head], rows.seen.outcome[head], rows.heads.firm[head]))
    frame = pd.concat([tables.to_pandas(b.table) for b in blocks], ignore_index=True)
    return Month(frame.drop(columns=list(OUTCOMES)), *(np.concatenate(x) for x in zip(*made, strict=True)))
