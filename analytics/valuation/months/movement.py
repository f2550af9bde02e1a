"""Whether a district's newest month lies where its own earlier months let expect it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.valuation.months.levels import Months

LEAST_MONTHS = 11  # before the newest one: fewer tell no spread
LEAST_SHARE = 0.2  # of a month's value that compares with like goods of others
COLUMNS = ["key", "level", "low", "high", "usual", "months_before", "lines", "matched_value_share", "status"]
ALPHA = 0.05  # chance that any district of a quiet month is called moved


def moved(months: Months, min_lines: int = 30) -> pd.DataFrame:
    """Newest month of every district against its own earlier months.

    Parameters
    ----------
    months : Months
    min_lines : a month of fewer compared lines says nothing

    Returns
    -------
    DataFrame, one row a district of the newest month: key, level, low, high (where 95 % of all quiet pages hold every
    district), usual (geometric mean of the months before), months_before, lines, matched_value_share, status: "watch"
    (moved), "met" (no move seen), "insufficient" (too few lines, or months before), carried_by: the one chapter
    without which a moved district stands within its range ("" where there is none); those that moved most come first.

    Notes
    -----
    Prediction interval of a normal mean with unknown variance on logs, at 0.05 over the districts judged (Bonferroni);
    a month of fewer lines than usual may scatter by so much more. A level that was never in order is not seen here.
    Source: Hahn and Meeker, Statistical Intervals, ch. 4.
    """
    own = months.by_month[months.by_month["by"] == "district"]
    newest = own["month"].max() if len(own) else ""
    fit = own["matched_lines"].ge(min_lines) & own["matched_value_share"].ge(LEAST_SHARE) & own["level_loo"].gt(0)
    before = own[fit & own["month"].lt(newest)].assign(log=lambda f: np.log(f["level_loo"]))
    told = before.groupby("key").agg(
        mean=("log", "mean"), sd=("log", "std"), months_before=("log", "size"), usual_lines=("matched_lines", "median")
    )
    now = own[own["month"] == newest].assign(fit=fit).set_index("key").join(told)
    now["months_before"] = now["months_before"].fillna(0).astype(int)
    judged = now["fit"] & now["months_before"].ge(LEAST_MONTHS)
    count = max(int(judged.sum()), 1)
    before_it = now["months_before"].clip(lower=2)
    quantile = stats.t.ppf(1 - ALPHA / (2 * count), before_it - 1)
    scatter = now["sd"] * np.sqrt((now["usual_lines"] / now["matched_lines"]).clip(lower=1) + 1 / before_it)
    half = (quantile * scatter).where(judged)
    off = (np.log(now["level_loo"]) - now["mean"]) / half
    now = now.assign(
        low=np.exp(now["mean"] - half), high=np.exp(now["mean"] + half), usual=np.exp(now["mean"]).where(judged),
        level=now["level_loo"], off=off.abs(),
        status=np.select([~judged, off.abs() > 1], ["insufficient", "watch"], "met"),
    )  # fmt: skip
    ranked = now.reset_index().sort_values(["off", "key"], ascending=[False, True], na_position="last")
    ranked = ranked[COLUMNS].reset_index(drop=True)
    parts = months.chapters[months.chapters["month"] == newest]
    return ranked.assign(carried_by=[_carried(row, parts) for _, row in ranked.iterrows()])


def _carried(row: pd.Series, parts: pd.DataFrame) -> str:
    """The chapter that alone carries a move, the strongest of several; one wrong quantity may be all there is to it."""
    own = parts[parts["district"] == row["key"]].reset_index(drop=True)
    if row["status"] != "watch" or len(own) < 2:
        return ""
    without = (own["matched_tax"].sum() - own["matched_tax"]) / (own["base"].sum() - own["base"])
    fit = without.between(row["low"], row["high"])
    if not fit.any():
        return ""
    nearest = (np.log(without[fit]) - np.log(row["usual"])).abs().idxmin()
    return str(own.loc[nearest, "chapter"])


def by_month(months: Months) -> pd.DataFrame:
    """What each month holds and how it stands.

    Returns
    -------
    DataFrame, one row a month: month, file, rows_read, rows_set_aside, lines, value, matched_value_share (of the
    nation), lowest and highest level of a district with its key (lowest_key, highest_key).
    """
    every = months.by_month
    nation = every[every["by"] == "nation"].set_index("month")[["lines", "value", "matched_value_share"]]
    own = every[(every["by"] == "district") & every["level_loo"].gt(0)].sort_values(["month", "level_loo", "key"])
    ends = own.groupby("month").agg(
        lowest=("level_loo", "first"), lowest_key=("key", "first"),
        highest=("level_loo", "last"), highest_key=("key", "last"),
    )  # fmt: skip
    account = months.account.set_index("month")[["file", "rows_read", "rows_set_aside"]]
    return account.join(nation).join(ends).reset_index().sort_values("month", ignore_index=True)
