"""A plan handed down: what it asks of every item or district, how far each is, and the chance of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.year.result import YearForecast

USUAL_YEARS = 3  # years whose mean says what share of the year has usually come in by now


def allocation(year: YearForecast, by: str = "tax_item", given: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Allocate the plan to parts, with the progress and the chance of each.

    Parameters
    ----------
    year : YearForecast
        With a plan.
    by : {"tax_item", "district", "unique_id"}
    given : mapping of part to its plan, optional
        As handed down. Without it every part gets the plan in proportion to its forecast, so that the plan asks of each
        the same effort beyond what is expected anyway.

    Returns
    -------
    DataFrame with columns part, plan, received, progress (received / plan), usual (share of the year received by now,
    mean of three years), ahead (progress - usual), forecast, gap (forecast - plan), chance (of reaching it, from the
    simulated paths); the total last.

    Raises
    ------
    ReceiptsError
        Without a plan, or where plans of parts name others than there are, or do not add up to the plan.
    """
    if not year.plan:
        raise ReceiptsError("No plan is given: there is nothing to allocate.")
    structure = year.panel.structure
    names = sorted(set(structure[by])) if len(structure) else []
    leaves = {name: list(structure.loc[structure[by] == name, "unique_id"]) for name in names}
    if given is not None:
        _check(given, names, year.plan)
    rows = []
    for name in names:
        received = sum(float(np.nansum(year.panel.leaves[n].row(year.year)[: year.known])) for n in leaves[name])
        forecast = received + sum(float(year.leaf_medians[n].sum()) for n in leaves[name])
        plan = float(given[name]) if given is not None else year.plan * forecast / year.forecast
        totals = received + np.sum([year.leaf_paths[n] for n in leaves[name]], axis=0).sum(axis=1)
        usual = _usual(year, [year.panel.leaves[n] for n in leaves[name]])
        rows.append(_row(name, plan, received, usual, forecast, totals))
    rows.append(_row("", year.plan, year.received, _usual(year, [year.panel.total]), year.forecast, year.totals))
    return pd.DataFrame(rows)


def _row(
    part: str, plan: float, received: float, usual: float, forecast: float, totals: np.ndarray
) -> dict[str, object]:
    progress = received / plan if plan > 0 else float("nan")
    return {
        "part": part,
        "plan": plan,
        "received": received,
        "progress": progress,
        "usual": usual,
        "ahead": progress - usual,
        "forecast": forecast,
        "gap": forecast - plan,
        "chance": float((totals >= plan).mean()),
    }


def _usual(year: YearForecast, series: list[History]) -> float:
    """Share of the year that has usually come in by now."""
    shares = []
    for past in range(year.year - USUAL_YEARS, year.year):
        rows = np.sum([np.nan_to_num(h.row(past)) for h in series], axis=0)
        if past in year.panel.total.complete_years and rows.sum() > 0:
            shares.append(float(rows[: year.known].sum() / rows.sum()))
    return float(np.mean(shares)) if shares else float("nan")


def _check(given: Mapping[str, float], names: list[str], plan: float) -> None:
    odd = sorted(set(given) ^ set(names))
    if odd:
        raise ReceiptsError(
            f"Plans of parts and receipts do not name the same parts: {odd[0]}. Parts here: {', '.join(names)}."
        )
    total = sum(given.values())
    if abs(total / plan - 1) > 1e-6:
        raise ReceiptsError(f"Plans of the parts add up to {total:,.6g}, the plan is {plan:,.6g}. Correct one of them.")
