"""Change of receipts on the year before by drivers: volume, price, exchange rate, rate, one-off."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.drivers import base_on_grid
from analytics.tax_forecast.inputs.events import law
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.models.base import log_levels
from analytics.tax_forecast.record.setting import item_shares
from analytics.tax_forecast.why.factors import REST, split
from analytics.tax_forecast.year.result import YearForecast

ONE_OFF = "one_off"
_LINE = re.compile(r"^(?P<month>\d{4}-\d{2})\s+(?P<amount>[+\-−]?[\d.]+)(?:\s+\((?P<remark>.*)\))?$")


def parse_one_offs(lines: Iterable[str]) -> dict[pd.Timestamp, float]:
    """Read one-off receipts: "2025-03 12.5 (settlement of arrears)", in the receipts' unit.

    Raises
    ------
    ReceiptsError
        When a line cannot be read.
    """
    found: dict[pd.Timestamp, float] = {}
    for line in (raw.strip() for raw in lines if raw.strip()):
        parts = _LINE.match(line)
        if not parts:
            raise ReceiptsError(
                f'One-off "{line}" cannot be read. Write MONTH AMOUNT [(remark)], such as "2025-03 12.5 (arrears)".'
            )
        at = pd.Timestamp(f"{parts['month']}-01")
        found[at] = found.get(at, 0.0) + float(parts["amount"].replace("−", "-"))
    return found


def received_change(
    year: YearForecast, drivers: pd.DataFrame, causes: dict[str, str], one_offs: dict[pd.Timestamp, float] | None = None
) -> pd.DataFrame:
    """Split the change of the months received on the same months of the year before.

    Parameters
    ----------
    year : YearForecast
        Its known months are compared.
    drivers : DataFrame indexed by month
    causes : dict of cause to column of `drivers`
        volume, price, exchange_rate, rate or base, see `evaluation.tree.parse_causes`.
    one_offs : dict of month to amount, optional
        Receipts that belong to no month's trade, in the receipts' unit; taken out first.

    Returns
    -------
    DataFrame indexed by last month of the period: before, now, change, a column a cause, one_off, rest; the causes add
    up to the change.

    Raises
    ------
    ReceiptsError
        When no month is known, or a driver does not cover them.
    """
    history, known = year.panel.total, year.known
    if not known:
        raise ReceiptsError(f"No month of {year.year} is known yet: there is no change to explain.")
    now, before = history.row(year.year)[:known].copy(), history.row(year.year - 1)[:known].copy()
    once = [_of_year(history, which, known, one_offs or {}) for which in (year.year, year.year - 1)]
    changes = {kind: _change(history, year.year, known, drivers[name], name) for kind, name in causes.items()}
    if "rate" not in changes and year.setting.events:
        shares = item_shares(year.panel, history, year.year)
        level = law(history, year.setting.events, shares, history.month(year.year, 12))
        changes["rate"] = np.log(level[-1] / level[-2])[:known]
    amounts = split(now - once[0], before - once[1], changes)
    rest = amounts.pop(REST)
    table = pd.DataFrame({"before": before, "now": now, "change": now - before, **amounts})
    table[ONE_OFF], table[REST] = once[0] - once[1], rest
    table.index = pd.Index(history.ends[:known], name="month")
    return table


def _of_year(history: History, year: int, known: int, one_offs: dict[pd.Timestamp, float]) -> np.ndarray:
    """One-off receipts by period of a year."""
    amounts = np.zeros(known)
    for at, amount in one_offs.items():
        own, position = history.fiscal.place(at)
        place = int(np.searchsorted(history.ends, position))
        if own == year and place < known:
            amounts[place] += amount
    return amounts


def _change(history: History, year: int, known: int, series: pd.Series, name: str) -> np.ndarray:
    """Log change of a driver on the same periods of the year before."""
    whole = history.until(year, 12)
    grid = base_on_grid(whole, series, 12)
    rows = None if grid is None or len(grid) < 2 else log_levels(grid[-2:, :known])
    if rows is None or not np.isfinite(rows).all():
        raise ReceiptsError(
            f"Indicator {name} does not cover the known months of {year} and {year - 1}, or is not positive there: "
            "supply its months, or leave the cause out."
        )
    change: np.ndarray = rows[1] - rows[0]
    return change
