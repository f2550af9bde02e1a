"""Items and districts: every leaf forecast by light models, held to what its past allows, coherent with the total.

Each leaf has its light forecast (see `record.leaves`); together they are scaled to the total, refunds aside.
Reconciliation brings coherence, not accuracy; the total keeps its own, better supported forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.judging import Judged
from analytics.tax_forecast.record.leaves import leaf_deviations, leaf_medians
from analytics.tax_forecast.record.past_errors import judged_years
from analytics.tax_forecast.record.paths import add_up
from analytics.tax_forecast.record.setting import Setting

RECORD_YEARS = 8  # the newest judged years of a part say how good its forecasts are


@dataclass(frozen=True)
class Parts:
    """Items and districts of a year.

    Attributes
    ----------
    medians : dict of unique_id to ndarray of shape (remaining,)
        Central forecasts; they add up to the total's.
    paths : dict of unique_id to ndarray of shape (paths, remaining)
        They add up to the total's on every path.
    record : DataFrame with columns unique_id, year, forecast, actual, remaining, remaining_actual
        What the same rule would have said of each leaf in earlier years, scaled to the total's forecast of then.
    """

    medians: dict[str, np.ndarray]
    paths: dict[str, np.ndarray]
    record: pd.DataFrame


def year_parts(panel: Panel, now: Judged, setting: Setting, seed: int) -> Parts:
    """Forecast every leaf of a year.

    Parameters
    ----------
    now : Judged
        The total's forecast, its paths and its record: earlier years are scaled to what the total was then put at.
    seed : int
    """
    origin, total = now.origin, now.paths
    if not panel.leaves or total.shape[1] == 0:
        middle, paths = (dict.fromkeys(panel.leaves, values * 0.0) for values in (now.median, total))
        return Parts(middle, paths, _empty_record())
    kept = _record(panel, origin.months, setting, now.record)
    growth = _growth(panel.total.until(origin.year, origin.months), origin.known, float(now.median.sum()))
    medians = leaf_medians(panel, origin.year, origin.months, setting, growth)
    rng = np.random.default_rng(seed)
    errors = dict(tuple(kept.groupby("unique_id"))) if len(kept) else {}
    drawn = [
        leaf_deviations(leaf.until(origin.year, origin.months), origin.known, len(total), rng, errors.get(name))
        for name, leaf in panel.leaves.items()
    ]
    raw = np.array(list(medians.values()))
    split_paths = add_up(total, raw, np.array(drawn))
    split_median = add_up(now.median[None, :], raw, np.zeros((len(raw), 1, 1)))[:, 0]
    return Parts(dict(zip(medians, split_median, strict=True)), dict(zip(medians, split_paths, strict=True)), kept)


def _growth(total: History, known: int, remainder: float) -> float:
    before = float(total.grid[-2, known:].sum()) if len(total.grid) > 1 else float("nan")
    return remainder / before if before > 0 else 1.0


def _empty_record() -> pd.DataFrame:
    return pd.DataFrame(columns=["unique_id", "year", "forecast", "actual", "remaining", "remaining_actual"])


def _record(panel: Panel, months: int, setting: Setting, record: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of every leaf in the newest judged years, by the same rule, against its outturn."""
    rows = []
    for year in map(int, record.index[-RECORD_YEARS:]):
        judged = [name for name, leaf in panel.leaves.items() if year in judged_years(leaf, year + 1, 0)]
        before = panel.total.until(year, months)
        known = before.known(months)
        received = float(before.grid[-1, :known].sum())
        remainder = float(record["forecast"].loc[year]) - received
        medians = leaf_medians(panel, year, months, setting, _growth(before, known, remainder))
        sums = {name: float(rest.sum()) for name, rest in medians.items()}
        gross, back = (sum(s for s in sums.values() if (s > 0) == up) for up in (True, False))
        scale = (remainder - back) / gross if gross > 0 else 1.0
        for name in judged:
            leaf = panel.leaves[name]
            rest = sums[name] * (scale if sums[name] > 0 else 1.0)
            actual, so_far = leaf.total(year), float(np.nansum(leaf.until(year, months).grid[-1, :known]))
            rows.append((name, year, so_far + rest, actual, rest, actual - so_far))
    return pd.DataFrame(rows, columns=_empty_record().columns) if rows else _empty_record()
