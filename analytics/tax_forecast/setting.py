"""What a parameter set switches on: candidates, the year-end block, drivers, policy events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.tax_forecast import drivers as driver_levels
from analytics.tax_forecast.events import Event, law
from analytics.tax_forecast.models import MODELS
from analytics.tax_forecast.origin import Origin
from analytics.tax_forecast.periods import History
from analytics.tax_forecast.receipts import Panel

AUTO, COMBINATION, FALLBACK = "auto", "combination", "damped_growth"
FULL_YEARS = 5  # under about five full years no model beats the damped growth of the year to date
DRIVER_MONTHS = 2  # drivers speak early in the year; later the receipts themselves say more

_PLAIN = ("structural", "structural_trend", "ets", "theta", "sarimax")
_BLOCK = ("year_end_block", "year_end_block_trend", "year_end_block_growth")


@dataclass(frozen=True)
class Setting:
    """Devices of a forecast.

    Attributes
    ----------
    model : str
        "auto" (weighted combination of the candidates), or one model's name.
    year_end_block : bool
        December and January-February are booked as one: candidates work on blocks.
    events : tuple of Event
        Announced changes of rates and levels.
    drivers : DataFrame or None
        Levels by month (index: first day of the month).
    """

    model: str = AUTO
    year_end_block: bool = False
    events: tuple[Event, ...] = ()
    drivers: pd.DataFrame | None = field(default=None, compare=False)

    def candidates(self, months: int) -> tuple[str, ...]:
        """Models that are weighed at `months` known months."""
        if self.model not in (AUTO, COMBINATION):
            return (self.model,)
        names = _BLOCK if self.year_end_block else _PLAIN
        if self.drivers is not None and months <= DRIVER_MONTHS:
            names = (*names, "structural_drivers")
        return names

    def digest(self) -> str:
        """Name of everything that changes a candidate's forecast (not which candidates are weighed)."""
        parts = [repr(self.events)]
        if self.drivers is not None:
            parts.append(hashlib.sha256(pd.util.hash_pandas_object(self.drivers).to_numpy().tobytes()).hexdigest())
        return "|".join(parts)


def item_shares(panel: Panel, history: History, year: int) -> dict[str, float]:
    """Share of every tax item in `history`, in the year before `year`; 1 for a leaf's own item."""
    structure = panel.structure
    if history.unique_id in panel.leaves:
        own = structure.loc[structure["unique_id"] == history.unique_id, "tax_item"]
        return {str(own.iloc[0]): 1.0}
    if structure.empty:
        return {}
    totals = pd.Series({name: float(np.nansum(leaf.row(year - 1))) for name, leaf in panel.leaves.items()})
    by_item = totals.groupby(structure.set_index("unique_id")["tax_item"]).sum()
    return {str(item): float(share) for item, share in (by_item / by_item.sum()).items()}


def origin_at(panel: Panel, history: History, year: int, months: int, setting: Setting) -> Origin:
    """Build what was known after `months` months of `year`."""
    cut = history.until(year, months)
    day = pd.Timestamp(year, 1, 1) + pd.DateOffset(months=months)
    levels = law(cut, setting.events, item_shares(panel, history, year), day)
    return Origin(cut, year, months, levels, driver_levels.known_at(setting.drivers, year, months))


def check_model(name: str) -> None:
    """Refuse a model that does not exist, naming those that do."""
    if name not in MODELS and name not in (AUTO, COMBINATION):
        raise ValueError(f'model "{name}" is unknown. Models: {AUTO}, {", ".join(MODELS)}.')
