"""Times to release with cases that are still open: Kaplan and Meier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.shown import Shown
from analytics.statistics import NORMAL95


@dataclass(frozen=True, repr=False)
class Survival(Shown):
    """Share still open after each time.

    Attributes
    ----------
    time, open : (k) times at which something was released, and the share still open after them
    error : (k) standard error of log(-log(open)), for limits that stay between 0 and 1
    steps : (k) Greenwood's terms d / (n (n - d))
    cases, released : number of cases, and of those released
    """

    time: np.ndarray
    open: np.ndarray
    error: np.ndarray
    steps: np.ndarray
    cases: int
    released: int

    @property
    def said(self) -> str:
        """The result in one line."""
        return f"{self.cases:,} cases, {self.released:,} released, median {self.quantile(0.5)[0]:.1f}"

    def summary(self) -> pd.DataFrame:
        """Times by which shares of the cases are released, with 95 % intervals."""
        rows = [(share, *self.quantile(share)) for share in (0.25, 0.5, 0.75, 0.9)]
        return pd.DataFrame(rows, columns=["share_released", "time", "low95", "high95"])

    def quantile(self, share: float) -> tuple[float, float, float]:
        """Time by which `share` of the cases are released, with its 95 % interval; missing where it is not reached.

        Notes
        -----
        The interval holds the times at which the test of Brookmeyer and Crowley (1982), on the log-log scale, does not
        refuse the quantile.
        """
        left = 1 - share
        value = self._first(self.open, left)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.log(-np.log(np.clip(self.open, 1e-300, 1 - 1e-16)))
            low = np.exp(-np.exp(at + NORMAL95 * self.error))
            high = np.exp(-np.exp(at - NORMAL95 * self.error))
        return value, self._first(low, left), self._first(high, left)

    def _first(self, curve: np.ndarray, left: float) -> float:
        below = np.flatnonzero(curve <= left + 1e-12)
        return float(self.time[below[0]]) if len(below) else float("nan")

    def mean_until(self, limit: float) -> tuple[float, float]:
        """Mean time up to a limit (cases longer than it count as the limit), with its standard error."""
        inside = self.time < limit
        edges = np.concatenate([[0.0], self.time[inside], [limit]])
        level = np.concatenate([[1.0], self.open[inside]])
        area = np.diff(edges) * level
        mean = float(area.sum())
        rest = mean - np.cumsum(area)[:-1]  # area that lies beyond each release
        return mean, float(np.sqrt((rest**2 * self.steps[inside]).sum()))


def kaplan_meier(hours: np.ndarray, released: np.ndarray) -> Survival:
    """Estimate the share still open after each time.

    Parameters
    ----------
    hours : (n) hours to release, or so far for cases that are still open
    released : (n) bool

    Returns
    -------
    Survival

    Notes
    -----
    S(t) = product of (1 - d/n) over the times up to t; Greenwood's variance. Source: Kaplan and Meier 1958.
    """
    time, inverse = np.unique(hours, return_inverse=True)
    events = np.bincount(inverse, released.astype(float), len(time))
    leave = np.bincount(inverse, minlength=len(time))
    risk = len(hours) - np.concatenate([[0], np.cumsum(leave)[:-1]])
    some = events > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = np.cumprod(1 - events / risk)
        steps = np.where(risk > events, events / (risk * (risk - events)), 0.0)
        log = np.log(np.clip(curve, 1e-300, 1 - 1e-16))
        error = np.sqrt(np.cumsum(steps)) / np.abs(log)
    return Survival(time[some], curve[some], error[some], steps[some], len(hours), int(released.sum()))
