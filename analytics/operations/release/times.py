"""One row a declaration with its times, and what follows: rates, quantiles, price of an examination."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import AnalystError
from analytics.operations.release.rows import WANTED, one_row
from analytics.operations.release.survival import Survival, kaplan_meier
from analytics.shown import Shown
from analytics.statistics import NORMAL95, exact_limits
from analytics.tables import as_ibis
from analytics.tables.engine import connection as engine
from analytics.targets import Status, judge

RATES = {
    ("import", True): "import_sea_same_day_release", ("import", False): "import_other_same_day_release",
    ("export", True): "export_sea_same_day_release", ("export", False): "export_other_same_day_release",
}  # fmt: skip
"""Indicator of the plan by direction and whether goods come by sea."""

LIMIT = 240.0
"""Hours up to which mean times are taken: ten days."""

LEAST = 30  # declarations behind a figure of a port or hour


class OperationsError(AnalystError, ValueError):
    """Data that the page cannot be computed from: which column, what to do."""


@dataclass(frozen=True, repr=False)
class ReleaseTimes(Shown):
    """Declarations with their times.

    Attributes
    ----------
    rows : one row a declaration: direction and sea (missing where the source does not say), port, lane, accepted,
        released, hours, released_known (bool), same_day, within_24
    end : last moment that the data know of; what is open then is open, not fast
    dark : declarations without a time of acceptance: direction, sea; no figure holds them, the limits allow for them
    """

    rows: pd.DataFrame
    end: pd.Timestamp
    dark: pd.DataFrame

    @property
    def said(self) -> str:
        """The result in one line."""
        met = int((self.rates["status"] == "met").sum())
        return f"{len(self.rows):,} declarations to {self.end:%Y-%m-%d}: {met} of 4 same-day rates reach the plan"

    def summary(self) -> pd.DataFrame:
        """The four same-day rates with their limits."""
        return self.rates

    @property
    def untimed(self) -> int:
        """Declarations without a time of acceptance."""
        return len(self.dark)

    @property
    def unplaced(self) -> int:
        """Declarations of which direction or mode is not known, and so are in none of the four rates."""
        return int((self.rows["direction"].isna() | self.rows["sea"].isna()).sum())

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Same-day rates by direction and mode.

        Returns
        -------
        DataFrame with indicator, direction, sea, declarations, open, unknown (without time, direction or mode, which
        may have been of this kind and either way: the limits run over both), same_day, low95, high95, within_24, status
        """
        made = []
        for (direction, sea), indicator in RATES.items():
            ours, perhaps = _of(self.rows, direction, sea)
            part = self.rows[ours]
            n, hits = len(part), int(part["same_day"].sum())
            unknown = int(perhaps.sum()) + sum(int(at.sum()) for at in _of(self.dark, direction, sea))
            low, high = exact_limits(hits, n, unknown)
            value = hits / n if n else np.nan
            status: Status = judge(indicator, 100 * value, 100 * low, 100 * high) if n else "insufficient"
            still = int((~part["released_known"]).sum())
            made.append((indicator, direction, sea, n, still, unknown, value, low, high,
                         float(part["within_24"].mean()) if n else np.nan, status))  # fmt: skip
        return pd.DataFrame(made, columns=["indicator", "direction", "sea", "declarations", "open", "unknown",
                                           "same_day", "low95", "high95", "within_24", "status"])  # fmt: skip

    def survival(self, part: pd.DataFrame) -> Survival:
        """Kaplan-Meier of a part of the rows."""
        return kaplan_meier(part["hours"].to_numpy(float), part["released_known"].to_numpy(bool))

    def quantiles(self, by: str) -> pd.DataFrame:
        """Hours to release by lane, port or mode: median and 90 % with intervals; open cases are censored.

        Returns
        -------
        DataFrame with the column `by`, declarations, open, median, median_low, median_high, p90, p90_low, p90_high,
        same_day; the largest first. Groups under thirty declarations are left out.
        """
        made = []
        for name, part in self.rows.groupby(by):
            if len(part) < LEAST:
                continue
            s = self.survival(part)
            made.append((name, len(part), len(part) - s.released, *s.quantile(0.5), *s.quantile(0.9),
                         float(part["same_day"].mean())))  # fmt: skip
        columns = [
            by,
            "declarations",
            "open",
            "median",
            "median_low",
            "median_high",
            "p90",
            "p90_low",
            "p90_high",
            "same_day",
        ]
        frame = pd.DataFrame(made, columns=columns)
        return frame.sort_values("declarations", ascending=False, ignore_index=True)

    @cached_property
    def by_hour(self) -> pd.DataFrame:
        """Same-day rate by hour of acceptance: hour, declarations, same_day, within_24."""
        hour = self.rows["accepted"].dt.hour.rename("hour")
        grouped = self.rows.groupby(hour)
        frame = grouped.agg(
            declarations=("hours", "size"), same_day=("same_day", "mean"), within_24=("within_24", "mean")
        )
        return frame[frame["declarations"] >= LEAST].reset_index()

    @cached_property
    def price(self) -> pd.DataFrame:
        """What an examination costs: hours that it adds to a declaration of the same direction and mode.

        Returns
        -------
        DataFrame with direction, sea, examined, mean_examined, mean_other, extra, low95, high95 (hours up to the limit)
        """
        made = []
        for (direction, sea), part in self.rows.groupby(["direction", "sea"]):
            looked = part[part["lane"] == "examine"]
            other = part[part["lane"] != "examine"]
            if len(looked) < LEAST or len(other) < LEAST:
                continue
            (a, ea), (b, eb) = (self.survival(x).mean_until(LIMIT) for x in (looked, other))
            error = NORMAL95 * float(np.hypot(ea, eb))
            made.append((direction, bool(sea), len(looked), a, b, a - b, a - b - error, a - b + error))
        return pd.DataFrame(made, columns=["direction", "sea", "examined",
            "mean_examined", "mean_other", "extra", "low95",
                                           "high95"])  # fmt: skip

    @property
    def total_price(self) -> tuple[float, float, float, float]:
        """Extra hours of all examined declarations together, and for one of them, with its 95 % interval."""
        p = self.price
        if p.empty:
            return np.nan, np.nan, np.nan, np.nan
        n = float(p["examined"].sum())
        mean = float((p["examined"] * p["extra"]).sum()) / n
        half = float(np.sqrt(((p["examined"] * (p["high95"] - p["extra"])) ** 2).sum())) / n
        return n * mean, mean, mean - half, mean + half

    @property
    def stages(self) -> pd.DataFrame:
        """Median hours of examined declarations from acceptance to the end of the examination, and on to release."""
        part = self.rows[self.rows["examined"].notna() & self.rows["released_known"]]
        if len(part) < LEAST:
            return pd.DataFrame(columns=["stage", "median", "p90"])
        first = (part["examined"] - part["accepted"]).dt.total_seconds() / 3600
        then = (part["released"] - part["examined"]).dt.total_seconds() / 3600
        rows = [("examination", first.median(), first.quantile(0.9)), ("release", then.median(), then.quantile(0.9))]
        return pd.DataFrame(rows, columns=["stage", "median", "p90"])


