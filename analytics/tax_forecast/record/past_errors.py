"""The record: what every candidate would have said of the total at every origin, against the outturn.

One road leads from an origin to its forecast, now and in every earlier year: the candidates' answers, their weights
from the years before, the central forecast, and how far the model's own paths spread around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tax_forecast.inputs.origin import Origin
from analytics.tax_forecast.inputs.periods import History, ReceiptsError
from analytics.tax_forecast.inputs.receipts import Panel
from analytics.tax_forecast.record.calibration import Past
from analytics.tax_forecast.record.candidates import series_forecasts
from analytics.tax_forecast.record.combine import combined
from analytics.tax_forecast.record.leaves import given_back
from analytics.tax_forecast.record.paths import raw_deviations, simulated_spread
from analytics.tax_forecast.record.setting import PACE, Setting, years_between

FIRST_JUDGED = 3  # complete years before the first forecast of the record
SCALE_PATHS = 200  # enough to estimate a standard deviation
SWING_MONTHS = (0, 3, 6, 9)  # known months whose records say together how calm or wild a series is
PSEUDO_YEARS = 2.0  # years' weight of "as good as the other" when two records are compared

_newest: list[tuple[Panel, tuple[object, ...], list[Past]]] = []  # the whole year asked for last


@dataclass(frozen=True)
class Standing:
    """What is said at one origin.

    Attributes
    ----------
    drawn : ndarray of shape (paths, remaining)
        Raw log deviations, see `paths.raw_deviations`.
    simulated : float
        Standard deviation of the log annual total over them.
    origin, median, weights : see `judging.Judged`
    """

    drawn: np.ndarray
    simulated: float
    origin: Origin
    median: np.ndarray
    weights: pd.Series


def stood(
    panel: Panel, year: int, months: int, setting: Setting, draws: tuple[int, int] | None = None
) -> tuple[Past, Standing]:
    """Record before an origin, and what is said there; see `past` and `standing`."""
    before = past(panel, year, months, setting)
    return before, standing(panel, year, months, setting, before.table, draws)


def past(panel: Panel, before: int, months: int, setting: Setting) -> Past:
    """Record of the combination at `months` known months, with what each forecast had behind it."""
    table = candidates_before(panel, before, months, setting)
    said = combination_record(table, panel.total, months)
    years = [int(year) for year in said.index]
    behind = np.array([complete_before(panel.total, year, months) for year in years])
    scales = [standing(panel, year, months, setting, table).simulated for year in years]
    return Past(table, said, _errors(said, table), behind, np.array(scales, dtype=float))


def whole_year(panel: Panel, before: int, months: int, setting: Setting) -> list[Past]:
    """Records over the whole year, in the judged years before `before`; none for a year after the origin's own."""
    if not 0 <= months < 12:
        return []
    key = (before, repr(setting), setting.digest())
    if not (_newest and _newest[0][0] is panel and _newest[0][1] == key):
        _newest[:] = [(panel, key, [past(panel, before, k, setting) for k in SWING_MONTHS])]
    return _newest[0][2]


def standing(
    panel: Panel,
    year: int,
    months: int,
    setting: Setting,
    table: pd.DataFrame,
    draws: tuple[int, int] | None = None,
) -> Standing:
    """Forecast one origin from a record, with simulated paths around it.

    Parameters
    ----------
    table : DataFrame as from `record`
        Its years before `year` count.
    draws : (paths, seed), optional
        A few, enough to say how far they spread, by default.
    """
    origin, median, weights = central(panel, year, months, setting, table)
    drawn = raw_deviations(origin, *(draws or (SCALE_PATHS, year)))
    return Standing(drawn, simulated_spread(origin, median, drawn[:SCALE_PATHS]), origin, median, weights)


def central(
    panel: Panel, year: int, months: int, setting: Setting, table: pd.DataFrame | None = None
) -> tuple[Origin, np.ndarray, pd.Series]:
    """Central forecast of the remaining periods: candidates by weight.

    Parameters
    ----------
    table : DataFrame as from `record`, optional
        The candidates' record; its years before `year` count. Made here where it is not at hand.

    Returns
    -------
    (origin, median of shape (remaining,), weights)

    Raises
    ------
    ReceiptsError
        When no candidate has an answer.
    """
    if table is None:
        table = candidates_before(panel, year, months, setting)
    table = known_then(table, year, months)
    origin, said = candidate_forecasts(panel, year, months, setting, _candidates(table))
    totals = {name: origin.received + float(rest.sum()) for name, rest in said.items()}
    _, weights = combined(table, totals, months, complete_before(panel.total, year, months))
    if weights.sum() == 0:
        origin, said = candidate_forecasts(panel, year, months, setting, (PACE,))
        weights = pd.Series({PACE: 1.0})
        if not np.isfinite(said[PACE]).all():
            raise ReceiptsError(
                f"Series {origin.history.unique_id}: nothing to forecast {origin.year} from: by then the newest twelve "
                "months were zero or negative on balance. If refunds outweigh receipts, give them as an item of their "
                "own (tax_item); else supply a longer history, or leave the series out."
            )
    median = np.sum([w * said[str(name)] for name, w in weights.items() if w > 0], axis=0)
    return origin, median, weights


