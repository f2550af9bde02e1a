"""What is set apart, by cell: slips are lines too, and where they lie on one side they are a finding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import bdtrc

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.prepared import Prepared

MUCH = 0.10  # share of a cell's value, at the others' prices, set apart on one side: nothing is in order there
SOME = 0.05  # the same where more lines are than chance explains
_FEWEST, _CHANCE = 3, 1e-3
COLUMNS = ("lines_below", "lines_above", "set_apart_below", "set_apart_above", "lines_declared", "value_declared")


def set_apart(prepared: Prepared, by: Sequence[str]) -> pd.DataFrame:
    """Lines and value set apart in every cell of the data, also in cells where nothing else is left.

    Returns
    -------
    DataFrame: `by`, `lines_below` and `lines_above` (set apart below and above the others' prices), `set_apart_below`
    and `set_apart_above` (their share of the cell's value at the others' prices), `lines_declared`, `value_declared`.
    """
    lines = prepared.lines
    fair = lines.value * (-(lines["shift"] + lines.deviation)).exp()
    below, above = ((lines.kind != "") & side for side in (lines.deviation < 0, lines.deviation > 0))
    sums = lines.group_by(list(by)).agg(
        lines_below=below.cast("int64").sum(),
        lines_above=above.cast("int64").sum(),
        fair_below=(fair * below.cast("float64")).sum(),
        fair_above=(fair * above.cast("float64")).sum(),
        fair=fair.sum(),
        lines_declared=lines.count(),
        value_declared=lines.value.sum(),
    )
    found = engine.fetch(sums).sort_values(list(by), ignore_index=True)
    found["set_apart_below"], found["set_apart_above"] = (
        found[f"fair_{s}"] / found["fair"] for s in ("below", "above")
    )
    return found[[*by, *COLUMNS]]


def doubtful(cells: pd.DataFrame) -> pd.Series:
    """True where so much is set apart on one side that a cell cannot be called in order.

    Parameters
    ----------
    cells : DataFrame with the columns of `set_apart`
    """
    found = pd.Series(False, cells.index)
    total = cells["lines_declared"].to_numpy(np.int64)
    for side in ("below", "above"):
        hits, share = cells[f"lines_{side}"].to_numpy(float), cells[f"set_apart_{side}"]
        rate = max(hits.sum() / max(total.sum(), 1), 1e-4)
        beyond = (hits >= _FEWEST) & (bdtrc(np.maximum(hits - 1, 0), total, rate) < _CHANCE)
        found |= (share >= MUCH) | ((share >= SOME) & beyond)
    return found
