"""Items and districts one by one: the median of four light models, held to what the leaf's own past allows.

A hundred small series are forecast in seconds, and one model that goes wild is outvoted. Leaves that give back
(refunds, drawback) are forecast as what they give back; leaves that have come to an end stay at nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.statistics import MEAN_ABS_TO_SD
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel, gives_back, is_closed
from analytics.tax_forecast.models import BLOCK
from analytics.tax_forecast.models.base import log_levels
from analytics.tax_forecast.record.candidates import series_forecasts
from analytics.tax_forecast.record.setting import Setting, own_origin

LIGHT = ("theta", "theta_level")
RULES = ("year_to_date_share", "last_year")
USUAL_SPREAD = 0.2  # log spread of a leaf too short to show its own
WIDEST = 0.7  # log spread beyond which a leaf is not known at all; wider, its paths would take from all others
PSEUDO_YEARS = 2.0  # years' weight of a leaf's own swings against its record
BOX = 1.2  # a leaf's remainder may leave the range of its own past by this factor


def leaf_models(setting: Setting) -> tuple[str, ...]:
    """Models that forecast a leaf without estimating a likelihood."""
    prefix = BLOCK if setting.year_end_block is True else ""
    return (*(prefix + name for name in LIGHT), *RULES)


def leaf_medians(panel: Panel, year: int, months: int, setting: Setting, growth: float) -> dict[str, np.ndarray]:
    """Central forecast of every leaf's remaining periods, not yet scaled to the total.

    Parameters
    ----------
    growth : float
        Remainder of the total against the same periods of the year before: the tide that carries all leaves.
    """
    return {name: _leaf(panel, leaf, (year, months), setting, growth) for name, leaf in panel.leaves.items()}


def given_back(panel: Panel, backs: Sequence[str], at: tuple[int, int], setting: Setting) -> np.ndarray | None:
    """Forecast of what leaves that give back will take from the total (not positive); None where there is none."""
    said = [_leaf(panel, panel.leaves[name], at, setting, 1.0) for name in backs]
    return np.sum(said, axis=0) if said else None


def _leaf(panel: Panel, leaf: History, at: tuple[int, int], setting: Setting, growth: float) -> np.ndarray:
    cut, own = leaf.until(*at), own_origin(*at)
    # What a year ahead will be says nothing of the sign: the origin's own year does.
    sign = -1.0 if gives_back(cut if own == at else leaf.until(*own)) else 1.0
    known = cut.known(at[1])
    remaining = len(cut.ends) - known
    if is_closed(cut):
        return np.zeros(remaining)
    mirrored = leaf if sign > 0 else _mirrored(leaf)
    pace, (low, high) = _pace(sign * cut.grid, remaining), _box(sign * cut.grid, known, at[1], growth)
    names = leaf_models(setting)
    _, said = series_forecasts(panel, mirrored, *at, setting, names)
    middle = _middle([said[n] for n in names if np.isfinite(said[n]).all() and said[n].sum() > 0])
    if middle is None:
        middle = np.full(remaining, pace)
    sum_ = float(middle.sum())
    held = float(np.clip(sum_, low / BOX, high * BOX)) if high > 0 else sum_
    return sign * (middle * (held / sum_) if sum_ > 0 else np.full(remaining, held / remaining))


def _mirrored(leaf: History) -> History:
    """Return a series of refunds as what is given back."""
    monthly = None if leaf.monthly is None else replace(leaf.monthly, figures=-leaf.monthly.figures)
    return replace(leaf, grid=-leaf.grid, monthly=monthly)


def _middle(said: list[np.ndarray]) -> np.ndarray | None:
    """Path of the candidate whose sum is the median; the mean of the middle two where their number is even."""
    if not said:
        return None
    order = sorted(said, key=lambda rest: float(rest.sum()))
    low, high = order[(len(order) - 1) // 2], order[len(order) // 2]
    result: np.ndarray = (low + high) / 2
    return result


def _pace(grid: np.ndarray, remaining: int) -> float:
    """Mean of the last year's figures: all that can be said of a series too young for a season."""
    flat = grid.ravel()
    recent = flat[np.isfinite(flat)][-grid.shape[1] :]
    return max(float(recent.mean()), 0.0) if len(recent) and remaining else 0.0


def _box(grid: np.ndarray, known: int, months: int, growth: float) -> tuple[float, float]:
    """Range of the remainder that last year, the year before and the recent pace allow; (0, 0) where none speaks."""
    periods = grid.shape[1]
    open_ = periods - known
    tide = growth if np.isfinite(growth) and growth > 0 else 1.0
    flat = grid.ravel()
    recent = flat[np.isfinite(flat)][-periods:]
    said = [float(recent.sum()) * open_ / periods * (tide if months < 6 else 1.0)] if len(recent) == periods else []
    if len(grid) > 1:
        said += [float(grid[-2, known:].sum()), float(grid[-2, known:].sum()) * tide]
    if len(grid) > 2:
        said.append(float(grid[-3, known:].sum()) * tide)
    if months >= 3 and known:
        said.append(float(grid[-1, :known].sum()) / known * open_)
    positive = [s for s in said if np.isfinite(s) and s > 0]
    return (min(positive), max(positive)) if positive else (0.0, 0.0)


def leaf_deviations(
    cut: History, known: int, paths: int, rng: np.random.Generator, record: pd.DataFrame | None
) -> np.ndarray:
    """Log deviations of a leaf: a shock for the rest of the year, sized by its record, and one for each period."""
    changes = np.diff(log_levels(np.abs(cut.grid)), axis=0)
    seen = changes[:-1][np.isfinite(changes[:-1]).any(axis=1)]
    yearly = np.nanstd(np.nanmean(seen, axis=1)) if len(changes) > 2 and len(seen) else np.nan
    own = changes[np.isfinite(changes)]
    monthly = float(own.std()) if len(own) > 2 else USUAL_SPREAD
    common = float(yearly) if np.isfinite(yearly) else USUAL_SPREAD
    if record is not None:
        ratio = (record["remaining"] / record["remaining_actual"]).to_numpy(dtype=float)
        errors = np.abs(np.log(ratio[np.isfinite(ratio) & (ratio > 0)]))
        common = (MEAN_ABS_TO_SD * errors.sum() + PSEUDO_YEARS * common) / (len(errors) + PSEUDO_YEARS)
    common, monthly = min(common, WIDEST), min(monthly, WIDEST)
    remaining = len(cut.ends) - known
    noise = rng.standard_normal((paths, remaining)) * monthly / np.sqrt(2)
    return noise + common * rng.standard_normal((paths, 1))
