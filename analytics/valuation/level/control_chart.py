"""Early warning: a cell's level month by month, smoothed, against limits that know how many lines each month holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD
from analytics.valuation.comparison.ratios import MATCHED
from analytics.valuation.level.result import PriceLevel

SMOOTHING = 0.25
LIMIT = 3.0
_CAP = 0.95  # quantile of value above which a line's weight grows no further


def chart(level: PriceLevel, key: str) -> pd.DataFrame:
    """Exponentially weighted moving average chart of one cell.

    Parameters
    ----------
    level : PriceLevel
    key : str
        A cell, as in column `key`.

    Returns
    -------
    DataFrame, one row a month: `month`, `level` (of the month), `smoothed`, `lower` and `upper` limit, `signal`
    (outside), `lines`.

    Notes
    -----
    Centre 1 (the others' prices), smoothing 0.25, limits three standard errors of the average beyond the band, built up
    month by month from each month's own error: an acceptance chart. Source: Roberts (1959); Freund (1957), Acceptance
    control charts; Montgomery, Statistical Quality Control, ch. 9 and 10.
    """
    cell = level.levels.loc[level.levels["key"] == key, list(level.by)].iloc[0]
    frame = level.compared
    inside = frame["rung"].isin(MATCHED)
    for column, value in cell.items():
        inside &= frame[column] == value
    frame = frame[inside]
    off = (frame["price"] / frame["reference"]).transform(np.log)
    weight = frame["base"].clip(upper=float(frame["base"].quantile(_CAP)))
    data = pd.DataFrame({"month": frame["month"], "w": weight, "wx": weight * off, "lines": frame["lines"]})
    spread = off.sub(off.median()).abs().median() * MAD_TO_SD
    data["square"] = (weight * spread) ** 2
    months = data.groupby("month").sum()
    months = months[months["w"] > 0]  # a month of duty-free goods alone carries no weight
    mean, error = months["wx"] / months["w"], np.sqrt(months["square"]) / months["w"]
    smoothed, variance = np.zeros(len(mean)), np.zeros(len(mean))
    before, spent = 0.0, 0.0
    for t, (x, e) in enumerate(zip(mean, error, strict=True)):
        before = SMOOTHING * x + (1 - SMOOTHING) * before
        spent = (SMOOTHING * e) ** 2 + (1 - SMOOTHING) ** 2 * spent
        smoothed[t], variance[t] = before, spent
    # What lies within the band is in order: honest groups differ for good, and a line around 1 called them in time.
    limit = LIMIT * np.sqrt(variance)
    low, high = np.log(level.band[0]) - limit, np.log(level.band[1]) + limit
    return pd.DataFrame(
        {
            "month": mean.index,
            "level": np.exp(mean.to_numpy()),
            "smoothed": np.exp(smoothed),
            "lower": np.exp(low),
            "upper": np.exp(high),
            "signal": (smoothed < low) | (smoothed > high),
            "lines": months["lines"].to_numpy(),
        }
    )
