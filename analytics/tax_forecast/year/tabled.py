"""Tables of a forecast as numbers: what other programs read, and what the page puts words to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.record.calibration import TOLERANCE
from analytics.tax_forecast.record.judging import record_with_intervals
from analytics.tax_forecast.record.past_errors import candidate_forecasts
from analytics.tax_forecast.record.setting import COMBINATION
from analytics.tax_forecast.year.backtest import COLUMNS
from analytics.tax_forecast.year.result import YearForecast

BY_MONTH = ["months_known", "years", "mean_error", "within", "worst", "covered80", "width80"]
MONTHS_SHOWN = (0, 2, 3, 6, 9)
RULES = ("last_year", "year_to_date_share", "damped_growth")


def forecast_table(year: YearForecast) -> pd.DataFrame:
    """Forecast of the total and of every item and district.

    Returns
    -------
    DataFrame with columns unique_id, year, as_of, forecast, low80, high80, low95, high95, p_within_5pct, in the
    receipts' unit; the chance is given for the total, whose record it is calibrated on.
    """
    low80, high80 = year.interval(0.8)
    low95, high95 = year.interval(0.95)
    head = {"year": year.year, "as_of": f"{year.as_of:%Y-%m}"}
    rows = [
        {
            "unique_id": year.panel.total.unique_id,
            **head,
            "forecast": year.forecast,
            "low80": low80,
            "high80": high80,
            "low95": low95,
            "high95": high95,
            "p_within_5pct": year.chance_within(),
        }
    ]
    if year.leaf_paths:
        for part in year.parts().to_dict("records"):
            name = str(part["unique_id"])
            received = float(np.nansum(year.panel.leaves[name].row(year.year)[: year.known]))
            low, high = np.quantile(received + year.leaf_paths[name].sum(axis=1), [0.025, 0.975])
            rows.append(
                {
                    "unique_id": name,
                    **head,
                    **{key: part[key] for key in ("forecast", "low80", "high80")},
                    "low95": float(low),
                    "high95": float(high),
                    "p_within_5pct": float("nan"),
                }
            )
    return pd.DataFrame(rows)


def periods_table(year: YearForecast, groups: Sequence[int] | None = None) -> pd.DataFrame:
    """Receipts and forecast by period of the year, or by groups of periods such as quarters.

    Parameters
    ----------
    year : YearForecast
    groups : sequence of int, optional
        Last months (positions in the year) of the groups, such as (3, 6, 9, 12); the periods themselves by default.

    Returns
    -------
    DataFrame with columns first, last (calendar months, Timestamps), before (the base year), received (NaN while a
    month of it is open), forecast (received and expected), low80, high80, change (shares of `before`).
    """
    history, known = year.panel.total, year.known
    ends = history.ends if groups is None else tuple(groups)
    place = np.searchsorted(ends, history.ends)
    got = np.zeros((1, len(history.ends)))
    got[0, :known] = history.row(year.year)[:known]
    paths = np.concatenate([np.repeat(got[:, :known], len(year.paths), axis=0), year.paths], axis=1)
    middle = np.concatenate([got[0, :known], year.median])
    rows = []
    for at, (begin, end) in enumerate(zip((0, *ends[:-1]), ends, strict=True)):
        mine = place == at
        low, high = np.quantile(paths[:, mine].sum(axis=1), [0.1, 0.9])
        whole = np.flatnonzero(mine).max() < known
        before = float(history.row(year.base_year)[mine].sum())
        rows.append(
            {
                "first": history.month(year.year, begin + 1),
                "last": history.month(year.year, end),
                "before": before,
                "received": float(middle[mine].sum()) if whole else np.nan,
                "forecast": float(middle[mine].sum()),
                "low80": np.nan if whole else float(low),
                "high80": np.nan if whole else float(high),
                "change": float(middle[mine].sum()) / before - 1 if before > 0 else np.nan,
            }
        )
    return pd.DataFrame(rows)


def backtest_table(year: YearForecast, months: Sequence[int] = MONTHS_SHOWN) -> pd.DataFrame:
    """Record of the same rule at several months of earlier years, this origin's month included.

    Returns
    -------
    DataFrame with columns unique_id, year, months_known, actual, forecast, low80, high80, low95, high95, model.
    """
    parts = []
    for k in sorted({*months, year.months}):
        rows = year.record if k == year.months else record_with_intervals(year.panel, year.year, k, year.setting)
        rows = rows.reset_index()
        parts.append(
            rows.assign(unique_id=year.panel.total.unique_id, months_known=k, model=year.setting.model)[COLUMNS]
        )
    return pd.concat(parts, ignore_index=True)


def by_month(backtest: pd.DataFrame) -> pd.DataFrame:
    """Record by months known.

    Returns
    -------
    DataFrame with columns months_known, years, mean_error, within, worst (shares; worst signed), covered80, width80.
    """
    table = backtest.assign(error=backtest["forecast"] / backtest["actual"] - 1)
    table["within"] = table["error"].abs() <= TOLERANCE
    table["covered"] = (table["actual"] >= table["low80"]) & (table["actual"] <= table["high80"])
    table["width"] = (table["high80"] - table["low80"]) / table["actual"]
    rows = []
    for k, group in table.groupby("months_known"):
        worst = int(np.argmax(group["error"].abs()))
        rows.append(
            {
                "months_known": k,
                "years": len(group),
                "mean_error": group["error"].abs().mean(),
                "within": group["within"].mean(),
                "worst": group["error"].iloc[worst],
                "covered80": group["covered"].mean(),
                "width80": group["width"].mean(),
            }
        )
    return pd.DataFrame(rows, columns=BY_MONTH)


def figures_of(year: YearForecast) -> dict[str, float]:
    """Key figures for result.json."""
    low80, high80 = year.interval(0.8)
    low95, high95 = year.interval(0.95)
    errors = (year.record["forecast"] / year.record["actual"] - 1).abs()
    return {
        "forecast": year.forecast,
        "low80": low80,
        "high80": high80,
        "low95": low95,
        "high95": high95,
        "received": year.received,
        "last_year": year.last_year,
        "change_on_last_year": year.forecast / year.last_year - 1,
        "p_within_5pct": year.chance_within(),
        "plan": float("nan") if year.plan is None else year.plan,
        "p_plan": year.chance_of_plan(),
        "months_known": float(year.months),
        "record_years": float(len(errors)),
        "record_mean_error": float(errors.mean()),
        "record_within_5pct": float((errors <= TOLERANCE).mean()),
        "outturn": float("nan") if year.outturn is None else year.outturn,
        "error": year.error,
    }


def main_parts(year: YearForecast) -> pd.DataFrame:
    """Parts of the forecast by tax item where there are several, else by district, else by series."""
    structure = year.panel.structure
    for by in ("tax_item", "district"):
        if len(set(structure[by])) > 1:
            return year.parts(by)
    return year.parts()


def district_parts(year: YearForecast) -> pd.DataFrame | None:
    """Parts by district where the receipts tell tax items and districts apart; None otherwise."""
    structure = year.panel.structure
    both = len(set(structure["tax_item"])) > 1 and len(set(structure["district"])) > 1
    return year.parts("district") if both else None


@single_threaded
def leaderboard(year: YearForecast) -> pd.DataFrame:
    """Models side by side at this number of known months, earlier years only, the best first.

    Returns
    -------
    DataFrame with columns model, mean_error, within (shares), worst (signed share), years, weight (in the
    combination; NaN for rules of thumb that are no candidates, and for the combination itself).
    """
    history = year.panel.total
    names = list(dict.fromkeys([*map(str, year.weights.index), *RULES]))
    years = [int(y) for y in year.record.index]
    rows: dict[str, list[float]] = {n: [] for n in names}
    for y in years:
        origin, said = candidate_forecasts(year.panel, y, year.months, year.setting, names)
        for name, rest in said.items():
            rows[name].append((origin.received + float(rest.sum())) / history.total(y) - 1)
    own = (year.record["forecast"] / year.record["actual"] - 1).tolist()
    table = [_standing(name, errors, year.weights.get(name, np.nan)) for name, errors in rows.items()]
    if len(year.weights) > 1:
        table.append(_standing(COMBINATION, own, np.nan))
    board = pd.DataFrame([row for row in table if row["years"]])
    return board.sort_values("mean_error", ignore_index=True)


def _standing(name: str, errors: list[float], weight: float) -> dict[str, object]:
    known = np.array([e for e in errors if np.isfinite(e)])
    if not len(known):
        return {"model": name, "years": 0}
    return {
        "model": name,
        "mean_error": float(np.abs(known).mean()),
        "within": float((np.abs(known) <= TOLERANCE).mean()),
        "worst": float(known[np.argmax(np.abs(known))]),
        "years": len(known),
        "weight": float(weight),
    }


def plan_record(plans: pd.DataFrame) -> pd.DataFrame:
    """Official plans against outturns: the yardstick that a forecast replaces.

    Parameters
    ----------
    plans : DataFrame with columns year, plan, actual; basis where the source tells it

    Returns
    -------
    DataFrame with columns year, plan, actual, error (plan / actual - 1), basis (who set the plan, and when; "").
    """
    table = plans[["year", "plan", "actual"]].astype(float)
    table["year"] = table["year"].astype(int)
    basis = plans["basis"].fillna("").astype(str) if "basis" in plans else ""
    return table.assign(error=table["plan"] / table["actual"] - 1, basis=basis)
