"""Scenarios: the year under other assumptions, side by side, each with its assumptions printed.

A scenario is one line of text in a parameter set: a name, a colon, and one or more assumptions separated by ";" -
a driver held at a level from the origin on, or at one level a period (the last one stays), or a policy event:

    Brent at 60: brent_usd_bbl = 60
    Brent falling: brent_usd_bbl = 75, 70, 65
    Duty on chapter 87 from 15 to 10 %: 2025-09-01 duty 15->10 share 0.12
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.language import Text, number, percent
from analytics.statistics import NORMAL95
from analytics.tax_forecast.inputs.drivers import regressors
from analytics.tax_forecast.inputs.events import Event, law, parse
from analytics.tax_forecast.inputs.periods import ReceiptsError
from analytics.tax_forecast.inputs.threads import single_threaded
from analytics.tax_forecast.models.base import from_first_figure, log_levels
from analytics.tax_forecast.models.structural import fitted
from analytics.tax_forecast.record.setting import item_shares, origin_at, own_origin
from analytics.tax_forecast.year.result import YearForecast

_LEVEL = re.compile(r"^(?P<driver>[A-Za-z]\w*)\s*=\s*(?P<levels>[\d.]+(?:\s*,\s*[\d.]+)*)$")
_LATER = pd.Timestamp("2262-01-01")


@dataclass(frozen=True)
class Scenario:
    """A named set of assumptions: driver levels from the origin on, and policy events."""

    name: str
    levels: dict[str, tuple[float, ...]]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Elasticity:
    """Response of receipts to a driver, from the structural model with drivers.

    Attributes
    ----------
    value, error : float
        Change of log receipts per change of the log driver, with its standard error.
    level : float
        Last known level of the driver.
    """

    value: float
    error: float
    level: float

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds that hold 95 % of the chance."""
        return self.value - NORMAL95 * self.error, self.value + NORMAL95 * self.error


def parse_scenarios(lines: Iterable[str]) -> list[Scenario]:
    """Read scenarios; the error names the line and how to write it."""
    return [_parse(line) for line in lines if line.strip()]


def _parse(line: str) -> Scenario:
    name, colon, rest = line.partition(":")
    if not colon or not name.strip() or not rest.strip():
        raise ReceiptsError(f'Scenario "{line}" cannot be read. Write: NAME: driver = LEVEL, or NAME: a policy event.')
    levels: dict[str, tuple[float, ...]] = {}
    events: list[Event] = []
    for part in (p.strip() for p in rest.split(";")):
        found = _LEVEL.match(part)
        if found:
            levels[found["driver"]] = tuple(float(x) for x in found["levels"].split(","))
        else:
            events += parse([part])
    return Scenario(name.strip(), levels, tuple(events))


@single_threaded
def elasticities(year: YearForecast) -> dict[str, Elasticity]:
    """Elasticity of receipts to every driver, estimated on what is known at the origin."""
    origin = origin_at(year.panel, year.panel.total, year.year, year.months, year.setting)
    table = regressors(origin)
    if table is None:
        return {}
    periods = len(origin.history.ends)
    remaining = periods - origin.known
    flat = log_levels(origin.on_one_law).ravel()
    y = from_first_figure(flat, remaining)
    x = table[len(flat) - remaining - len(y) : len(flat) - remaining]
    result = fitted(y, y[: len(y) - origin.known], "local level", periods, x)
    known = origin.drivers.dropna(axis=1, how="all")
    names = list(known.columns)
    values = np.asarray(result.params)[-len(names) :]
    covariance = np.asarray(result.cov_params_approx)[-len(names) :, -len(names) :]
    errors = np.sqrt(np.clip(np.diag(covariance), 0, None))
    last = known.ffill().iloc[-1]
    return {n: Elasticity(float(v), float(e), float(last[n])) for n, v, e in zip(names, values, errors, strict=True)}


def compare(year: YearForecast, scenarios: Iterable[Scenario]) -> pd.DataFrame:
    """Annual totals under each scenario, the central forecast first.

    Parameters
    ----------
    year : YearForecast
    scenarios : iterable of Scenario

    Returns
    -------
    DataFrame with columns scenario, forecast, low80, high80, change (against the central forecast), share (of it),
    p_plan, assumptions_en, assumptions_zh.

    Raises
    ------
    ReceiptsError
        When a scenario names a driver that was not given, or touches no receipts of the open months.
    """
    scenarios = list(scenarios)
    responses = elasticities(year) if any(s.levels for s in scenarios) else {}
    rows = [_row(year, "", np.ones(len(year.median)), _central_text(year))]
    for scenario in scenarios:
        factor, said = _factor(year, scenario, responses)
        rows.append(_row(year, scenario.name, factor, said))
    table = pd.DataFrame(rows)
    table["change"] = table["forecast"] - year.forecast
    table["share"] = table["change"] / year.forecast
    return table


def _central_text(year: YearForecast) -> Text:
    if year.setting.drivers is None:
        return Text("rates as announced", "税率按已公布政策")
    return Text("drivers stay at their last level; rates as announced", "驱动因素保持最新水平；税率按已公布政策")


def _row(year: YearForecast, name: str, factor: np.ndarray, said: Text) -> dict[str, object]:
    totals = year.received + (year.paths * factor).sum(axis=1)
    low, high = np.quantile(totals, [0.1, 0.9])
    reach = float((totals >= year.plan).mean()) if year.plan else float("nan")
    return {
        "scenario": name,
        "forecast": year.received + float((year.median * factor).sum()),
        "low80": float(low),
        "high80": float(high),
        "p_plan": reach,
        "assumptions_en": said.en,
        "assumptions_zh": said.zh,
    }


def _factor(year: YearForecast, scenario: Scenario, responses: dict[str, Elasticity]) -> tuple[np.ndarray, Text]:
    """Multiplier of the open periods, and the assumptions in words."""
    factor = np.ones(len(year.median))
    en, zh = [], []
    for driver, path in scenario.levels.items():
        if driver not in responses:
            known = ", ".join(responses) or "none"
            raise ReceiptsError(f'Scenario "{scenario.name}": driver {driver} is not given. Drivers: {known}.')
        response = responses[driver]
        levels = np.array([path[min(i, len(path) - 1)] for i in range(len(factor))])
        factor *= (levels / response.level) ** response.value
        size, low, high = (number(x, 2) for x in (response.value, *response.interval))
        said = ", ".join(f"{x:g}" for x in path)
        en.append(f"{driver} {said} instead of {response.level:g}, elasticity {size} (95 % {low} to {high})")
        zh.append(f"{driver}由{response.level:g}变为{said}，弹性{size}（95%区间{low}至{high}）")
    if scenario.events:
        history = year.panel.total
        shares = item_shares(year.panel, history, own_origin(year.year, year.months)[0])
        effect = law(history, scenario.events, shares, _LATER)[-1, year.known :]
        if np.allclose(effect, 1):
            items = ", ".join(shares) or "all"
            raise ReceiptsError(
                f'Scenario "{scenario.name}" changes nothing in the open months of {year.year}: check the date and the '
                f"tax item (items here: {items})."
            )
        factor *= effect
        for event in scenario.events:
            en.append(f"from {event.date:%Y-%m-%d} {event.tax_item} {percent(event.factor - 1, 1, 'en', sign=True)}")
            zh.append(f"{event.date:%Y-%m-%d}起{event.tax_item}{percent(event.factor - 1, 1, 'zh', sign=True)}")
    return factor, Text("; ".join(en), "；".join(zh))
