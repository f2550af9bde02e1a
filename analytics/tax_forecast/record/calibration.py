"""Intervals and chances calibrated on the record: how wrong forecasts at this time of the year have been.

The scale of the annual total's log error is the record's, shrunk towards what the model itself simulates; with few
years of record the quantiles are Student's. Absolute errors set it, so that one crisis does not widen every year after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.statistics import MEAN_ABS_TO_SD
from analytics.tax_forecast.record.paths import Spread

PSEUDO_YEARS = 2.0  # years' weight of the simulated spread against the record
PSEUDO_ERRORS = 6.0  # errors' weight of "as far off as simulated" against the series' own record at all months
HALF_LIFE = 16.0  # years after which an error of the record counts half: economies and models change
OWN_QUANTILE = 0.84  # quantile of a series' own errors, in half-widths, that its 80 % interval is to hold
FARTHEST = 2.0  # half-widths beyond which a miss counts no further: one crisis says nothing of the usual year
OWN_LIMITS = (0.6, 1.6)  # factors beyond which a record of a few years is not believed
TOLERANCE = 0.05  # the plan's indicator: within 5 % of the outturn
RECORD = ["actual", "forecast", "low80", "high80", "low95", "high95", "p_within_5pct", "scale", "freedom"]
SWINGS = ["year", "error", "simulated", "behind", "half80"]  # a series' record over the whole year
FULL_HISTORY = 8.0  # complete years a forecast needs behind it for its error to count in full


@dataclass(frozen=True)
class Past:
    """Forecasts of earlier years at one number of known months, oldest first.

    Attributes
    ----------
    table : DataFrame indexed by year
        What each candidate would have said, and `actual`, see `past_errors.record`.
    said : Series indexed by year
        What the combination would have said.
    errors, behind, scales : ndarray of shape (years,)
        log(said / actual), complete years that each forecast had behind it, simulated log spreads.
    """

    table: pd.DataFrame
    said: pd.Series
    errors: np.ndarray
    behind: np.ndarray
    scales: np.ndarray

    def over(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Errors of the years before `year`, and what each had behind it."""
        before = self.said.index < year
        return self.errors[before], self.behind[before]


def swings_of(pasts: Sequence[Past]) -> pd.DataFrame:
    """Errors beside simulated spreads over the whole year.

    Returns
    -------
    DataFrame with columns year, error, simulated, behind, and half80 (of the interval that the record before it gave);
    empty without records.
    """
    if not pasts:
        return pd.DataFrame(columns=SWINGS, dtype=float)
    parts = [np.column_stack([p.said.index.to_numpy(dtype=float), p.errors, p.scales, p.behind]) for p in pasts]
    table = pd.DataFrame(np.concatenate(parts), columns=SWINGS[:-1])
    each = [(past, i, int(year)) for past in pasts for i, year in enumerate(past.said.index)]
    given = []
    for past, i, year in each:
        errors, behind = past.over(year)
        given.append(plain_spread(errors, past.scales[i], behind, table, year).half80)
    return table.assign(half80=given)


def intervals(past: Past, swings: pd.DataFrame, between: int) -> pd.DataFrame:
    """Record with the intervals that would have been given, each from the years before it.

    Parameters
    ----------
    between : int
        Years from an origin's own year to the year that it forecast.

    Returns
    -------
    DataFrame indexed by year, columns `RECORD`.
    """
    rows = []
    for i, (year, forecast) in enumerate(zip(past.said.index.astype(int), past.said, strict=True)):
        errors, behind = past.over(year - between)
        then = own_spread(errors, past.scales[i], behind, swings, year)
        bounds = (*then.interval(forecast, 0.8), *then.interval(forecast, 0.95))
        chance = (then.within(TOLERANCE), then.scale, then.freedom)
        rows.append((year, float(past.table["actual"].iloc[i]), forecast, *bounds, *chance))
    return pd.DataFrame(rows, columns=["year", *RECORD]).set_index("year")


def spread(errors: np.ndarray, simulated: float, history: np.ndarray | None = None, ratio: float = 1.0) -> Spread:
    """Spread of the annual total's log error.

    Parameters
    ----------
    errors : ndarray of shape (years,)
        log(forecast / outturn) at the same number of known months, earlier years only, oldest first, one a year.
    simulated : float
        Standard deviation of the log annual total over the model's own simulated paths.
    history : ndarray of shape (years,), optional
        Complete years of receipts that each of these forecasts had behind it; enough of them by default.
    ratio : float
        How far off this series has been against what was simulated, see `swing_ratio`.

    Notes
    -----
    Weights w = 0.5^(age / 16) min(1, history / 8)^2: an error counts half after sixteen years, and less where it was
    made from a short history. Scale = (sum w |e| 1.2533 + 2 ratio simulated) / (sum w + 2); degrees of freedom =
    sum w + 2.
    """
    enough = np.full(len(errors), FULL_HISTORY) if history is None else np.asarray(history, dtype=float)
    age = np.arange(len(errors))[::-1]
    weight = _weights(age, enough)
    known = np.isfinite(errors)
    weight, size = weight[known], np.abs(errors[known])
    freedom = float(weight.sum()) + PSEUDO_YEARS
    scale = (MEAN_ABS_TO_SD * float((weight * size).sum()) + PSEUDO_YEARS * ratio * simulated) / freedom
    # A year that is over leaves nothing to miss; a scale of zero has no distribution.
    return Spread(max(scale, 1e-9), freedom, int(known.sum()))


