"""An origin judged: what the combination says now, what it said in earlier years, and how wrong it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record import paths as simulation
from analytics.tax_forecast.record.calibration import Spread, spread
from analytics.tax_forecast.record.candidates import years_between
from analytics.tax_forecast.record.past_errors import (
    candidate_forecasts,
    combination_record,
    combined,
    judged_years,
    known_then,
    record,
)
from analytics.tax_forecast.record.setting import PACE, Setting

TOLERANCE = 0.05  # the plan's indicator: within 5 % of the outturn
RECORD = ["actual", "forecast", "low80", "high80", "low95", "high95", "p_within_5pct", "scale", "freedom"]
SCALE_PATHS = 200  # enough to estimate a standard deviation


@dataclass(frozen=True)
class Judged:
    """One origin with the record behind it.

    Attributes
    ----------
    origin : Origin
    median : ndarray of shape (remaining,)
        Central forecast of the remaining periods.
    weights : Series
        Weight of every candidate in it.
    spread : Spread
        Distribution of the annual total's log error.
    paths : ndarray of shape (paths, remaining)
        Simulated remaining periods whose annual totals have that distribution.
    record : DataFrame indexed by year
        As from `record_with_intervals`.
    """

    origin: Origin
    median: np.ndarray
    weights: pd.Series
    spread: Spread
    paths: np.ndarray
    record: pd.DataFrame


@single_threaded
def judged(panel: Panel, year: int, months: int, setting: Setting, paths: int, seed: int) -> Judged:
    """Forecast the total of `year` after `months` months, its distribution set by the years before.

    Parameters
    ----------
    paths, seed : int
        Simulated paths, and the seed they are drawn with.
    """
    table = _candidates_before(panel, year, months, setting)
    past = combination_record(table, months)
    scales = _simulated_scales(panel, past.index, months, setting, table)
    origin, median, weights = central(panel, year, months, setting, table)
    drawn = simulation.raw_deviations(origin, paths, seed)
    simulated = simulation.simulated_spread(origin, median, drawn[:SCALE_PATHS])
    now = spread(_log_errors(past, table), simulated, _history_behind(panel, past, months))
    ahead = simulation.calibrated(origin, median, drawn, now) if len(median) else drawn
    return Judged(origin, median, weights, now, ahead, _with_intervals(panel, past, table, scales, months))


@single_threaded
def record_with_intervals(panel: Panel, before: int, months: int, setting: Setting) -> pd.DataFrame:
    """Record of the combination at `months` known months: all judged years before `before`.

    Returns
    -------
    DataFrame indexed by year: actual, forecast, low80, high80, low95, high95, p_within_5pct, and scale and freedom
    of its Student distribution; weights and intervals of a year come from the years before it.
    """
    table = _candidates_before(panel, before, months, setting)
    past = combination_record(table, months)
    scales = _simulated_scales(panel, past.index, months, setting, table)
    return _with_intervals(panel, past, table, scales, months)


def central(
    panel: Panel, year: int, months: int, setting: Setting, table: pd.DataFrame | None = None
) -> tuple[Origin, np.ndarray, pd.Series]:
    """Central forecast of the remaining periods: candidates by weight.

    Parameters
    ----------
    table : DataFrame as from `past_errors.record`, optional
        The candidates' record; its years before `year` count. Made here where it is not at hand.

    Returns
    -------
    (origin, median of shape (remaining,), weights)

    Raises
    ------
    ReceiptsError
        When no candidate has an answer.
    """
    if table is None:
        table = _candidates_before(panel, year, months, setting)
    table = known_then(table, year, months)
    origin, said = candidate_forecasts(panel, year, months, setting, setting.candidates(months))
    totals = {name: origin.received + float(rest.sum()) for name, rest in said.items()}
    _, weights = combined(table, totals, months)
    if weights.sum() == 0:
        origin, said = candidate_forecasts(panel, year, months, setting, (PACE,))
        weights = pd.Series({PACE: 1.0})
        if not np.isfinite(said[PACE]).all():
            raise ReceiptsError(
                f"Series {origin.history.unique_id}: nothing to forecast {origin.year} from; the newest twelve months "
                "hold no receipts. Supply a longer history, or leave the series out."
            )
    median = np.sum([w * said[str(name)] for name, w in weights.items() if w > 0], axis=0)
    return origin, median, weights


def _candidates_before(panel: Panel, year: int, months: int, setting: Setting) -> pd.DataFrame:
    return record(panel, judged_years(panel.total, year, months, setting.record_years), months, setting)


def _log_errors(past: pd.Series, table: pd.DataFrame) -> np.ndarray:
    errors: np.ndarray = np.log(past.to_numpy(dtype=float) / table["actual"].to_numpy(dtype=float))
    return errors


def _history_behind(panel: Panel, past: pd.Series, months: int) -> np.ndarray:
    """Complete years that the forecast of each year of the record had behind it."""
    complete = np.array(panel.total.complete_years)
    return np.array([(complete < year - years_between(months)).sum() for year in past.index])


def _simulated_scales(
    panel: Panel, years: pd.Index, months: int, setting: Setting, table: pd.DataFrame
) -> dict[int, float]:
    """Simulated spread of earlier origins: what shrinks a short record."""
    scales = {}
    for year in map(int, years):
        origin, median, _ = central(panel, year, months, setting, table)
        drawn = simulation.raw_deviations(origin, SCALE_PATHS, year)
        scales[year] = simulation.simulated_spread(origin, median, drawn)
    return scales


def _with_intervals(
    panel: Panel, past: pd.Series, table: pd.DataFrame, scales: dict[int, float], months: int
) -> pd.DataFrame:
    """Record with the intervals that would have been given, each from the years before it."""
    errors, behind, rows = _log_errors(past, table), _history_behind(panel, past, months), []
    for i, (year, forecast) in enumerate(zip(past.index.astype(int), past, strict=True)):
        over = past.index < year - years_between(months)
        then = spread(errors[over], scales[year], behind[over])
        bounds = (*then.interval(forecast, 0.8), *then.interval(forecast, 0.95))
        chance = (then.within(TOLERANCE), then.scale, then.freedom)
        rows.append((year, float(table["actual"].iloc[i]), forecast, *bounds, *chance))
    return pd.DataFrame(rows, columns=["year", *RECORD]).set_index("year")
