"""A forecast year as a value: receipts so far, the simulated rest, the total with its interval and its chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.language import Text
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.paths import Spread
from analytics.tax_forecast.record.setting import Setting
from analytics.tax_forecast.record.shifts import YearEnd

WORTH_NAMING = 1e-4  # share of the total below which a part is not named


@dataclass(frozen=True)
class YearForecast:
    """A forecast of one year's receipts from one origin.

    Attributes
    ----------
    panel : Panel
        As known at the origin.
    year, months : int
        The year and how many of its months are known (12: the year is over; below 0: the origin lies in an earlier
        year).
    received : float
        Receipts so far.
    median : ndarray of shape (remaining,)
        Central forecast of the remaining periods.
    paths : ndarray of shape (paths, remaining)
        Simulated remaining periods.
    leaf_medians : dict of unique_id to ndarray of shape (remaining,)
        Central forecasts of items and districts; they add up to `median`.
    leaf_paths : dict of unique_id to ndarray of shape (paths, remaining)
        Items and districts; they add up to `paths`.
    leaf_record : DataFrame with columns unique_id, year, forecast, actual, remaining, remaining_actual
        What the same rule would have said of each of them in earlier years.
    spread : Spread
        Calibrated distribution of the annual total's log error.
    weights : Series
        Weight of every model in the central forecast.
    record : DataFrame indexed by year
        Earlier years at the same months known: actual, forecast, low80, high80, low95, high95.
    setting : Setting
        The devices it was made with.
    year_end : YearEnd or None
        Why the year-end block is on or off, where the data decided it.
    plan : float or None
    outturn : float or None
        The year's total, where the receipts at hand already hold it (or so nearly that the rest decides nothing).
    unseen : float
        Amount that stands, or could stand, for what was never published of the year, to its newest month.
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
    leaf_medians: dict[str, np.ndarray]
    leaf_paths: dict[str, np.ndarray]
    leaf_record: pd.DataFrame
    spread: Spread
    weights: pd.Series
    record: pd.DataFrame
    setting: Setting
    year_end: YearEnd | None = None
    plan: float | None = None
    outturn: float | None = None
    unseen: float = 0.0
    later: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[Text, ...] = field(default=())

    def __repr__(self) -> str:
        """Show a line, not the arrays."""
        low, high = self.interval(0.8)
        return (
            f"<YearForecast {self.panel.total.unique_id} {self.year}, data to {self.as_of:%Y-%m}: {self.forecast:,.1f} "
            f"{self.unit} (80 %: {low:,.1f} to {high:,.1f})>"
        )

    def _repr_html_(self) -> str:
        """Show the summary as a table in JupyterLab."""
        return self.summary().to_html(float_format="{:,.2f}".format)

    def summary(self) -> pd.DataFrame:
        """Key figures of the total and of every part.

        Returns
        -------
        DataFrame with columns received, forecast, low80, high80, last_year, change, in the receipts' unit; the total
        first, then the parts where there are any.
        """
        low, high = self.interval(0.8)
        total = {"received": self.received, "forecast": self.forecast, "low80": low, "high80": high}
        total |= {"last_year": self.last_year, "change": self.forecast - self.last_year}
        table = pd.DataFrame([total], index=pd.Index([self.panel.total.unique_id], name="unique_id"))
        return pd.concat([table, self.parts().set_index("unique_id")[list(total)]]) if self.leaf_paths else table

    @property
    def unit(self) -> str:
        """Unit of the receipts."""
        return self.panel.total.unit

    @property
    def as_of(self) -> pd.Timestamp:
        """Last known month (first day); the last one of the year before when none is known."""
        return self.panel.total.month(self.year, self.months)

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
    def base_year(self) -> int:
        """The year that the forecast is held against: the newest complete one before it, or the year before."""
        return max((y for y in self.panel.total.complete_years if y < self.year), default=self.year - 1)

    @property
    def last_year(self) -> float:
        """Total of the base year; NaN where no earlier year is complete."""
        return self.panel.total.total(self.base_year)

    @property
    def received_before(self) -> float:
        """Receipts of the base year in the same periods as `received`."""
        return float(self.panel.total.row(self.base_year)[: self.known].sum())

    @property
    def judged(self) -> bool:
        """Whether the outturn is known and something was left to forecast."""
        return self.outturn is not None and len(self.median) > 0

    @property
    def error(self) -> float:
        """Signed error of the forecast against the outturn; NaN while the year is open."""
        return self.forecast / self.outturn - 1 if self.outturn else float("nan")

    def missed_parts(self, factor: float = 1.5) -> list[str]:
        """Items and districts of a judged year that ended beyond `factor` of their forecast, either way.

        Parts below a ten-thousandth of the total are passed over.
        """
        if not self.judged or not self.leaf_paths:
            return []
        got = self.later.groupby("unique_id")["y"].sum()
        parts = self.parts().set_index("unique_id")
        actual = parts["received"] + got.reindex(parts.index).fillna(0.0)
        seen = np.maximum(actual.abs(), parts["forecast"].abs()) >= WORTH_NAMING * abs(self.forecast)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (parts["forecast"] / actual).to_numpy(dtype=float)
            near = np.abs(np.log(np.where(ratio > 0, ratio, np.nan))) <= np.log(factor)
        return [str(name) for name, bad, big in zip(parts.index, ~near, seen, strict=True) if bad and big]

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
        table["last_year"] = np.cumsum(history.row(self.base_year))
        return table

    def parts(self, by: str = "unique_id") -> pd.DataFrame:
        """Forecast by tax item, district or leaf; the parts add up to the total.

        Parameters
        ----------
        by : {"unique_id", "tax_item", "district"}

        Returns
        -------
        DataFrame with columns: the name, received, received_last_year (same periods), forecast, low80, high80,
        last_year, change (against last year). Central forecasts of parts add up to the total's.
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
        totals = received + paths.sum(axis=1)
        before = sum(float(np.nansum(h.row(self.base_year))) for h in histories)
        before = before if np.isfinite(self.last_year) else float("nan")
        forecast = received + sum(float(self.leaf_medians[leaf].sum()) for leaf in leaves)
        low, high = np.quantile(totals, [0.1, 0.9])
        return {
            "received": received,
            "received_last_year": sum(float(np.nansum(h.row(self.base_year)[:known])) for h in histories),
            "forecast": forecast,
            "low80": float(low),
            "high80": float(high),
            "last_year": before,
            "change": forecast - before,
        }
