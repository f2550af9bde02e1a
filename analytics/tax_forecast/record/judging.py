"""The record judged: what the combination said in earlier years, with the intervals it would have given then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record import paths as simulation
from analytics.tax_forecast.record.calibration import spread
from analytics.tax_forecast.record.past_errors import (
    candidate_forecasts,
    combination_record,
    combined,
    judged_years,
    record,
)
from analytics.tax_forecast.record.setting import Setting

TOLERANCE = 0.05  # the plan's indicator: within 5 % of the outturn
SCALE_PATHS = 200  # enough to estimate a standard deviation


@single_threaded
def record_with_intervals(panel: Panel, before: int, months: int, setting: Setting) -> pd.DataFrame:
    """Record of the combination at `months` known months: all judged years before `before`.

    Returns
    -------
    DataFrame indexed by year: actual, forecast, low80, high80, low95, high95, p_within_5pct; weights and intervals
    of a year come from the years before it.
    """
    table, past, errors, scales = judged_record(panel, before, months, setting)
    return with_intervals(past, table, errors, scales)


def judged_record(
    panel: Panel, before: int, months: int, setting: Setting
) -> tuple[pd.DataFrame, pd.Series, np.ndarray, dict[int, float]]:
    """Candidates' record, the combination's, its log errors and the simulated spreads of its origins."""
    history = panel.total
    table = record(panel, history, judged_years(history, before, setting.record_years), months, setting)
    past = combination_record(table)
    scales = _simulated_scales(panel, history, past.index, months, setting, table)
    errors = np.log(past.to_numpy(dtype=float) / table["actual"].to_numpy(dtype=float))
    return table, past, errors, scales


def central_forecast(origin: Origin, said: dict[str, np.ndarray], table: pd.DataFrame) -> tuple[np.ndarray, pd.Series]:
    """Central forecast of the remaining periods: candidates by weight."""
    totals = {name: origin.received + float(rest.sum()) for name, rest in said.items()}
    _, weights = combined(table, totals)
    if weights.sum() == 0:
        raise ReceiptsError(
            f"Series {origin.history.unique_id}: no model has an answer for {origin.year} after {origin.months} months "
            f"(asked: {', '.join(said)}). Choose another model or supply a longer history."
        )
    median = np.sum([w * said[str(name)] for name, w in weights.items() if w > 0], axis=0)
    return median, weights


def _simulated_scales(
    panel: Panel, history: History, years: pd.Index, months: int, setting: Setting, table: pd.DataFrame
) -> dict[int, float]:
    """Simulated spread of earlier origins: what shrinks a short record."""
    scales = {}
    for year in years:
        names = setting.candidates(months)
        origin, said = candidate_forecasts(panel, history, int(year), months, setting, names)
        median, _ = central_forecast(origin, said, table[table.index < year])
        drawn = simulation.raw_deviations(origin, SCALE_PATHS, int(year))
        scales[int(year)] = simulation.simulated_spread(origin, median, drawn)
    return scales


def with_intervals(past: pd.Series, table: pd.DataFrame, errors: np.ndarray, scales: dict[int, float]) -> pd.DataFrame:
    """Record with the intervals that would have been given, each from the years before it."""
    rows = []
    for i, (year, forecast) in enumerate(zip(past.index.astype(int), past, strict=True)):
        then = spread(errors[:i], scales[year])
        low80, high80 = then.interval(forecast, 0.8)
        low95, high95 = then.interval(forecast, 0.95)
        actual = float(table["actual"].iloc[i])
        rows.append((year, actual, forecast, low80, high80, low95, high95, then.within(TOLERANCE)))
    columns = ["year", "actual", "forecast", "low80", "high80", "low95", "high95", "p_within_5pct"]
    return pd.DataFrame(rows, columns=columns).set_index("year")
