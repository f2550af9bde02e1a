"""An origin judged: what the combination says now, what it said in earlier years, and how wrong it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record import paths as simulation
from analytics.tax_forecast.record.calibration import SWINGS, Spread, own_spread, plain_spread
from analytics.tax_forecast.record.candidates import years_between
from analytics.tax_forecast.record.combine import combined
from analytics.tax_forecast.record.past_errors import (
    candidate_forecasts,
    combination_record,
    complete_before,
    judged_years,
    known_then,
    record,
)
from analytics.tax_forecast.record.setting import PACE, Setting

TOLERANCE = 0.05  # the plan's indicator: within 5 % of the outturn
RECORD = ["actual", "forecast", "low80", "high80", "low95", "high95", "p_within_5pct", "scale", "freedom"]
SCALE_PATHS = 200  # enough to estimate a standard deviation
SWING_MONTHS = (0, 3, 6, 9)  # known months whose records say together how calm or wild a series is

_newest: list[tuple[Panel, tuple[object, ...], pd.DataFrame]] = []  # the swings asked for last


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


@dataclass(frozen=True)
class _Past:
    """Forecasts of earlier years at one number of known months: candidates, combination, errors, what lay behind."""

    table: pd.DataFrame
    said: pd.Series
    errors: np.ndarray
    behind: np.ndarray
    scales: np.ndarray


@single_threaded
def judged(panel: Panel, year: int, months: int, setting: Setting, paths: int, seed: int) -> Judged:
    """Forecast the total of `year` after `months` months, its distribution set by the years before.

    Parameters
    ----------
    paths, seed : int
        Simulated paths, and the seed they are drawn with.
    """
    before = _record_at(panel, year, months, setting)
    swings = _swings(panel, year, months, setting)
    intervals = _with_intervals(before, swings, months)
    origin, median, weights = central(panel, year, months, setting, before.table)
    drawn = simulation.raw_deviations(origin, paths, seed)
    simulated = simulation.simulated_spread(origin, median, drawn[:SCALE_PATHS])
    now = own_spread(before.errors, simulated, before.behind, swings, year)
    share, owed = panel.late(year, months)
    if owed:
        then = (0, *origin.history.ends)[max(origin.known - owed, 0)]  # known without the newest periods
        now = _as_if_earlier(panel, year, then, setting, share, now)
    ahead = simulation.calibrated(origin, median, drawn, now) if len(median) else drawn
    return Judged(origin, median, weights, now, ahead, intervals)


def _as_if_earlier(panel: Panel, year: int, months: int, setting: Setting, share: float, now: Spread) -> Spread:
    """Spread where a part of the year is late: of that part no more is known than when its newest figure came in."""
    past, swings = _record_at(panel, year, months, setting), _swings(panel, year, months, setting)
    origin, median, _ = central(panel, year, months, setting, past.table)
    simulated = simulation.simulated_spread(origin, median, simulation.raw_deviations(origin, SCALE_PATHS, year))
    then = own_spread(past.errors, simulated, past.behind, swings, year)
    scale = np.hypot(share * max(then.scale, now.scale), np.sqrt(1 - share**2) * now.scale)
    return replace(now, scale=float(scale))


@single_threaded
def record_with_intervals(panel: Panel, before: int, months: int, setting: Setting) -> pd.DataFrame:
    """Record of the combination at `months` known months: all judged years before `before`.

    Returns
    -------
    DataFrame indexed by year: actual, forecast, low80, high80, low95, high95, p_within_5pct, and scale and freedom
    of its Student distribution; weights and intervals of a year come from the years before it.
    """
    return _with_intervals(_record_at(panel, before, months, setting), _swings(panel, before, months, setting), months)


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
    _, weights = combined(table, totals, months, complete_before(panel.total, year, months))
    if weights.sum() == 0:
        origin, said = candidate_forecasts(panel, year, months, setting, (PACE,))
        weights = pd.Series({PACE: 1.0})
        if not np.isfinite(said[PACE]).all():
            raise ReceiptsError(
                f"Series {origin.history.unique_id}: nothing to forecast {origin.year} from: by then the newest twelve "
                "months were zero or negative on balance. If refunds outweigh receipts, give them as an item of their "
                "own (tax_item); else supply a longer history, or leave the series out."
            )
    median = np.sum([w * said[str(name)] for name, w in weights.items() if w > 0], axis=0)
    return origin, median, weights


def _candidates_before(panel: Panel, year: int, months: int, setting: Setting) -> pd.DataFrame:
    return record(panel, judged_years(panel.total, year, months, setting.record_years), months, setting)


def _record_at(panel: Panel, before: int, months: int, setting: Setting) -> _Past:
    """Record of the combination at `months` known months, with what each forecast had behind it."""
    table = _candidates_before(panel, before, months, setting)
    said = combination_record(table, panel.total, months)
    behind = np.array([complete_before(panel.total, year, months) for year in said.index])
    scales = np.full(len(said), np.nan)
    for i, year in enumerate(map(int, said.index)):
        origin, median, _ = central(panel, year, months, setting, table)
        drawn = simulation.raw_deviations(origin, SCALE_PATHS, year)
        scales[i] = simulation.simulated_spread(origin, median, drawn)
    errors = np.log(said.to_numpy(dtype=float) / table["actual"].to_numpy(dtype=float))
    return _Past(table, said, errors, behind, scales)


def _swings(panel: Panel, before: int, months: int, setting: Setting) -> pd.DataFrame:
    """Errors beside simulated spreads over the whole year, in the judged years before `before`.

    Returns
    -------
    DataFrame with columns year, error, simulated, behind, and half80 (of the interval that the record before it gave);
    empty for a year after the origin's own.
    """
    if not 0 <= months < 12:
        return pd.DataFrame(columns=SWINGS, dtype=float)
    key = (before, repr(setting), setting.digest())
    if _newest and _newest[0][0] is panel and _newest[0][1] == key:
        return _newest[0][2]
    pasts = [_record_at(panel, before, k, setting) for k in SWING_MONTHS]
    parts = [np.column_stack([p.said.index.to_numpy(dtype=float), p.errors, p.scales, p.behind]) for p in pasts]
    table = pd.DataFrame(np.concatenate(parts), columns=SWINGS[:-1])
    given = [_plain(p, p.said.index < year, i, table) for p in pasts for i, year in enumerate(p.said.index)]
    table = table.assign(half80=[then.half80 for then in given])
    _newest[:] = [(panel, key, table)]
    return table


def _plain(past: _Past, over: np.ndarray, i: int, swings: pd.DataFrame) -> Spread:
    """Spread that the years `over` gave the i-th forecast of a record, as it was before its own coverage counted."""
    return plain_spread(past.errors[over], past.scales[i], past.behind[over], swings, int(past.said.index[i]))


def _with_intervals(past: _Past, swings: pd.DataFrame, months: int) -> pd.DataFrame:
    """Record with the intervals that would have been given, each from the years before it."""
    rows = []
    for i, (year, forecast) in enumerate(zip(past.said.index.astype(int), past.said, strict=True)):
        over = past.said.index < year - years_between(months)
        then = own_spread(past.errors[over], past.scales[i], past.behind[over], swings, year)
        bounds = (*then.interval(forecast, 0.8), *then.interval(forecast, 0.95))
        chance = (then.within(TOLERANCE), then.scale, then.freedom)
        rows.append((year, float(past.table["actual"].iloc[i]), forecast, *bounds, *chance))
    return pd.DataFrame(rows, columns=["year", *RECORD]).set_index("year")