def plain_spread(errors: np.ndarray, simulated: float, history: np.ndarray, swings: pd.DataFrame, year: int) -> Spread:
    """Spread of a forecast of `year`, as it is before the coverage of the intervals given earlier counts.

    Parameters
    ----------
    errors, simulated, history : see `spread`
    swings : DataFrame with columns `SWINGS`
        Errors beside simulated spreads over the whole year, of every judged year; those before `year` count.
    """
    over = swings[swings["year"] < year]
    error, drawn, behind = (over[c].to_numpy(dtype=float) for c in ("error", "simulated", "behind"))
    return spread(errors, simulated, history, swing_ratio(_age(over, year), error, drawn, behind))


def own_spread(errors: np.ndarray, simulated: float, history: np.ndarray, swings: pd.DataFrame, year: int) -> Spread:
    """Spread of a forecast of `year`, as much wider as the intervals given before it ought to have been.

    Parameters
    ----------
    errors, simulated, history, swings : see `plain_spread`
    """
    over = swings[swings["year"] < year]
    sizes, behind = (over["error"].abs() / over["half80"]).to_numpy(dtype=float), over["behind"].to_numpy(dtype=float)
    factor = stretch(_age(over, year), sizes, behind)
    return plain_spread(errors, simulated, history, swings, year).times(factor)


def _age(over: pd.DataFrame, year: int) -> np.ndarray:
    """Years that lie between those of a record and a forecast of `year`."""
    result: np.ndarray = year - 1 - over["year"].to_numpy(dtype=float)
    return result


def swing_ratio(age: np.ndarray, errors: np.ndarray, simulated: np.ndarray, history: np.ndarray) -> float:
    """How far off a series' forecasts have been, at all times of the year, against what the model simulated.

    Parameters
    ----------
    age, errors, simulated, history : ndarray of shape (forecasts,)
        Years since, log errors, simulated standard deviations, complete years behind each.

    Returns
    -------
    float; 1 without a record.

    Notes
    -----
    (sum w |e| 1.2533 / simulated + 6) / (sum w + 6) with the weights of `spread`. A series that is calmer, or wilder,
    than its structural model shows so at every month: that says what the simulated spread is worth here.
    """
    known = np.isfinite(errors) & (simulated > 0)
    weight = _weights(age, history)[known]
    off = MEAN_ABS_TO_SD * np.abs(errors[known]) / simulated[known]
    return (float((weight * off).sum()) + PSEUDO_ERRORS) / (float(weight.sum()) + PSEUDO_ERRORS)


def stretch(age: np.ndarray, sizes: np.ndarray, history: np.ndarray) -> float:
    """By what factor a series' 80 % intervals would have had to be wider, or narrower, to hold as often as they say.

    Parameters
    ----------
    age, history : ndarray of shape (forecasts,)
        Years since, complete years behind each.
    sizes : ndarray of shape (forecasts,)
        Absolute log errors in half-widths of the 80 % interval given then.

    Returns
    -------
    float between .6 and 1.6; 1 without a record.

    Notes
    -----
    Weighted .84 quantile of the sizes, with six further ones spread as those of a calibrated Student distribution with
    six degrees (their .8 quantile is 1; that of a few errors lies too low, hence .84). Only earlier forecasts enter: a
    conformal correction (Gibbs and Candes 2021) shrunk towards none.
    """
    known = np.isfinite(sizes)
    if not known.any():
        return 1.0
    size = np.concatenate([np.minimum(sizes[known], FARTHEST), _CALIBRATED])
    pseudo = np.full(len(_CALIBRATED), PSEUDO_ERRORS / len(_CALIBRATED))
    weight = np.concatenate([_weights(age[known], history[known]), pseudo])
    order = np.argsort(size)
    below = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.clip(np.interp(OWN_QUANTILE, below / weight.sum(), size[order]), *OWN_LIMITS))


_CALIBRATED = stats.t.ppf(0.5 + (np.arange(19) + 0.5) / 38, PSEUDO_ERRORS) / stats.t.ppf(0.9, PSEUDO_ERRORS)


def _weights(age: np.ndarray, history: np.ndarray) -> np.ndarray:
    """Weights of a record: old errors count less, and those made from a short history."""
    result: np.ndarray = 0.5 ** (age / HALF_LIFE) * np.minimum(1.0, history / FULL_HISTORY) ** 2
    return result
