"""The year as an object: receipts so far, the simulated rest, the total with its interval and its chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tax_forecast.inputs.events import Event
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel, prepare
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.models.effective_rate import break_note
from analytics.tax_forecast.record import paths as simulation
from analytics.tax_forecast.record.calibration import Spread, spread
from analytics.tax_forecast.record.judging import (
    SCALE_PATHS,
    TOLERANCE,
    central_forecast,
    judged_record,
    with_intervals,
)
from analytics.tax_forecast.record.past_errors import candidate_forecasts
from analytics.tax_forecast.record.setting import AUTO, FALLBACK, FULL_YEARS, Setting, check_model
from analytics.tax_forecast.year.hierarchy import leaf_paths


@dataclass(frozen=True)
class YearForecast:
    """A forecast of one year's receipts from one origin.

    Attributes
    ----------
    panel : Panel
        As known at the origin.
    year, months : int
        The year and how many of its months are known (12: the year is over).
    received : float
        Receipts so far.
    median : ndarray of shape (remaining,)
        Central forecast of the remaining periods.
    paths : ndarray of shape (paths, remaining)
        Simulated remaining periods.
    leaf_paths : dict of unique_id to ndarray of shape (paths, remaining)
        Items and districts; they add up to `paths`.
    spread : Spread
        Calibrated distribution of the annual total's log error.
    weights : Series
        Weight of every model in the central forecast.
    record : DataFrame indexed by year
        Earlier years at the same months known: actual, forecast, low80, high80, low95, high95.
    plan : float or None
    outturn : float or None
        The year's total, where the receipts at hand already hold it.
    later : DataFrame
        Receipts of the year's remaining periods where the receipts at hand already hold them: unique_id, period
        (last month), y. Never used by the forecast.
    notes : tuple of Text
    """

    panel: Panel
    year: int
    months: int
    received: float
    median: np.ndarray
    paths: np.ndarray
    leaf_paths: dict[str, np.ndarray]
    spread: Spread
    weights: pd.Series
    record: pd.DataFrame
    setting: Setting
    plan: float | None = None
    outturn: float | None = None
    later: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[Text, ...] = field(default=())

    @property
    def unit(self) -> str:
        """Unit of the receipts."""
        return self.panel.total.unit

    @property
    def as_of(self) -> pd.Timestamp:
        """Last known month (first day); December of the year before when none is known."""
        return pd.Timestamp(self.year, 1, 1) + pd.DateOffset(months=self.months - 1)

    @property
    def known(self) -> int:
        """Periods of the year already received."""
        return self.panel.total.known(self.months)

    @property
    def forecast(self) -> float:
        """Central forecast of the annual total."""
        return self.received + float(self.median.sum())

    @property
    def totals(self) -> np.ndarray:
        """Annual total of every path."""
        return self.received + self.paths.sum(axis=1)

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """Bounds of the annual total that hold `level` of the summed paths."""
        low, high = np.quantile(self.totals, [0.5 - level / 2, 0.5 + level / 2])
        return float(low), float(high)

    def chance_within(self, share: float = TOLERANCE) -> float:
        """Chance that the forecast ends within `share` of the outturn."""
        return float((np.abs(self.forecast / self.totals - 1) <= share).mean())

    def chance_of_plan(self) -> float:
        """Chance that the year reaches its plan; NaN without one."""
        return float((self.totals >= self.plan).mean()) if self.plan else float("nan")

    @property
    def last_year(self) -> float:
        """Total of the year before."""
        return self.panel.total.total(self.year - 1)

    @property
    def judged(self) -> bool:
        """Whether the outturn is known and something was left to forecast."""
        return self.outturn is not None and len(self.median) > 0

    @property
    def error(self) -> float:
        """Signed error of the forecast against the outturn; NaN while the year is open."""
        return self.forecast / self.outturn - 1 if self.outturn else float("nan")

    def cumulative(self) -> pd.DataFrame:
        """Cumulative receipts by period.

        Returns
        -------
        DataFrame indexed by last month of the period: received, forecast, low80, high80, low95, high95,
        last_year; received is NaN in the open periods.
        """
        history = self.panel.total
        known = self.known
        actual = np.cumsum(history.row(self.year)[:known])
        table = pd.DataFrame(index=pd.Index(history.ends, name="month"))
        table["received"] = np.concatenate([actual, np.full(len(history.ends) - known, np.nan)])
        table["forecast"] = np.concatenate([actual, self.received + np.cumsum(self.median)])
        climbing = self.received + np.cumsum(self.paths, axis=1)
        for name, q in (("low80", 0.1), ("high80", 0.9), ("low95", 0.025), ("high95", 0.975)):
            ahead = np.quantile(climbing, q, axis=0) if climbing.size else np.empty(0)
            table[name] = np.concatenate([actual, ahead])
        table["last_year"] = np.cumsum(history.row(self.year - 1))
        return table

    def parts(self, by: str = "unique_id") -> pd.DataFrame:
        """Forecast by tax item, district or leaf; the parts add up to the total's mean path.

        Parameters
        ----------
        by : {"unique_id", "tax_item", "district"}

        Returns
        -------
        DataFrame with columns: the name, received, received_last_year (same periods), forecast, low80, high80,
        last_year, change (against last year). Forecasts of parts are means over paths, scaled so that they add up
        to the central forecast of the total.
        """
        structure = self.panel.structure.set_index("unique_id")
        rows = []
        for name, group in structure.reset_index().groupby(by if by != "unique_id" else "unique_id", sort=True):
            leaves = list(group["unique_id"])
            rows.append({by: name, **self._part(leaves)})
        return pd.DataFrame(rows)

    def _part(self, leaves: Sequence[str]) -> dict[str, float]:
        histories = [self.panel.leaves[leaf] for leaf in leaves]
        known = self.known
        received = sum(float(np.nansum(h.row(self.year)[:known])) for h in histories)
        paths = np.sum([self.leaf_paths[leaf] for leaf in leaves], axis=0)
        mean = self.paths.mean(axis=0)
        scale = np.divide(self.median, mean, out=np.ones_like(mean), where=mean > 0)
        totals = received + paths.sum(axis=1)
        before = sum(float(np.nansum(h.row(self.year - 1))) for h in histories)
        forecast = received + float((paths.mean(axis=0) * scale).sum())
        low, high = np.quantile(totals, [0.1, 0.9])
        return {
            "received": received,
            "received_last_year": sum(float(np.nansum(h.row(self.year - 1)[:known])) for h in histories),
            "forecast": forecast,
            "low80": float(low),
            "high80": float(high),
            "last_year": before,
            "change": forecast - before,
        }


def _months_known(history: History, year: int, as_of: str | pd.Timestamp | None) -> int:
    """Months of `year` that the forecast may use; checks that the receipts reach so far."""
    last_year, last_month = history.last_known()
    newest = pd.Timestamp(last_year, last_month, 1)
    at = min(newest, pd.Timestamp(year, 12, 1)) if as_of is None else pd.Timestamp(as_of).replace(day=1)
    if at > newest:
        raise ReceiptsError(
            f"Receipts end in {newest:%Y-%m}, before as_of {at:%Y-%m}. Supply the missing months, or set as_of to "
            f"{newest:%Y-%m} or earlier."
        )
    months = (at.year - year) * 12 + at.month
    if not 0 <= months <= 12:
        raise ReceiptsError(
            f"as_of {at:%Y-%m} does not fit the year {year}: it must lie between {year - 1}-12 and {year}-12."
        )
    return months


def forecast_year(
    receipts: Any,
    year: int,
    as_of: str | pd.Timestamp | None = None,
    model: str = AUTO,
    *,
    plan: float | None = None,
    year_end_block: bool = False,
    events: Sequence[Event] = (),
    drivers: pd.DataFrame | None = None,
    tax_base: pd.Series | None = None,
    calendar: str | None = None,
    joint: tuple[int, ...] = (),
    name: str | None = None,
    record_years: int | None = None,
    paths: int = 2000,
    seed: int = 1,
) -> YearForecast:
    """Forecast a year's receipts from what was known at the end of a month.

    Parameters
    ----------
    receipts : Table, Ibis table or DataFrame
        Columns ds (first day of the period's last month), y; optional unique_id, unit, months_covered, tax_item,
        district, vintage. Figures after `as_of` are not used, save to say how the year ended.
    year : int
    as_of : str or Timestamp, optional
        Last known month, "2025-06"; December of the year before for a forecast at the year's start. The newest
        month by default.
    model : str
        "auto": candidates weighted by their past annual error at the same number of known months; or a model's
        name, see `models.MODELS`.
    plan : float, optional
        Planned annual total, in the receipts' unit.
    year_end_block, events, drivers, tax_base, calendar
        Devices, see `setting.Setting`.
    joint : tuple of int
        Months read together although published apart, such as (1, 2).
    name : str, optional
        Name of the total.
    record_years : int, optional
        Newest years of record to rest weights and intervals on; all by default.
    paths, seed : int
        Simulated paths and the seed they are drawn with.

    Returns
    -------
    YearForecast

    Raises
    ------
    ReceiptsError
        Receipts that cannot be forecast as they stand: see `receipts.prepare`; less than two complete years;
        receipts that end before `as_of`.
    """
    check_model(model)
    panel = prepare(receipts, name=name, joint=joint)
    setting = Setting(model, year_end_block, tuple(events), drivers, tax_base, record_years, calendar)
    return forecast_panel(panel, year, as_of, setting, plan=plan, paths=paths, seed=seed)


@single_threaded
def forecast_panel(
    panel: Panel,
    year: int,
    as_of: str | pd.Timestamp | None,
    setting: Setting,
    *,
    plan: float | None = None,
    paths: int = 2000,
    seed: int = 1,
) -> YearForecast:
    """Forecast a year of prepared receipts; see `forecast_year`."""
    history = panel.total
    months = _months_known(history, year, as_of)
    months = max((end for end in history.ends if end <= months), default=0)
    complete = [y for y in history.complete_years if y < year]
    if len(complete) < 2 or complete[-1] != year - 1:
        raise ReceiptsError(
            f"Series {history.unique_id}: a forecast of {year} needs {year - 2} and {year - 1} complete; complete "
            f"years at hand: {', '.join(map(str, complete)) or 'none'}. Supply at least two years of history."
        )
    setting, notes = _short_history(setting, len(complete))
    table, past, errors, scales = judged_record(panel, year, months, setting)
    origin, said = candidate_forecasts(panel, history, year, months, setting, setting.candidates(months))
    median, weights = central_forecast(origin, said, table)
    drawn = simulation.raw_deviations(origin, paths, seed)
    calibrated = spread(errors, simulation.simulated_spread(origin, median, drawn[:SCALE_PATHS]))
    drawn_total = simulation.calibrated(origin, median, drawn, calibrated) if len(median) else drawn
    outturn = history.total(year)
    return YearForecast(
        panel=panel.until(year, months),
        year=year,
        months=months,
        received=origin.received,
        median=median,
        paths=drawn_total,
        leaf_paths=leaf_paths(panel, year, months, setting, drawn_total, seed),
        spread=calibrated,
        weights=weights,
        record=with_intervals(past, table, errors, scales),
        setting=setting,
        plan=plan,
        outturn=outturn if np.isfinite(outturn) else None,
        later=_later(panel, year, origin.known),
        notes=(*history.notes, *notes, *break_note(origin)),
    )


def _later(panel: Panel, year: int, known: int) -> pd.DataFrame:
    """Receipts after the origin, for judging it."""
    series = panel.leaves or {panel.total.unique_id: panel.total}
    rows = [
        (name, end, float(y))
        for name, history in series.items()
        for end, y in zip(history.ends[known:], history.row(year)[known:], strict=True)
        if np.isfinite(y)
    ]
    return pd.DataFrame(rows, columns=["unique_id", "period", "y"])


def _short_history(setting: Setting, complete: int) -> tuple[Setting, tuple[Text, ...]]:
    """Fall back to damped growth where the history is too short for a model, and say so."""
    if complete >= FULL_YEARS or (setting.model != AUTO and complete >= MODELS[setting.model].years_needed):
        return setting, ()
    note = Text(
        f"Only {complete} complete years of history: the forecast falls back to damped growth of the year to date.",
        f"完整历史年份仅{complete}年：改用累计阻尼增长法预测。",
    )
    return Setting(FALLBACK, False, setting.events, None), (note,)
