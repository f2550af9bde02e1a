"""What a parameter set switches on: candidates, the year-end block, drivers, policy events."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs import drivers as driver_levels
from analytics.tax_forecast.inputs.calendar import effect as working_days
from analytics.tax_forecast.inputs.events import Event, law
from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models import BLOCK, MODELS, joining
from analytics.tax_forecast.models.base import FEWEST_PERIODS as FEWEST_PERIODS

AUTO, COMBINATION, FALLBACK = "auto", "combination", "damped_growth"
PACE = "pace"
FULL_YEARS = 3  # what an engine of the season needs; with fewer, damped growth of the year to date
DRIVER_MONTHS = 2  # drivers speak early in the year; later the receipts themselves say more


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Devices of a forecast.

    Attributes
    ----------
    model : str
        "auto" (weighted combination of the candidates), or one model's name.
    year_end_block : "auto" or bool
        December and January-February are booked as one: candidates work on blocks. "auto" is settled by the data, see
        `shifts.resolved`; until then it counts as off.
    events : tuple of Event
        Announced changes of rates and levels.
    drivers : DataFrame or None
        Levels by month (index: first day of the month).
    tax_base : Series or None
        Tax base by month (imports): candidates then forecast base and effective rate apart.
    record_years : int or None
        Years of record that weights and intervals rest on, the newest; all by default.
    calendar : str or None
        Working days as a regressor: "weekdays", or "china" (official working days).
    """

    model: str = AUTO
    year_end_block: bool | str = AUTO
    events: tuple[Event, ...] = ()
    drivers: pd.DataFrame | None = field(default=None, compare=False)
    tax_base: pd.Series | None = field(default=None, compare=False)
    record_years: int | None = None
    calendar: str | None = None

    def __post_init__(self) -> None:
        """Refuse a model that does not exist, naming those that do."""
        if self.model not in MODELS and self.model not in (AUTO, COMBINATION):
            raise ValueError(f'model "{self.model}" is unknown. Models: {AUTO}, {", ".join(MODELS)}.')

    def candidates(self, months: int) -> tuple[str, ...]:
        """Models that are weighed at `months` known months."""
        if self.model not in (AUTO, COMBINATION):
            return (self.model,)
        if self.tax_base is not None:
            return (*joining("base"), *joining("rule"))
        engines = joining("always")
        if self._drivers_speak(months):
            engines += joining("drivers")
        if self.calendar is not None:
            engines += joining("calendar")
        prefix = BLOCK if self.year_end_block is True else ""
        return (*(prefix + name for name in engines), *joining("rule"))

    def _drivers_speak(self, months: int) -> bool:
        return self.drivers is not None and months <= DRIVER_MONTHS

    def digest(self) -> str:
        """Name of everything that changes a candidate's forecast (not which candidates are weighed)."""
        parts = [repr(self.events), str(self.calendar)]
        if self.drivers is not None:
            parts.append(hashlib.sha256(pd.util.hash_pandas_object(self.drivers).to_numpy().tobytes()).hexdigest())
        if self.tax_base is not None:
            parts.append(hashlib.sha256(self.tax_base.to_numpy(dtype=float).tobytes()).hexdigest())
        return "|".join(parts)


def item_shares(panel: Panel, history: History, year: int) -> dict[str, float]:
    """Share of every tax item in `history`, in the year before `year`; 1 for a leaf's own item."""
    structure = panel.structure
    if history.unique_id in panel.leaves:
        own = structure["tax_item"][list(panel.leaves).index(history.unique_id)]
        return {str(own): 1.0}
    if structure.empty:
        return {}
    items = dict(zip(structure["unique_id"], structure["tax_item"], strict=True))
    by_item: dict[str, float] = {}
    for name, leaf in panel.leaves.items():
        item = str(items[name])
        by_item[item] = by_item.get(item, 0.0) + float(np.nansum(leaf.row(year - 1)))
    total = sum(by_item.values()) or np.nan
    return {item: value / total for item, value in by_item.items()}


def origins_to(panel: Panel, history: History, year: int, months: int, setting: Setting) -> list[Origin]:
    """Origins on the way to `year`: what was known, then each later year, whose figures a candidate fills (`after`).

    Parameters
    ----------
    year, months : int
        The year asked for, and its known months; below 0 where the origin lies in an earlier year, -6 after six months
        of the year before.
    """
    return _origins(panel, history, own_origin(year, months), setting, year)


def years_between(months: int) -> int:
    """Years from the origin's own year to the year asked for."""
    return max(0, -(months // 12))


def own_origin(year: int, months: int) -> tuple[int, int]:
    """Year in which an origin lies, and its known months: (2024, 6) for 2025 after -6 months."""
    return year - years_between(months), months if months >= 0 else months % 12


def origin_at(panel: Panel, history: History, year: int, months: int, setting: Setting) -> Origin:
    """Build what was known after `months` months of `year`, see `_origins`."""
    return _origins(panel, history, (year, months), setting, year)[0]


def _origins(panel: Panel, history: History, at: tuple[int, int], setting: Setting, through: int) -> list[Origin]:
    """What was known after so many months of a year, and the years from then on through another, still empty.

    Laws, drivers, base and working days stand beside the history. The total leaves out items that had come to an end by
    then (their past says nothing of the months ahead), and those that give back (they are forecast by themselves).
    """
    (own, known), found = at, list[Origin]()
    shares = item_shares(panel, history, own) if setting.events else {}
    cut, apart, backs = history.until(own, known), 0.0, tuple[str, ...]()
    if history is panel.total:
        backs = tuple(panel.refunding(*own_origin(own, known)))
        # In the panel's order: the last digit of a sum depends on it.
        for name in dict.fromkeys([*backs, *panel.closed(own, known)]):
            ended = panel.leaves[name].until(own, known).grid
            apart += float(np.nansum(ended[-1]))
            cut = replace(cut, grid=cut.grid - np.nan_to_num(ended))
    for year in range(own, through + 1):
        months = known - 12 * (year - own)
        last = cut.month(year, months)
        levels = law(cut, setting.events, shares, last + pd.DateOffset(months=1))
        drivers = driver_levels.known_at(setting.drivers, last)
        base = None if setting.tax_base is None else driver_levels.base_on_grid(cut, setting.tax_base, max(months, 0))
        days = None if setting.calendar is None else working_days(cut, setting.calendar)
        found.append(Origin(cut, year, months, levels, drivers, base, days, apart, backs))
        wider = np.vstack([cut.grid, np.full((1, cut.grid.shape[1]), np.nan)])
        cut, apart = replace(cut, grid=wider, monthly=None, parts=()), 0.0
    return found
