"""Items and districts: every leaf forecast by light models, then made coherent with the total path by path.

The weights of the light models come from one pooled backtest over all leaves, so that a hundred small series are
forecast in seconds and a single short one is not weighed on its own noise. Reconciliation brings coherence, not
accuracy; the total keeps its own, better supported forecast.
"""

from __future__ import annotations

import numpy as np

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models import BLOCK
from analytics.tax_forecast.models.base import log_levels
from analytics.tax_forecast.record.combine import weights
from analytics.tax_forecast.record.past_errors import candidate_forecasts, judged_years
from analytics.tax_forecast.record.paths import split
from analytics.tax_forecast.record.setting import Setting

LIGHT = ("theta", "theta_level")
RULES = ("year_to_date_share", "last_year")
POOLED_YEARS = 8  # the newest judged years are enough for weights that all leaves share
USUAL_SPREAD = 0.2  # log spread of a leaf too short to show its own


def leaf_models(setting: Setting) -> tuple[str, ...]:
    """Models that forecast a leaf without estimating a likelihood."""
    prefix = BLOCK if setting.year_end_block is True else ""
    return (*(prefix + name for name in LIGHT), *RULES)


def pooled_weights(panel: Panel, year: int, months: int, setting: Setting) -> dict[str, float]:
    """Weights of the light models from one backtest pooled over all leaves, years before `year` only.

    Errors are relative to the leaf's outturn, in logs; leaves whose outturn or forecast is not positive say nothing.
    """
    names = leaf_models(setting)
    errors = []
    for leaf in panel.leaves.values():
        for past in judged_years(leaf, year)[-POOLED_YEARS:]:
            origin, said = candidate_forecasts(panel, leaf, past, months, setting, names)
            totals = np.array([origin.received + float(said[name].sum()) for name in names])
            actual = leaf.total(past)
            usable = (totals > 0) & (actual > 0)
            errors.append(
                np.log(np.where(usable, totals, np.nan) / actual) if actual > 0 else np.full(len(names), np.nan)
            )
    found = weights(np.array(errors).reshape(-1, len(names)))
    return dict(zip(names, found.tolist(), strict=True))


def leaf_paths(
    panel: Panel, year: int, months: int, setting: Setting, total: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Paths of items and districts that add up to the total's.

    Parameters
    ----------
    total : ndarray of shape (paths, remaining)
        Calibrated paths of the total.

    Returns
    -------
    dict of unique_id to ndarray of shape (paths, remaining)
    """
    if not panel.leaves or total.shape[1] == 0:
        return dict.fromkeys(panel.leaves, total * 0.0)
    shared = pooled_weights(panel, year, months, setting)
    rng = np.random.default_rng(seed)
    medians, drawn = [], []
    for leaf in panel.leaves.values():
        origin, said = candidate_forecasts(panel, leaf, year, months, setting, shared)
        have = {n: r for n, r in said.items() if np.isfinite(r).all() and shared[n] > 0}
        if have:
            medians.append(np.average(list(have.values()), axis=0, weights=[shared[n] for n in have]))
        else:
            medians.append(np.nan_to_num(np.clip(leaf.row(year - 1)[origin.known :], 0.0, None)))
        drawn.append(_deviations(origin, len(total), rng))
    parts = split(total, np.array(medians), np.array(drawn))
    return dict(zip(panel.leaves, parts, strict=True))


def _deviations(origin: Origin, paths: int, rng: np.random.Generator) -> np.ndarray:
    """Log deviations of a leaf: a shock for the rest of the year and one for each period, sized by its own past."""
    changes = np.diff(log_levels(origin.on_one_law), axis=0)
    yearly = np.nanstd(np.nanmean(changes[:-1], axis=1)) if len(changes) > 2 and np.isfinite(changes).any() else np.nan
    own = changes[np.isfinite(changes)]
    monthly = float(own.std()) if len(own) > 2 else USUAL_SPREAD
    common = float(yearly) if np.isfinite(yearly) else USUAL_SPREAD
    remaining = len(origin.history.ends) - origin.known
    noise = rng.standard_normal((paths, remaining)) * monthly / np.sqrt(2)
    return noise + common * rng.standard_normal((paths, 1))
