"""The error tree: what of a year's forecast error came from volume, price, exchange rate, rate, behaviour and rhythm.

Every cause has a driver by month. What the forecast could assume of a driver at its origin is set by one rule: a volume
goes on by the Theta method, a price and an exchange rate stay where they were, a rate is the law announced by then.
What the drivers do not explain is either assessed tax against base x rate (behaviour) and booked against assessed tax
(rhythm), where assessed amounts are given; or, without them, what lasts through the open months (behaviour) and what
changes from month to month (rhythm). The rest is the forecast's own: where it stood off its drivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.drivers import base_on_grid
from analytics.tax_forecast.inputs.events import Event, law
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.models.base import log_levels
from analytics.tax_forecast.models.smoothing import theta
from analytics.tax_forecast.record.setting import item_shares
from analytics.tax_forecast.why.factors import REST, split, todays_level
from analytics.tax_forecast.year.result import YearForecast

FLOWS = ("volume", "base")
LEVELS = ("price", "exchange_rate", "rate")
KINDS = (*FLOWS, *LEVELS, "assessed")
BEHAVIOUR, RHYTHM = "behaviour", "rhythm"
USUAL_YEARS = 3  # years whose mean says what booked against assessed tax, or tax against its drivers, usually is


@dataclass(frozen=True)
class Said:
    """What a forecast said of its open periods, and from where.

    Attributes
    ----------
    panel : Panel
        As known at the origin.
    year, months : int
    median : ndarray of shape (remaining,)
        Expected receipts of the open periods.
    events : tuple of Event
        Policy events, later announcements among them.
    """

    panel: Panel
    year: int
    months: int
    median: np.ndarray
    events: tuple[Event, ...] = ()

    @classmethod
    def of(cls, made: YearForecast) -> Said:
        """Take it from a forecast."""
        return cls(made.panel, made.year, made.months, made.median, made.setting.events)

    @property
    def known(self) -> int:
        """Periods already received."""
        return self.panel.total.known(self.months)

    @property
    def as_of(self) -> pd.Timestamp:
        """Last known month."""
        return self.panel.total.month(self.year, self.months)


@dataclass(frozen=True)
class ErrorTree:
    """The error of one forecast by cause.

    Attributes
    ----------
    year, months : int
    error : float
        Forecast - outturn, in the receipts' unit.
    causes : dict of cause to amount
        They add up to `error`; "rest" is among them.
    by_period : DataFrame indexed by last month of the period, a column a cause
    given : tuple of str
        Drivers that were given; the other causes cannot be told apart from the rest.
    """

    year: int
    months: int
    error: float
    causes: dict[str, float]
    by_period: pd.DataFrame
    given: tuple[str, ...]


def parse_causes(lines: list[str]) -> dict[str, str]:
    """Read which indicator drives which cause: "volume: imports_volume".

    Raises
    ------
    ReceiptsError
        When a line cannot be read, names an unknown cause, or a cause twice.
    """
    found: dict[str, str] = {}
    for line in lines:
        kind, colon, name = (part.strip() for part in line.partition(":"))
        if not colon or not name or kind not in KINDS:
            raise ReceiptsError(
                f'Cause "{line}" cannot be read. Write CAUSE: INDICATOR with a cause of {", ".join(KINDS)}, such as '
                '"volume: import_volume".'
            )
        if kind in found:
            raise ReceiptsError(f"Cause {kind} is given twice: {found[kind]} and {name}. Keep one.")
        found[kind] = name
    if "base" in found and {"volume", "price"} & set(found):
        raise ReceiptsError("Give either the tax base, or volume and price whose product it is, not both.")
    return found


def error_tree(made: Said, actual: History, drivers: pd.DataFrame, causes: dict[str, str]) -> ErrorTree:
    """Split the error of a forecast on its causes.

    Parameters
    ----------
    made : YearForecast
        The forecast.
    actual : History
        Receipts that say how the year ended.
    drivers : DataFrame indexed by month
        As from `driver_levels`, to the end of the year.
    causes : dict of cause to column of `drivers`
        See `parse_causes`.

    Returns
    -------
    ErrorTree

    Raises
    ------
    ReceiptsError
        When the year is not over, or a driver does not cover it.
    """
    if not np.isfinite(actual.total(made.year)):
        raise ReceiptsError(f"{made.year} is not over: its error has no causes yet.")
    came, said = actual.row(made.year)[made.known :], made.median
    logs = {kind: _on_grid(made, drivers[name], kind, name) for kind, name in causes.items()}
    factors = {kind: grid for kind, grid in logs.items() if kind != "assessed"}
    changes = {kind: grid[-1, made.known :] - _assumed(made, grid, kind) for kind, grid in factors.items()}
    if "rate" not in changes and made.events:
        changes["rate"] = _law_change(made)
    changes |= _unexplained(made, actual, factors, logs.get("assessed"))
    # Of the forecast: what came otherwise than assumed is taken from the outturn, the rest is the forecast's own.
    amounts = {name: -part for name, part in split(came, said, changes).items()}
    table = pd.DataFrame(amounts, index=pd.Index(actual.ends[made.known :], name="month"))
    sums = {name: float(table[name].sum()) for name in amounts}
    return ErrorTree(made.year, made.months, float((said - came).sum()), sums, table, tuple(causes))


def _on_grid(made: Said, series: pd.Series, kind: str, name: str) -> np.ndarray:
    """Log driver on the years and periods of the receipts, to the year's end: sums of flows, means of levels."""
    history = made.panel.total
    grid = base_on_grid(history, series, 12)
    if grid is None or not np.isfinite(grid[-1]).all() or not (grid[-1] > 0).all():
        raise ReceiptsError(
            f"Indicator {name} ({kind}) does not cover {made.year}, or is not positive there: supply its months, or "
            "leave the cause out."
        )
    if kind in LEVELS:
        grid = grid / np.diff((0, *history.ends))
    return log_levels(grid)