def candidates_before(panel: Panel, year: int, months: int, setting: Setting) -> pd.DataFrame:
    """Record of the candidates in the years that a forecast of `year` learns from, see `record`."""
    return record(panel, judged_years(panel.total, year, months, setting.record_years), months, setting)


def error_ratio(panel: Panel, before: int, months: int, one: Setting, other: Setting) -> float:
    """Mean error by one setting over that by another, in the years that a forecast of `before` learns from; shrunk."""
    sums = []
    for setting in (one, other):
        table = candidates_before(panel, before, months, setting)
        errors = _errors(combination_record(table, panel.total, months), table)
        sums.append((float(np.nansum(np.abs(errors))), int(np.isfinite(errors).sum())))
    (first, n), (second, m) = sums
    mean = (first + second) / max(n + m, 1)
    return (first + PSEUDO_YEARS * mean) / (second + PSEUDO_YEARS * mean) if mean > 0 else 1.0


def _errors(said: pd.Series, table: pd.DataFrame) -> np.ndarray:
    """log(forecast / outturn)."""
    result: np.ndarray = np.log(said.to_numpy(dtype=float) / table["actual"].to_numpy(dtype=float))
    return result


def candidate_forecasts(
    panel: Panel, year: int, months: int, setting: Setting, names: Iterable[str]
) -> tuple[Origin, dict[str, np.ndarray]]:
    """Return the total's origin and every candidate's remaining periods.

    What is given back (refunds) is forecast by itself and is part of each: before it, receipts are what the models take
    them for, a positive series with a season.
    """
    origin, said = series_forecasts(panel, panel.total, year, months, setting, names)
    back = given_back(panel, origin.backs, (year, months), setting)
    return origin, said if back is None else {name: rest + back for name, rest in said.items()}


def judged_years(history: History, before: int, months: int, newest: int | None = None) -> list[int]:
    """Complete years that a forecast of `before` may learn from; only the `newest` so many.

    They had at least three complete years before their own origin, were over at the origin of `before`, and were
    (nearly) all published.
    """
    between = years_between(months)
    behind = history.complete_years[: FIRST_JUDGED + between]
    years = [y for y in history.seen_years if y not in behind and y < before - between]
    return years if newest is None else years[-newest:]


def record(panel: Panel, years: Iterable[int], months: int, setting: Setting) -> pd.DataFrame:
    """Annual totals that each candidate would have forecast after `months` months, against the outturn.

    Returns
    -------
    DataFrame indexed by year; a column a candidate, and `actual`.
    """
    names = setting.candidates(months)
    rows = {}
    for year in years:
        origin, said = candidate_forecasts(panel, year, months, setting, names)
        rows[year] = {n: origin.received + r.sum() for n, r in said.items()} | {"actual": panel.total.total(year)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*names, "actual"])


def _candidates(table: pd.DataFrame) -> list[str]:
    return [str(c) for c in table.columns if c != "actual"]


def known_then(table: pd.DataFrame, year: int, months: int) -> pd.DataFrame:
    """Rows of a record that were over at the origin of `year`."""
    return table[table.index < year - years_between(months)]


def complete_before(history: History, year: int, months: int) -> int:
    """Complete years that lay behind a forecast of `year` after `months` months."""
    return sum(y < year - years_between(months) for y in history.complete_years)


def combination_record(table: pd.DataFrame, history: History, months: int) -> pd.Series:
    """What the combination would have said in each year, its weights from the years before it."""
    names = _candidates(table)
    said = {}
    for year, row in zip(table.index.astype(int), table[names].to_numpy(dtype=float), strict=True):
        then = dict(zip(names, row.tolist(), strict=True))
        earlier, behind = known_then(table, int(year), months), complete_before(history, int(year), months)
        said[int(year)], _ = combined(earlier, then, months, behind)
    return pd.Series(said, dtype=float)