def release_times(declarations: Any, first_month: str | None = None, last_month: str | None = None) -> ReleaseTimes:
    """Release times of declarations.

    Parameters
    ----------
    declarations : Table, Ibis table or DataFrame with declaration_id, accepted_at, released_at; by direction,
        transport_mode, port, lane and examined_at where they are there
    first_month, last_month : months of declaration such as "2025-01", optional

    Returns
    -------
    ReleaseTimes

    Raises
    ------
    OperationsError
        The times are missing.

    Notes
    -----
    Same day: released on the calendar day of acceptance / accepted. A declaration is open until its last line is
    released; what is open at the end of the data stays in the denominator and is censored there.
    """
    t = as_ibis(declarations, list(WANTED))
    for column in ("declaration_id", "accepted_at", "released_at"):
        if column not in t.columns:
            raise OperationsError(
                f"declarations: column {column} is missing; release times need it. Add it by the column map "
                "(single_window_zh knows 接受申报时间 and 放行时间)."
            )
    rows = engine.fetch(one_row(t))
    rows["sea"] = rows["sea"].astype("boolean")
    if first_month:
        rows = rows[rows["date"].dt.to_period("M") >= pd.Period(first_month)]
    if last_month:
        rows = rows[rows["date"].dt.to_period("M") <= pd.Period(last_month)]
    timed = rows[rows["accepted"].notna()].copy()
    if timed.empty:
        raise OperationsError("declarations: no declaration has a time of acceptance in these months (accepted_at).")
    end = max(timed["released"].max(), timed["accepted"].max())
    timed["released_known"] = timed["released"].notna() & ~timed["open"].astype(bool)
    until = timed["released"].where(timed["released_known"], end)
    timed["hours"] = ((until - timed["accepted"]).dt.total_seconds() / 3600).clip(lower=0)
    timed["same_day"] = timed["released_known"] & (timed["released"].dt.normalize() == timed["accepted"].dt.normalize())
    timed["within_24"] = timed["released_known"] & (timed["hours"] <= 24)
    dark = rows.loc[rows["accepted"].isna(), ["direction", "sea"]].reset_index(drop=True)
    return ReleaseTimes(timed.reset_index(drop=True), end, dark)


def _of(rows: pd.DataFrame, direction: str, sea: bool) -> tuple[pd.Series, pd.Series]:
    """Rows of a direction and mode, and those that may be of them as far as the source says."""
    way, mode = rows["direction"], rows["sea"]
    ours = way.eq(direction).fillna(False).astype(bool) & mode.eq(sea).fillna(False).astype(bool)
    perhaps = way.eq(direction).fillna(False).astype(bool) | way.isna()
    return ours, perhaps & mode.eq(sea).fillna(True).astype(bool) & ~ours