def _assumed(made: Said, grid: np.ndarray, kind: str) -> np.ndarray:
    """Log driver of the open periods as the origin could assume it."""
    periods, known = grid.shape[1], made.known
    steps = periods - known
    flat = grid.ravel()
    seen = flat[: len(flat) - steps]
    first = int(np.flatnonzero(np.isfinite(seen))[0])
    y = seen[first:]
    if kind in LEVELS or len(y) < 2 * periods:
        return np.full(steps, y[-1])
    return theta(y, y, steps, periods)


def _law_change(made: Said) -> np.ndarray:
    """Log change of the law in the open periods by events announced after the origin."""
    history = made.panel.total
    shares = item_shares(made.panel, history, made.year)
    known = law(history, made.events, shares, made.as_of + pd.DateOffset(months=1))
    in_the_end = law(history, made.events, shares, history.month(made.year, 12) + pd.DateOffset(months=1))
    change: np.ndarray = np.log(in_the_end / known)[-1, made.known :]
    return change


def _unexplained(
    made: Said, actual: History, factors: dict[str, np.ndarray], assessed: np.ndarray | None
) -> dict[str, np.ndarray]:
    """Log changes of what the drivers do not explain: behaviour and rhythm."""
    if not factors:
        return {}
    years = len(made.panel.total.grid)
    booked = log_levels(np.array([actual.row(made.year - years + 1 + i) for i in range(years)]))
    product = np.sum(list(factors.values()), axis=0)
    if assessed is not None:
        return {
            BEHAVIOUR: _off_usual(made, assessed - product),
            RHYTHM: _off_usual(made, booked - assessed),
        }
    change = _off_usual(made, booked - product)
    lasting = np.full(len(change), np.median(change)) if len(change) else change
    return {BEHAVIOUR: lasting, RHYTHM: change - lasting}


def _off_usual(made: Said, grid: np.ndarray) -> np.ndarray:
    """A log ratio of the open periods against the same periods of the years before, moved to today's level.

    Today's level: the mean of the last twelve months against the same months' usual; of the last three where these
    stand off the others by more than six robust standard errors (a new law, a break): a forecast follows them.
    """
    past, now = grid[:-1], grid[-1]
    usual = np.nanmean(past[-USUAL_YEARS:], axis=0) if len(past) else np.zeros(grid.shape[1])
    flat = (grid - usual).ravel()
    known = flat[: len(flat) - (grid.shape[1] - made.known)][-grid.shape[1] :]
    level = todays_level(known[np.isfinite(known)])
    result: np.ndarray = now[made.known :] - usual[made.known :] - level
    return result


def together(trees: list[ErrorTree]) -> pd.DataFrame:
    """Lay several years side by side.

    Returns
    -------
    DataFrame with columns year, error, and a column a cause, in the receipts' unit; the causes add up to the error.
    """
    rows = [{"year": t.year, "error": t.error, **t.causes} for t in trees]
    table = pd.DataFrame(rows)
    order = [c for c in (*FLOWS, *LEVELS, BEHAVIOUR, RHYTHM, REST) if c in table]
    return table[["year", "error", *order]] if len(table) else table
