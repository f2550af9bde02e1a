"""A panel from published monthly figures: receipts by series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.early_warning.panels.panel import Coverage, Panel, WarningDataError, empty_months, grid_of
from analytics.tables import as_pandas

_TOTAL = "total"


def from_receipts(receipts: Any, *, least_months: int = 24) -> tuple[list[Panel], Coverage]:
    """Turn receipts into a panel of series and their total.

    Parameters
    ----------
    receipts : tables.Table, Ibis table or DataFrame with unique_id, ds, y and optional months_covered, vintage
    least_months : a series seen above zero in fewer months, or not in the last twelve, is not watched

    Returns
    -------
    (panels, coverage): one panel. A period of two months is watched as their average, in its last month; of several
    vintages the last counts. Where there are several series their sum is watched too, as "total".

    Raises
    ------
    WarningDataError
        For too few months or no series to watch.
    """
    frame = as_pandas(receipts)
    if "vintage" in frame and frame["vintage"].notna().any():
        frame = frame.sort_values("vintage").drop_duplicates(["unique_id", "ds"], keep="last")
    covered = pd.to_numeric(frame.get("months_covered", pd.Series(1, index=frame.index))).fillna(1)
    frame = frame.assign(y=frame["y"] / covered, ds=pd.to_datetime(frame["ds"]))
    wide = frame.pivot_table(index="ds", columns="unique_id", values="y", aggfunc="sum")
    wide = wide.reindex(grid_of(frame["ds"]))
    made = wide.shape[1] > 1 and _TOTAL not in wide
    if made:
        wide[_TOTAL] = wide.sum(axis=1, min_count=wide.shape[1])
    alive = (wide.iloc[-12:] > 0).any().to_numpy()
    enough = ((wide > 0).sum() >= least_months).to_numpy() & alive
    if not enough.any():
        raise WarningDataError(
            f"No series holds {least_months} months above zero and one in the last twelve. Give it a longer source, or "
            "a last_month in which its series still run."
        )
    kept = wide.loc[:, enough]
    watched = set(kept.columns)
    parts = [c for c in wide if c != _TOTAL] or list(wide)
    share = float(wide[[c for c in parts if c in watched]].sum().sum() / wide[parts].sum().sum())
    worth = np.nansum(kept.to_numpy()[-12:], axis=0)
    names = pd.DataFrame({"series": kept.columns.astype(str)})
    sums = names["series"].to_numpy() == (_TOTAL if made else "")
    panel = Panel("receipts", names, kept.to_numpy(float), pd.DatetimeIndex(kept.index), worth, sums)
    ended, empty = int((~alive).sum()), empty_months(pd.DatetimeIndex(wide.index), _covered(frame["ds"], covered))
    return [panel], Coverage(wide.shape[1], kept.shape[1], share, ended=ended, empty=empty)


def _covered(last: pd.Series, months: pd.Series) -> pd.Series:
    """Every month that the periods cover: January too, where it is published with February."""
    back = [last - pd.DateOffset(months=k) for k in range(1, int(months.max()))]
    return pd.concat([last, *(b[months > k] for k, b in enumerate(back, 1))])
