"""One row a declaration with its times, and what follows: rates, quantiles, price of an examination."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.operations.release.survival import Survival, kaplan_meier
from analytics.shown import Shown
from analytics.statistics import NORMAL95, exact_limits
from analytics.targets import Status, judge

RATES = {
    ("import", True): "import_sea_same_day_release", ("import", False): "import_other_same_day_release",
    ("export", True): "export_sea_same_day_release", ("export", False): "export_other_same_day_release",
}  # fmt: skip
"""Indicator of the plan by direction and whether goods come by sea."""

LIMIT = 240.0
"""Hours up to which mean times are taken: ten days."""

MOST_AMENDED = 0.02  # share of declarations of later versions, above which no rate counts as met
LEAST = 30  # declarations behind a figure of a port or hour


@dataclass(frozen=True, repr=False)
class ReleaseTimes(Shown):
    """Declarations with their times.

    Attributes
    ----------
    rows : one row a declaration: direction and sea (missing where the source does not say), port, lane, accepted,
        released, hours, released_known (bool), same_day, within_24
    end : last moment that the data know of; what is open then is open, not fast
    dark : declarations without a time of acceptance, or released before it: direction, sea, backwards; no figure holds
        them, the limits allow for them
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
        return len(self.dark) - self.backwards

    @property
    def backwards(self) -> int:
        """Declarations whose release stands before their acceptance: one of the two times is wrong."""
        return int(self.dark["backwards"].sum())

    @cached_property
    def days_only(self) -> bool:
        """Whether the source knows days and no hours: then nothing can be said of hours."""
        known = pd.concat([self.rows["accepted"], self.rows["released"]]).dropna()
        return bool((known == known.dt.normalize()).all())

    @cached_property
    def drawn_by_release(self) -> bool:
        """Whether the rows look as if chosen by their release, so that slow declarations are missing.

        Nothing is open, and nothing was released after the last day of acceptance: a file of all that was accepted ends
        with some declarations open, or with releases of later days.
        """
        released, accepted = self.rows["released"].max(), self.rows["accepted"].max()
        return bool(self.rows["released_known"].all() and released.normalize() <= accepted.normalize())

    @cached_property
    def amended(self) -> float:
        """Share of the declarations of which a later version is read: its acceptance may be that of the amendment."""
        return float(self.rows["amended"].fillna(False).astype(bool).mean()) if "amended" in self.rows else 0.0

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
            if status == "met" and (self.drawn_by_release or self.amended > MOST_AMENDED):
                status = "watch"
            still = int((~part["released_known"]).sum())
            made.append((indicator, direction, sea, n, still, unknown, value, low, high,
                         float(part["within_24"].mean()) if n and not self.days_only else np.nan, status))  # fmt: skip
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
            if len(part) < LEAST or self.days_only:
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
        return frame[(frame["declarations"] >= LEAST) & (not self.days_only)].reset_index()

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
            if len(looked) < LEAST or len(other) < LEAST or self.days_only:
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
        if len(part) < LEAST or self.days_only:
            return pd.DataFrame(columns=["stage", "median", "p90"])
        first = (part["examined"] - part["accepted"]).dt.total_seconds() / 3600
        then = (part["released"] - part["examined"]).dt.total_seconds() / 3600
        rows = [("examination", first.median(), first.quantile(0.9)), ("release", then.median(), then.quantile(0.9))]
        return pd.DataFrame(rows, columns=["stage", "median", "p90"])


def _of(rows: pd.DataFrame, direction: str, sea: bool) -> tuple[pd.Series, pd.Series]:
    """Rows of a direction and mode, and those that may be of them as far as the source says."""
    way, mode = rows["direction"], rows["sea"]
    ours = way.eq(direction).fillna(False).astype(bool) & mode.eq(sea).fillna(False).astype(bool)
    perhaps = way.eq(direction).fillna(False).astype(bool) | way.isna()
    return ours, perhaps & mode.eq(sea).fillna(True).astype(bool) & ~ours
