"""How a year ended, for judging a forecast of it: never used by the forecast itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.calibration import TOLERANCE


def outturn_of(final: History, year: int, forecast: float) -> float | None:
    """Year's total; None while it is open, or where what was never published decides whether the forecast held."""
    total, unseen = final.total(year), final.unseen_in(year)
    if not np.isfinite(total):
        return None
    held = {abs(forecast / total_ - 1) <= TOLERANCE for total_ in (total - unseen, total, total + unseen) if total_ > 0}
    return total if len(held) == 1 else None


def came_later(panel: Panel, year: int, known: int) -> pd.DataFrame:
    """Receipts after the origin, for judging it."""
    series = panel.leaves or {panel.total.unique_id: panel.total}
    rows = [
        (name, end, float(y))
        for name, history in series.items()
        for end, y in zip(history.ends[known:], history.row(year)[known:], strict=True)
        if np.isfinite(y)
    ]
    return pd.DataFrame(rows, columns=["unique_id", "period", "y"])
