"""The gap against the tax rate: how much more goes missing where more is to be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import t as student

from analytics.mirror.flows import MirrorError
from analytics.statistics import MAD_TO_SD

PUBLISHED: Final = {
    "slope": 3.0,
    "source": "Fisman and Wei, Journal of Political Economy 112(2), 2004, 471-500, doi:10.1086/381476",
    "data": "Hong Kong's exports to China against China's imports from Hong Kong, by product, 1998",
}
"""A percentage point of tax goes with 3 per cent more evasion (their abstract); slope of log(exports/imports) on the
tax rate as a share."""

_LEAST_CLUSTERS = 8


@dataclass(frozen=True)
class Elasticity:
    """Slope of the evasion gap on the tax rate.

    Attributes
    ----------
    slope : log points of the gap (exports over imports) a unit of the rate: 3 is 3 % a percentage point
    low95, high95 : t interval with clusters less one degrees of freedom, standard error from clusters
    cells, clusters : counts
    """

    slope: float
    low95: float
    high95: float
    cells: int
    clusters: int


def elasticity(cells: pd.DataFrame, rates: pd.Series, *, cluster: pd.Series | None = None) -> Elasticity:
    """Regress the evasion gap on the tax rate.

    Parameters
    ----------
    cells : importer, exporter, good, gap (log of imports over exports); rows without a gap are left out
    rates : tax rate of each cell as a share, aligned to `cells`
    cluster : what moves together; by default the four-digit heading of the good

    Returns
    -------
    Elasticity with its sign: positive where more is missing at higher rates. Importer and exporter are absorbed, gaps
    beyond five robust standard deviations are drawn in to them.

    Raises
    ------
    MirrorError
        For fewer than eight clusters, or rates that do not differ.

    Notes
    -----
    Least squares with cluster-robust (CR1) standard errors. Source of the question: `PUBLISHED`.
    """
    use = cells["gap"].notna() & rates.notna()
    frame = cells.loc[use]
    rate = rates[use].to_numpy(float)
    groups = (cells["good"].astype(str).str[:4] if cluster is None else cluster)[use]
    count = groups.nunique()
    if count < _LEAST_CLUSTERS or np.ptp(rate) == 0:
        raise MirrorError(
            f"The gap can be set against tax rates with at least {_LEAST_CLUSTERS} headings and rates that differ; "
            f"found {count} headings, rates from {rate.min(initial=0):.3g} to {rate.max(initial=0):.3g}."
        )
    y = _within(-_drawn_in(frame["gap"].to_numpy(float)), frame)
    x = _within(rate, frame)
    slope = float(x @ y / (x @ x))
    scores = pd.Series(x * (y - slope * x)).groupby(groups.to_numpy()).sum().to_numpy()
    n, absorbed = len(y), frame["importer"].nunique() + frame["exporter"].nunique() - 1
    small = count / (count - 1) * (n - 1) / max(n - absorbed - 1, 1)
    error = float(np.sqrt(small * (scores**2).sum()) / (x @ x))
    reach = float(student.ppf(0.975, count - 1)) * error
    return Elasticity(slope, slope - reach, slope + reach, n, count)


def _drawn_in(values: np.ndarray) -> np.ndarray:
    centre = np.median(values)
    spread = max(MAD_TO_SD * np.median(np.abs(values - centre)), 1e-6)
    drawn: np.ndarray = np.clip(values, centre - 5 * spread, centre + 5 * spread)
    return drawn


def _within(values: np.ndarray, cells: pd.DataFrame) -> np.ndarray:
    """Take out importer and exporter means by turns."""
    rest = pd.Series(values - values.mean())
    for _ in range(30):
        for name in ("importer", "exporter"):
            rest = rest - rest.groupby(cells[name].to_numpy()).transform("mean")
    return rest.to_numpy()
