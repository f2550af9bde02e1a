"""How much is declared on which day, and how prices and the currency move from month to month."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.simulation.world.geography import Geography
from analytics.simulation.world.parameters import Parameters
from analytics.simulation.world.tariff import Tariff
from analytics.workdays import CHINA, is_working_day, lunar_new_year

BLOCK = 32_768
"""Rows of a block: the unit of random streams, so that threads and chunks cannot change the content."""

_MONTH = np.array([1.08, 1.00, 1.03, 1.00, 0.98, 0.99, 1.01, 1.00, 1.02, 0.96, 1.00, 1.00])  # an assumption
_SWING = {"farm": 0.8, "energy": 3.0, "metal": 1.5, "chemical": 0.9, "textile": 0.4, "stable": 0.2}


@dataclass(frozen=True)
class Calendar:
    """Days and months of the simulated span."""

    days: np.ndarray  # datetime64[D]
    activity: np.ndarray  # relative number of lines of a day
    months: np.ndarray  # datetime64[M]
    first_day: np.ndarray  # position in `days` of a month's first day; one more entry than months
    rows: np.ndarray  # rows of a month
    drift: np.ndarray  # (month, chapter) log price against the first month


@dataclass(frozen=True)
class Ground:
    """What trade stands on before anybody trades: goods, places, days."""

    goods: Tariff
    places: Geography
    days: Calendar


def calendar(p: Parameters, lines: int, goods: Tariff, rng: np.random.Generator) -> Calendar:
    """Lay out days, months, rows and price movements."""
    days = np.arange(np.datetime64(p.start), np.datetime64(p.end) + 1)
    month = days.astype("datetime64[M]")
    months, first = np.unique(month, return_index=True)
    years = (days - days[0]).astype(float) / 365.25
    season = _MONTH[month.astype(np.int64) % 12]
    activity = working_days(days) * season * (1 + p.growth) ** years
    noise = rng.lognormal(0, 0.02, len(months))
    total = np.add.reduceat(activity, first) * noise
    exact = lines * total / total.sum()
    rows = np.floor(exact).astype(np.int64)
    rows[np.argsort(rows - exact, kind="stable")[: lines - rows.sum()]] += 1
    return Calendar(days, activity, months, np.append(first, len(days)), rows, _drift(p, len(months), goods, rng))


def working_days(days: np.ndarray) -> np.ndarray:
    """Relative activity of days: official working days, and the weeks around the Lunar New Year.

    Beyond the years whose days in lieu are announced, the holidays themselves count.
    """
    dates = pd.DatetimeIndex(days).date
    result = np.where([is_working_day(day, CHINA) for day in dates], 1.0, 0.2)
    for year in range(dates[0].year, dates[-1].year + 1):
        start = lunar_new_year(year)
        if not dates[0] <= start <= dates[-1]:
            continue
        distance = np.arange(len(days)) - (start - dates[0]).days
        result *= np.where((distance >= -8) & (distance < 0), 0.8, 1.0)  # factories close early
        result *= np.where((distance >= 0) & (distance < 18), 0.55 + 0.025 * np.clip(distance, 0, 18), 1.0)
    return result


def _drift(p: Parameters, months: int, goods: Tariff, rng: np.random.Generator) -> np.ndarray:
    """Random walks: commodity groups, chapters, and a currency that most contracts follow."""
    groups = list(_SWING)
    swing = np.array([_SWING[g] for g in groups]) * p.commodity_drift
    common = np.cumsum(rng.normal(0, 1, (months, len(groups))) * swing, axis=0)
    own = np.cumsum(rng.normal(0, 0.25 * p.commodity_drift, (months, len(goods.chapters))), axis=0)
    currency = np.cumsum(rng.normal(0, p.currency_drift, months))
    member = np.array([groups.index(c.commodity) for c in goods.chapters])
    walk = common[:, member] + own + 0.85 * currency[:, None]
    return walk - walk[0]
