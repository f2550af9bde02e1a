"""Gaps between the two sides: what is usual for these reporters and this good, and which cells fall short of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analytics.mirror.flows import Both, MirrorError, lag_shares, lagged, totals
from analytics.mirror.reporters import Reporters, estimate
from analytics.mirror.transit import habitual_hubs, through_hubs
from analytics.shown import Shown
from analytics.statistics import MAD_TO_SD, NORMAL95

STATUSES: Final = ("short", "surplus", "in_line", "transit", "unit", "one_sided", "thin")
_LEAST_MONTHS = 6
_MEDIAN_ERROR = 1.25  # of a median's standard error to a mean's
_LEAST_CELLS = 30
_MARKED = 2.0  # standard deviations of a surplus that may hold what another importer misses
_NEAREST = 2.5  # standard deviations: nothing nearer to what is usual is told
_HELD = 0.5  # share of a shortfall that it must hold


@dataclass(frozen=True, repr=False)
class Gaps(Shown):
    """Gaps of all cells.

    Attributes
    ----------
    cells : DataFrame, one row a cell: CELL, months, imports, exports (as they should arrive), gap (log of imports over
        exports) with low95, high95, expected, sd, z, price_gap (log of unit values, missing without weights), hub,
        status of STATUSES, missing_value (what imports fall short of the expected, 0 unless short)
    reporters : what is usual, and how reliable each side is
    lag : shares of exports by months under way
    threshold : standard deviations beyond which a shortfall is told; infinite where none can be
    precision : share of true shortfalls among those told, estimated from the other side
    """

    cells: pd.DataFrame
    reporters: Reporters
    lag: np.ndarray
    threshold: float
    precision: float

    @property
    def said(self) -> str:
        """The result in one line."""
        counts = self.cells["status"].value_counts()
        short, transit = (int(counts.get(s, 0)) for s in ("short", "transit"))
        return f"{len(self.cells):,} cells, {short} short, {transit} in transit"

    def summary(self) -> pd.DataFrame:
        """Cells, values on both sides and what is missing, by status."""
        by = self.cells.groupby("status")
        found = by.agg(cells=("status", "size"), **{c: (c, "sum") for c in ("imports", "exports", "missing_value")})
        return found.sort_values("cells", ascending=False).reset_index()


def gaps(both: Both, *, share_false: float = 0.15, least_value: float = 0.0) -> Gaps:
    """Compare both sides over the whole span.

    Parameters
    ----------
    both : as from `flows.matched`; a span of one to three years
    share_false : share of chance among the shortfalls told that is allowed
    least_value : cells below this on both sides are "thin"

    Raises
    ------
    MirrorError
        For fewer than thirty cells with both sides.

    Notes
    -----
    Exports are spread over the months under way. The gap's interval comes from its monthly scatter. What is usual (CIF
    over FOB, habits of either reporter and of the good) and how far reporters stray from it are estimated together
    (`reporters.estimate`), hubs left out. A shortfall is told beyond the smallest threshold at which the surpluses
    beyond it are at most the allowed share of the shortfalls: chance falls on both sides alike, evasion on one.
    """
    lag = lag_shares(both)
    arriving = lagged(both, lag)
    cells = totals(arriving).assign(error=_scatter(arriving))
    two_sided = (cells["imports"] > 0) & (cells["exports"] > 0)
    if two_sided.sum() < _LEAST_CELLS:
        raise MirrorError(
            f"The mirror needs {_LEAST_CELLS} cells that both sides report, to know what is usual; there are "
            f"{int(two_sided.sum())}. Take coarser goods or a longer span."
        )
    cells["gap"] = np.log(cells["imports"].where(two_sided) / cells["exports"].where(two_sided))
    cells["low95"] = cells["gap"] - NORMAL95 * cells["error"]
    cells["high95"] = cells["gap"] + NORMAL95 * cells["error"]
    weight = cells["import_weight"] / cells["export_weight"]
    cells["price_gap"] = cells["gap"] - np.log(weight.where(weight > 0))
    large = cells[["imports", "exports"]].max(axis=1) >= least_value
    usual_ratio = float(np.exp(cells.loc[two_sided & large, "gap"].median()))
    cells = cells.join(through_hubs(cells, cif=usual_ratio, least_value=least_value))
    status = _first_status(cells, two_sided, large)
    reporters = estimate(cells[status == "in_line"])
    cells["expected"], cells["sd"] = reporters.expect(cells)
    cells["z"] = (cells["gap"] - cells["expected"]) / np.hypot(cells["sd"], cells["error"].fillna(0))
    served = _served_elsewhere(cells, status)
    cells["hub"] = cells["hub"].mask(served != "", served)
    habitual = habitual_hubs(cells)
    behind = (cells["hub"] == "") & (status == "in_line") & (cells["z"] < -_MARKED) & (habitual != "")
    cells["hub"] = cells["hub"].mask(behind, habitual)
    served = cells["hub"].where(served.ne("") | behind, "")
    status = status.mask(served != "", "transit")
    judged = status == "in_line"
    threshold, precision = _threshold(cells.loc[judged, "z"].to_numpy(), share_false)
    status = status.mask(judged & (cells["z"] < -threshold), "short").mask(judged & (cells["z"] > threshold), "surplus")
    fall = np.exp(cells["expected"]) * cells["exports"] - cells["imports"]
    cells["missing_value"] = np.where(status == "short", np.maximum(fall, 0), 0.0)
    return Gaps(cells.assign(status=status), reporters, lag, threshold, precision)


def _scatter(arriving: Both) -> np.ndarray:
    """Standard error of each cell's gap from the months that both sides report, robust."""
    ratio = np.log(arriving.imports / arriving.exports)
    count = np.isfinite(ratio).sum(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # cells that one side never reports
        away = np.abs(ratio - np.nanmedian(ratio, axis=0))
        spread = MAD_TO_SD * np.nanmedian(away, axis=0)
    enough = count >= _LEAST_MONTHS
    usual = float(np.median(spread[enough])) if enough.any() else float("nan")
    spread = np.where(enough, spread, usual)
    error: np.ndarray = np.where(count > 0, _MEDIAN_ERROR * spread / np.sqrt(np.maximum(count, 1)), np.nan)
    return error


def _first_status(cells: pd.DataFrame, two_sided: pd.Series, large: pd.Series) -> pd.Series:
    """Status before anything is judged: only cells "in_line" go on."""
    status = pd.Series("in_line", index=cells.index)
    tens = np.log(10) * np.array([2, 3, 4, 6])
    price = cells["price_gap"].abs().to_numpy()
    slip = (np.abs(price[:, None] - tens) < 0.3).any(axis=1)  # a factor of 100, 1,000 ... between the unit values
    status = status.mask(pd.Series(slip, index=cells.index), "unit")
    status = status.mask(cells["hub"] != "", "transit")
    status = status.mask(cells["months"] < _LEAST_MONTHS, "thin")
    return status.mask(~two_sided & (cells["hub"] == ""), "one_sided").mask(~large, "thin")


def _threshold(z: np.ndarray, share_false: float) -> tuple[float, float]:
    """Smallest threshold at which the surpluses beyond it are at most the allowed share of the shortfalls."""
    z = z[np.isfinite(z)]
    for c in np.sort(-z[z < -_NEAREST]):
        short, surplus = int((z <= -c).sum()), int((z >= c).sum())
        if (1 + surplus) / short <= share_false:
            return float(c) - 1e-9, 1 - (1 + surplus) / short
    return float("inf"), float("nan")


def _served_elsewhere(cells: pd.DataFrame, status: pd.Series) -> pd.Series:
    """Importer that holds what a cell misses: "" where no other importer of the same route has a marked surplus."""
    usual = np.exp(cells["expected"]) * cells["exports"]
    fall, excess = usual - cells["imports"], cells["imports"] - usual
    judged = (status == "in_line") & cells["z"].notna()
    marked = cells[judged & (cells["z"] > _MARKED)].assign(excess=excess)
    top = marked.sort_values("excess", ascending=False, kind="stable").drop_duplicates(["exporter", "good"])
    route = pd.MultiIndex.from_frame(cells[["exporter", "good"]])
    by_route = top.set_index(["exporter", "good"])
    held = by_route["excess"].reindex(route).to_numpy()
    holder = by_route["importer"].reindex(route).fillna("").to_numpy()
    moved = judged & (cells["z"] < -_MARKED) & (held >= _HELD * fall)
    return pd.Series(np.where(moved, holder, ""), index=cells.index)
