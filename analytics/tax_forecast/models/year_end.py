"""The year-end block: December and the first two months booked as one, December's share forecast apart.

Bookings shift over the year end: what December lacks, January and February bring. So the three months are forecast
as one block; December is then a ratio to the three periods before it, learned from earlier years.
"""

from __future__ import annotations

import numpy as np

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.models.base import Engine, log_levels, regressors_of, run
from analytics.tax_forecast.models.rules import DAMPING

AUTUMN = 3  # periods before December that its ratio refers to
PSEUDO_YEARS = 4.0  # years' weight of "no effect" against what the record says of an effect


def _head(origin: Origin) -> int:
    """Periods that end in January or February."""
    return sum(end <= 2 for end in origin.history.ends)


def december_ratio(values: np.ndarray, head: int) -> float:
    """Forecast of log(December / mean of the three periods before) for the last row of `values`.

    Parameters
    ----------
    values : ndarray of shape (years, periods)
        Receipts; the last row is the year at stake (periods before December filled in).
    head : int
        Periods that end in January or February.

    Notes
    -----
    Mean ratio of the earlier years, moved by last year's ratio and by the growth of March to November, both
    slopes shrunk towards zero (ridge regression with unit-variance features).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(values[:, -1] / values[:, -1 - AUTUMN : -1].mean(axis=1))
        middle = np.log(values[:, head:-1].sum(axis=1))
    before = np.concatenate([[np.nan], ratio[:-1]])
    growth = np.concatenate([[np.nan], np.diff(middle)])
    X = np.column_stack([before, growth])
    use = np.isfinite(X).all(axis=1) & np.isfinite(ratio)
    use[-1] = False
    if use.sum() < 3:
        known = ratio[:-1][np.isfinite(ratio[:-1])]
        return float(known.mean()) if len(known) else 0.0
    mean, scale = X[use].mean(axis=0), X[use].std(axis=0) + 1e-12
    Z = (X[use] - mean) / scale
    target = ratio[use] - ratio[use].mean()
    slopes = np.linalg.solve(Z.T @ Z + PSEUDO_YEARS * np.eye(2), Z.T @ target)
    now = np.clip((X[-1] - mean) / scale, -2.5, 2.5)  # never beyond what has been seen
    return float(ratio[use].mean() + np.where(np.isfinite(now), now, 0.0) @ slopes)


def _blocks(values: np.ndarray, head: int) -> np.ndarray:
    """Years x (March .. November, December + next January-February)."""
    following = np.vstack([values[1:, :head], np.full((1, head), np.nan)]).sum(axis=1)
    return np.column_stack([values[:, head:-1], values[:, -1] + following])


def _split_head(values: np.ndarray, amount: float, known: int, head: int) -> np.ndarray:
    """Spread what the block still owes over the open periods of January-February, in last year's proportions."""
    last = values[-2, known:head]
    share = (
        last / last.sum() if np.isfinite(last).all() and last.sum() > 0 else np.full(head - known, 1 / (head - known))
    )
    floor = 0.5 * last.sum() if np.isfinite(last).all() else 0.0
    return max(amount, floor) * share


def _with_december(origin: Origin, values: np.ndarray, head: int) -> np.ndarray:
    """Close the year: December from the autumn just filled in."""
    ratio = december_ratio(values, head)
    values[-1, -1] = np.exp(ratio) * values[-1, -1 - AUTUMN : -1].mean()
    return origin.under_law(values[-1, origin.known :])


def on_blocks(origin: Origin, engine: Engine, *, drivers: bool = False, calendar: bool = False) -> np.ndarray:
    """Forecast with an engine on blocks, December apart.

    Parameters
    ----------
    origin : Origin
    engine : Engine
    drivers : bool
        Take the origin's drivers, brought to blocks, as regressors.
    calendar : bool
        Take working days, brought to blocks, as a regressor.
    """
    values, head, known = origin.on_one_law.copy(), _head(origin), origin.known
    if head == 0 or len(values) < 3 or known >= values.shape[1] - 1:
        return _december_alone(origin, values, head)
    blocks = _blocks(values, head)
    periods = blocks.shape[1]
    done = max(known - head, 0)
    # The row before the origin's year closes with December + this year's January-February.
    waiting = 1 if known < head else 0
    steps = periods - done + waiting
    flat = regressors_of(origin, drivers, calendar)
    table = None if flat is None else _block_regressors(origin, flat, head)
    if (drivers or calendar) and table is None:
        return np.full(values.shape[1] - known, np.nan)
    # Figures since the year began: the block with this January-February, and what followed it.
    in_year = done + 1 - waiting + origin.since // values.shape[1] * periods
    ahead = np.exp(run(engine, log_levels(blocks).ravel(), steps, in_year, periods, table))
    if waiting:
        owed = ahead[0] - values[-2, -1] - values[-1, :known].sum()
        values[-1, known:head] = _split_head(values, owed, known, head)
        ahead = ahead[1:]
    values[-1, head + done : -1] = ahead[:-1]
    return _with_december(origin, values, head)


def _block_regressors(origin: Origin, flat: np.ndarray, head: int) -> np.ndarray:
    """Regressors on blocks: the block takes the mean of December and the following January-February."""
    grid = flat.reshape(*origin.history.grid.shape, -1)
    following = np.vstack([grid[1:, :head].mean(axis=1), grid[-1:, -1]])
    block = (grid[:, -1] + following) / 2
    return np.concatenate([grid[:, head:-1], block[:, None]], axis=1).reshape(-1, grid.shape[-1])


def block_growth(origin: Origin) -> np.ndarray:
    """Last year's periods times the square root of the growth so far, measured by blocks; December apart."""
    values, head, known = origin.on_one_law.copy(), _head(origin), origin.known
    if head == 0 or len(values) < 3 or known >= values.shape[1] - 1:
        return _december_alone(origin, values, head)
    now = values[-2, -1] + values[-1, :known].sum()
    before = values[-3, -1] + values[-2, :known].sum()
    factor = (now / before) ** DAMPING if known and before > 0 and now > 0 else 1.0
    if known < head:
        block = (values[-3, -1] + values[-2, :head].sum()) * factor
        owed = block - values[-2, -1] - values[-1, :known].sum()
        values[-1, known:head] = _split_head(values, owed, known, head)
    first = max(known, head)
    values[-1, first:-1] = values[-2, first:-1] * factor
    return _with_december(origin, values, head)


def _december_alone(origin: Origin, values: np.ndarray, head: int) -> np.ndarray:
    """Only December is open (or the year has no block): its ratio says all."""
    if origin.known < values.shape[1] - 1:
        return np.full(values.shape[1] - origin.known, np.nan)
    return _with_december(origin, values, head)
