"""Fair prices: what goods cost where nothing is set apart and nobody stands apart; a table that travels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import LEAST_ENTERPRISES, LEAST_LINES
from analytics.valuation.level.result import PriceLevel

COLUMNS = ["hs_code", "unit", "origin", "month", "price", "low95", "high95", "lines", "enterprises", "currency"]
_QUARTILES_TO_SD = 1.349
_MEDIAN_ERROR = 1.2533
UNMOVED = 1e-9


def fair_prices(level: PriceLevel) -> pd.DataFrame:
    """Median price of every good, origin and month, with its 95 % interval: tables/fair_prices.csv.

    Parameters
    ----------
    level : PriceLevel

    Returns
    -------
    DataFrame: hs_code, unit, origin, month, price (currency a unit), low95, high95, lines, enterprises, currency.
    Goods of fewer than five lines or two enterprises in a month are left out. The table serves as
    `reference` of another run.
    """
    every = level.prepared.kept
    clean = every.filter(every["shift"].abs() < UNMOVED)
    keys = ["product", "unit", "origin", "month"]
    sums = clean.group_by(keys).agg(
        log=clean.log_price.median(),
        low=clean.log_price.quantile(0.25),
        high=clean.log_price.quantile(0.75),
        lines=clean.count(),
        enterprises=clean.enterprise.nunique(),
        unnamed=(clean.enterprise == "").all(),
    )
    enough = (sums.enterprises >= LEAST_ENTERPRISES) | sums.unnamed
    found = engine.fetch(sums.filter((sums.lines >= LEAST_LINES) & enough).order_by(*keys))
    error = NORMAL95 * _MEDIAN_ERROR * (found["high"] - found["low"]) / _QUARTILES_TO_SD / np.sqrt(found["lines"])
    found["enterprises"] = found["enterprises"].where(~found["unnamed"].astype(bool), 0)
    found = found.assign(
        hs_code=found["product"],
        month=found["month"].dt.strftime("%Y-%m"),
        price=np.exp(found["log"]),
        low95=np.exp(found["log"] - error),
        high95=np.exp(found["log"] + error),
        currency=level.prepared.currency,
    )
    return found[COLUMNS]
