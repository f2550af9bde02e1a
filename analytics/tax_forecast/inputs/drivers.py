"""Drivers: outside series (oil, exchange rate, imports x effective rate) that move receipts.

A driver enters the structural model as the logarithm of its level some months before. Only levels known at the
origin are used; ahead, a driver stays where it is (a scenario may say otherwise).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History, ReceiptsError


def driver_levels(indicators: Any, names: Sequence[str] = ()) -> pd.DataFrame:
    """Turn a table of indicators into driver levels.

    Parameters
    ----------
    indicators : Table, Ibis table or DataFrame
        Columns indicator_id, period (a month such as 2025-06), value.
    names : sequence of str
        Indicators to keep; all by default.

    Returns
    -------
    DataFrame indexed by the first day of the month, a column an indicator.

    Raises
    ------
    ReceiptsError
        When a name is not among the indicators.
    """
    frame = indicators if isinstance(indicators, pd.DataFrame) else indicators.to_pandas()
    months = pd.to_datetime(frame["period"].astype(str).str.slice(0, 7) + "-01")
    wide = frame.assign(month=months).pivot_table(index="month", columns="indicator_id", values="value", aggfunc="last")
    absent = [name for name in names if name not in wide.columns]
    if absent:
        raise ReceiptsError(f"Driver {absent[0]} is not among the indicators: {', '.join(map(str, wide.columns))}.")
    wide = wide[list(names)] if len(names) else wide
    return wide.rename_axis(columns=None)


def known_at(drivers: pd.DataFrame | None, last: pd.Timestamp) -> pd.DataFrame:
    """Driver levels up to the origin's last known month; the index is the first day of each month."""
    return pd.DataFrame(index=pd.DatetimeIndex([])) if drivers is None else drivers[drivers.index <= last]


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
    months = pd.date_range(history.month(history.first_year, 1), history.month(origin.year, 12), freq="MS")
    positive = known.where(known > 0).reindex(known.index.union(months)).ffill().reindex(months)
    levels = pd.DataFrame(np.log(positive.to_numpy(dtype=float)), index=months)
    if levels.isna().to_numpy().any():
        return None
    monthly = levels.to_numpy().reshape(-1, 12, levels.shape[1])
    starts = (0, *history.ends[:-1])
    blocks = [monthly[:, a:b].mean(axis=1) for a, b in zip(starts, history.ends, strict=True)]
    return np.stack(blocks, axis=1).reshape(-1, levels.shape[1])


def base_on_grid(history: History, levels: pd.Series, months: int) -> np.ndarray | None:
    """Sum a monthly tax base on the grid of periods; NaN where a month is missing or lies after the origin.

    Parameters
    ----------
    history : History
        The last row is the origin's year.
    levels : Series indexed by the first day of the month
    months : int
        Known months of the last year.

    Returns
    -------
    ndarray of shape (years, periods), or None where nothing is known.
    """
    index = pd.date_range(history.month(history.first_year, 1), periods=12 * len(history.grid), freq="MS")
    monthly = levels.reindex(index).to_numpy(dtype=float).reshape(-1, 12).copy()
    monthly[-1, months:] = np.nan
    starts = (0, *history.ends[:-1])
    grid = np.stack([monthly[:, a:b].sum(axis=1) for a, b in zip(starts, history.ends, strict=True)], axis=1)
    return grid if np.isfinite(grid).any() else None
