"""What the mirror says of prices: reference prices by good, exporter and month, and the price level of an importer."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from analytics.mirror.flows import Both
from analytics.mirror.gaps import Gaps
from analytics.statistics import MAD_TO_SD, NORMAL95

REFERENCE: Final = ("hs_code", "unit", "origin", "month", "price", "low95", "high95", "importers", "source")
LEVEL: Final = (
    "importer",
    "level",
    "low95",
    "high95",
    "relative",
    "relative_low95",
    "relative_high95",
    "cells",
    "value",
)

_WINSORISED = 0.05
_JUDGED = ("in_line", "short", "surplus")


def usual_price_ratio(found: Gaps) -> tuple[float, float]:
    """Logarithm of import over export unit values in the middle of the cells, and their spread (robust)."""
    gap = _compared(found)["price_gap"].to_numpy(float)
    if not len(gap):
        return float("nan"), float("nan")
    middle = float(np.median(gap))
    return middle, float(MAD_TO_SD * np.median(np.abs(gap - middle)))


def reference_prices(arriving: Both, found: Gaps) -> pd.DataFrame:
    """Prices a kilogram that partners' exports lead to expect of imports.

    Parameters
    ----------
    arriving : both sides with exports as they should arrive (`flows.lagged`)
    found : their gaps

    Returns
    -------
    DataFrame with REFERENCE, one row a good, exporter and month: price is the exporter's unit value over all importers
    compared, times the usual ratio of import to export unit values (CIF over FOB); its 95 % interval comes from how far
    cells stray from that ratio, which importers' number does not narrow below the spread of one. Columns and units are
    those of the table reference_prices. Empty without weights.
    """
    use = found.cells["status"].isin(_JUDGED).to_numpy() & found.cells["price_gap"].notna().to_numpy()
    ratio, spread = usual_price_ratio(found)
    both = (arriving.exports > 0) & (arriving.export_weight > 0) & use
    row, column = np.nonzero(both)
    cells = arriving.cells.iloc[column]
    frame = pd.DataFrame(
        {
            "hs_code": cells["good"].to_numpy(), "origin": cells["exporter"].to_numpy(),
            "month": arriving.months[row], "value": arriving.exports[row, column],
            "weight": arriving.export_weight[row, column], "importers": 1,
        }
    )  # fmt: skip
    sums = frame.groupby(["hs_code", "origin", "month"], as_index=False).sum()
    price = sums["value"] / sums["weight"] * np.exp(ratio)
    return sums.assign(
        unit="kg", price=price, low95=price * np.exp(-NORMAL95 * spread), high95=price * np.exp(NORMAL95 * spread),
        source="mirror",
    )[list(REFERENCE)]  # fmt: skip


def price_levels(found: Gaps) -> pd.DataFrame:
    """Price level of each importer against the mirror: declared unit values over those that partners report.

    Parameters
    ----------
    found : as from `gaps.gaps`; flows in transit, slips of a unit and cells without weights are not in it

    Returns
    -------
    DataFrame with LEVEL: level is the mean log ratio of unit values, weighted by imports and winsorised at a twentieth,
    as a factor (1.06: six per cent above what partners report, freight and insurance included); relative: against the
    other importers' level on the same goods and exporters, each weighted as the importer's own (missing with one
    importer); 95 % intervals with exporters as clusters.
    """
    cells = _compared(found)
    rows = []
    for importer, own in cells.groupby("importer"):
        level = _weighted(own["price_gap"], own)
        others = cells[cells["importer"] != importer].groupby(["exporter", "good"])["price_gap"].mean()
        there = others.reindex(pd.MultiIndex.from_frame(own[["exporter", "good"]])).to_numpy()
        shared = own[np.isfinite(there)]
        apart = _weighted(own["price_gap"][np.isfinite(there)] - there[np.isfinite(there)], shared)
        rows.append((importer, *level, *apart, len(own), float(own["imports"].sum())))
    return pd.DataFrame(rows, columns=list(LEVEL))


def _compared(found: Gaps) -> pd.DataFrame:
    cells = found.cells
    return cells[cells["status"].isin(_JUDGED) & cells["price_gap"].notna()]


def _weighted(log_ratio: pd.Series, cells: pd.DataFrame) -> tuple[float, float, float]:
    """Weighted mean as a factor with its 95 % interval, exporters as clusters; missing under three exporters."""
    if cells["exporter"].nunique() < 3:
        return float("nan"), float("nan"), float("nan")
    low, high = np.quantile(log_ratio, [_WINSORISED, 1 - _WINSORISED])
    y, w = np.clip(log_ratio.to_numpy(float), low, high), (cells["imports"] / cells["imports"].sum()).to_numpy(float)
    mean = float(w @ y)
    total = pd.Series(w * (y - mean)).groupby(cells["exporter"].to_numpy()).sum()
    clusters = len(total)
    error = float(np.sqrt(clusters / (clusters - 1) * (total**2).sum()))
    return tuple(np.exp([mean, mean - NORMAL95 * error, mean + NORMAL95 * error]).tolist())
