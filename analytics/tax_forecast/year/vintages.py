"""Vintages: how the forecast of a year has moved, why, and in the end where its error came from.

A forecast can be kept in a folder (`keep`), dated by the last known month of its data. What moved it from one origin
to the next is split exactly: months that came in otherwise than forecast, assumptions that changed (policy events
announced in between, drivers), and the rest, the model's revision of the months still open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record.past_errors import central
from analytics.tax_forecast.record.setting import origin_at
from analytics.tax_forecast.year.result import YearForecast

KEPT = ["unique_id", "year", "as_of", "data_sha256", "assumptions", "forecast", "low80", "high80", "weights"]


@single_threaded
def revisions(year: YearForecast, months: Sequence[int] = (0, 2, 3, 6, 9)) -> pd.DataFrame:
    """Forecasts of this year by the same rule at earlier origins, and what moved them.

    Parameters
    ----------
    year : YearForecast
    months : sequence of int
        Origins before the present one, in months known.

    Returns
    -------
    DataFrame with columns months_known, forecast, change, new_actuals, assumptions, model; the last three add up to
    `change`, the difference from the row above (NaN in the first row).
    """
    origins = [k for k in sorted(set(months)) if k < year.months and _something_known(year, k)] + [year.months]
    rows: list[dict[str, float]] = []
    previous: np.ndarray | None = None
    for k in origins:
        path = _path(year, k)
        row = {"months_known": float(k), "forecast": float(path.sum())}
        if previous is not None:
            row |= _why(year, previous, path, k, int(rows[-1]["months_known"]))
        rows.append(row)
        previous = path
    columns = ["months_known", "forecast", "change", "new_actuals", "assumptions", "model"]
    return pd.DataFrame(rows, columns=columns)


def _something_known(year: YearForecast, k: int) -> bool:
    return bool(np.nansum(year.panel.total.until(year.year, k).grid) > 0)


def _why(year: YearForecast, previous: np.ndarray, path: np.ndarray, k: int, before: int) -> dict[str, float]:
    history = year.panel.total
    known = history.known(k)
    change = float(path.sum() - previous.sum())
    surprise = float(path[:known].sum() - previous[:known].sum())
    old_law = _law(year, before)[known:]
    new_law = _law(year, k)[known:]
    # Announced in between: today's open months under the law known before.
    assumptions = float((path[known:] * (1 - old_law / new_law)).sum())
    return {
        "change": change,
        "new_actuals": surprise,
        "assumptions": assumptions,
        "model": change - surprise - assumptions,
    }


def _law(year: YearForecast, k: int) -> np.ndarray:
    return origin_at(year.panel, year.panel.total, year.year, k, year.setting).law[-1]


def _path(year: YearForecast, k: int) -> np.ndarray:
    """Central path of the whole year as seen after `k` months."""
    if k == year.months:
        known = year.panel.total.row(year.year)[: year.known]
        return np.concatenate([known, year.median])
    origin, median, _ = central(year.panel, year.year, k, year.setting)
    return np.concatenate([origin.history.grid[-1, : origin.known], median])


def error_sources(year: YearForecast) -> pd.DataFrame:
    """Where the error of a judged forecast came from: periods and parts.

    Parameters
    ----------
    year : YearForecast
        With its outturn known.

    Returns
    -------
    DataFrame with columns kind ("period" or "part"), name, forecast, actual, error (forecast - actual); each kind adds
    up to the error of the total.
    """
    ends, full = year.panel.total.ends[year.known :], year.later
    by_period = full.groupby("period")["y"].sum()
    rows = [
        {"kind": "period", "name": str(end), "forecast": float(m), "actual": float(by_period.get(end, np.nan))}
        for end, m in zip(ends, year.median, strict=True)
    ]
    if year.leaf_paths:
        parts = year.parts().set_index("unique_id")
        got = full.groupby("unique_id")["y"].sum()
        rows += [
            {
                "kind": "part",
                "name": str(name),
                "forecast": float(p["forecast"] - p["received"]),
                "actual": float(got.get(str(name), 0.0)),
            }
            for name, p in parts.iterrows()
        ]
    table = pd.DataFrame(rows)
    table["error"] = table["forecast"] - table["actual"]
    return table


def keep(year: YearForecast, folder: Path) -> pd.DataFrame:
    """Add a forecast to the year's vintages in a folder; the same origin on the same data is kept once.

    Returns
    -------
    DataFrame of all vintages of this series and year, oldest first, with columns unique_id, year, as_of, data_sha256,
    assumptions, forecast, low80, high80, weights.
    """
    name = year.panel.total.unique_id
    low, high = year.interval(0.8)
    row = {
        "unique_id": name,
        "year": year.year,
        "as_of": f"{year.as_of:%Y-%m}",
        "data_sha256": hashlib.sha256(np.ascontiguousarray(year.panel.total.grid).tobytes()).hexdigest(),
        "assumptions": hashlib.sha256(year.setting.digest().encode()).hexdigest()[:12],
        "forecast": year.forecast,
        "low80": low,
        "high80": high,
        "weights": "; ".join(f"{n} {w:.3f}" for n, w in year.weights.items() if w > 0),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}_{year.year}.csv".replace("/", "-")
    old = pd.read_csv(path, dtype={"unique_id": str, "as_of": str}) if path.exists() else pd.DataFrame(columns=KEPT)
    parts = [frame for frame in (old, pd.DataFrame([row])) if len(frame)]
    table = pd.concat(parts, ignore_index=True)[KEPT]
    table = table.drop_duplicates(["as_of", "data_sha256", "assumptions"], keep="last")
    table = table.sort_values("as_of", kind="stable", ignore_index=True)
    fresh = path.with_suffix(".tmp")
    table.to_csv(fresh, index=False, encoding="utf-8", lineterminator="\n")
    fresh.replace(path)
    return table
