"""Drivers: outside series (oil, exchange rate, imports x effective rate) that move receipts.

A driver enters the structural model as the logarithm of its level some months before. Only levels known at the
origin are used; ahead, a driver stays where it is (a scenario may say otherwise).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.tax_forecast.origin import Origin


def known_at(drivers: pd.DataFrame | None, year: int, months: int) -> pd.DataFrame:
    """Driver levels up to the origin's month; the index is the first day of each month."""
    if drivers is None:
        return pd.DataFrame(index=pd.DatetimeIndex([]))
    last = pd.Timestamp(year, 1, 1) + pd.DateOffset(months=months) - pd.DateOffset(months=1)
    return drivers[drivers.index <= last]


def regressors(origin: Origin) -> np.ndarray | None:
    """Log driver levels on the grid of periods, missing ones held at the last known level.

    Returns
    -------
    ndarray of shape (years x periods, drivers), or None where no driver covers the history.
    """
    known = origin.drivers.dropna(axis=1, how="all")
    if known.empty or known.shape[1] == 0:
        return None
    history = origin.history
    months = pd.date_range(f"{history.first_year}-01-01", f"{origin.year}-12-01", freq="MS")
    positive = known.where(known > 0).reindex(known.index.union(months)).ffill().reindex(months)
    levels = pd.DataFrame(np.log(positive.to_numpy(dtype=float)), index=months)
    if levels.isna().to_numpy().any():
        return None
    monthly = levels.to_numpy().reshape(-1, 12, levels.shape[1])
    starts = (0, *history.ends[:-1])
    blocks = [monthly[:, a:b].mean(axis=1) for a, b in zip(starts, history.ends, strict=True)]
    return np.stack(blocks, axis=1).reshape(-1, levels.shape[1])
