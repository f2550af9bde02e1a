"""Places whose prices lie so far off that a unit may be wrong: seen from medians, before anything is modelled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.medians import weighted_median
from analytics.valuation.comparison.lines import imports, keyed

FAR = 3.0  # times the others' prices, or a third of them, over all goods of a place: rarely a price
_GOODS = ["product", "unit"]
_LINES = 30  # compared, from which on a place is told


def far_off(declarations: Any, place: str = "district") -> pd.DataFrame:
    """Places that declare at three times the others' prices or more, or a third and less, over all their goods.

    Parameters
    ----------
    declarations : tables.Table, Ibis table or DataFrame of the canonical table
    place : "district" or "enterprise"

    Returns
    -------
    DataFrame, the farthest first: `place`, `ratio` (median over its lines of the price against the median of the other
    places' medians of the same code and unit), `lines` compared.

    Notes
    -----
    Amounts in thousands, quantities in another unit and real undervaluation look the same here; who looks at a file has
    to say which it is.
    """
    lines, _ = keyed(imports(declarations))
    sums = lines.group_by([*_GOODS, place]).agg(middle=lines.log_price.median(), lines=lines.count())
    found = engine.fetch(sums).sort_values([*_GOODS, place], ignore_index=True)
    goods = found.groupby(_GOODS)["middle"]
    found["off"] = found["middle"] - [_others(values) for _, part in goods for values in _without_each(part.to_numpy())]
    found = found[found["off"].notna()].reset_index(drop=True)
    code, names = pd.factorize(found[place], sort=True)
    many = found["lines"].to_numpy(float)
    off = weighted_median(code, found["off"].to_numpy(), many, len(names))
    table = pd.DataFrame(
        {"place": names, "ratio": np.exp(off), "lines": np.bincount(code, many, len(names)).astype(int)}
    )
    table = table[(table["lines"] >= _LINES) & (np.abs(off) >= np.log(FAR))]
    far = np.log(table["ratio"]).abs()
    return table.assign(far=far).sort_values(["far", "place"], ascending=[False, True])[["place", "ratio", "lines"]]


def _without_each(values: np.ndarray) -> list[np.ndarray]:
    return [np.delete(values, at) for at in range(len(values))]


def _others(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
