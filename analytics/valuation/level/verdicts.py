"""What may be said of each cell, and why: the decision is held back where it says more than was seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.valuation.alike.mixed_goods import drawn_together, no_common_price, no_majority, of_grades
from analytics.valuation.alike.sides import rests_on_one
from analytics.valuation.comparison.keys import LEAST_LINES
from analytics.valuation.comparison.question import Question
from analytics.valuation.level.set_apart import doubtful, outside_on_average, rests_on_few
from analytics.valuation.verdict.by_value import beyond_band, call_by_value, disputed
from analytics.valuation.verdict.decision import LIKELY_INSIDE, MOST_ORDINARY, NEAR, Decision, decide
from analytics.valuation.verdict.too_little import LITTLE

OUT = ("watch", "not_met")
JUDGED = ("met", *OUT)
_MOSTLY, _GRADES = 0.5, 4.0  # share of value in mixed goods; spreads of these that grades may explain
_OF_GROUPS = 2.0  # spreads of the groups of goods without a common price, from which on one stands far off
WIDE, BY_VALUE, SET_APART = "wide interval", "by value", "set apart"
NO_MAJORITY, OTHER_MONTHS = "no majority", "other months"
OTHER_CHAPTERS, ONE_SIDE, ON_AVERAGE, A_FEW = "other chapters", "one other place", "on average", "a few lines"
OWN_GOODS, _ADDED = "own goods", 0.02  # what goods that nobody else declares alike must add to a level (log) to be told


def judged(
    sums: pd.DataFrame, decision: Decision, thin: pd.Series, shown: pd.DataFrame, question: Question
) -> np.ndarray:
    """Let the levels by value speak, then hold back what was not seen; the reason of each verdict, (H,).

    Parameters
    ----------
    sums : DataFrame, one row a cell with its estimates and counts; gets `probability_by_value`
    decision : its status is changed
    thin : True where too little compares
    shown : log level that is shown, with its interval
    question : what was asked
    """
    band = question.band
    by_value = decide(sums["log_weighted"].mask(thin).to_numpy(), sums["weighted_error"].to_numpy(), band)
    sums["probability_by_value"] = by_value.outside
    beyond = beyond_band(sums["log_weighted"].to_numpy(), band)
    called = call_by_value(decision, by_value, beyond, sums["told"].to_numpy() < 0)
    against = disputed(sums, band)
    reason = _guarded(sums, decision, question, _seen(sums, shown, band) & ~against)
    open_ = called & (decision.status == "insufficient") & (reason == "")
    reason = np.where((called & (reason == "level")) | open_ | (against & (reason == WIDE)), BY_VALUE, reason)
    reason = np.where(in_order_by_value(sums, decision, band), BY_VALUE, reason)
    few = (decision.status == "not_met") & (reason == "level") & rests_on_few(sums)
    decision.status[few] = "watch"
    reason = np.where(few, A_FEW, reason)
    average = (decision.status == "met") & outside_on_average(sums, band)
    decision.status[average] = "insufficient"
    reason = np.where(average, ON_AVERAGE, reason)
    return _sided(sums, decision, reason, question)


def in_order_by_value(sums: pd.DataFrame, decision: Decision, band: tuple[float, float]) -> np.ndarray:
    """Confirm nobody who by value stands inside the band or on its other side: watched instead, (H,)."""
    weighted, level = sums["log_weighted"].to_numpy(), sums["log_level"].to_numpy()
    beyond = np.where(level < 0, weighted < np.log(band[0]), weighted > np.log(band[1]))
    against = (decision.status == "not_met") & np.isfinite(weighted) & ~beyond
    decision.status[against] = "watch"
    return against


def _sided(sums: pd.DataFrame, decision: Decision, reason: np.ndarray, question: Question) -> np.ndarray:
    """Confirm nobody whom no majority speaks against, call nothing in order of which little compares; the reasons."""
    status = decision.status
    out = np.isin(status, OUT)
    called = out & (reason != "set apart")  # whose level is in order accuses no other of standing on the wrong side
    apart = no_majority(sums.assign(called=called), question.by, question.base_period)
    sides = apart.to_numpy(bool) & (reason != "set apart")
    compared = np.fmin(sums["matched_value_share"].to_numpy(), (sums["matched_lines"] / sums["lines"]).to_numpy())
    little = (status == "met") & (compared < _MOSTLY)
    whole = (sums["log_level"] + sums["unlike"]).fillna(0.0).to_numpy()  # with what nobody else declares alike
    own = (status == "met") & ~little & beyond_band(whole, question.band, NORMAL95 * sums["error"].to_numpy())
    # Months of their own: prices may have moved, which nothing but the other months' stillness speaks against.
    elsewhere = sums["other_months"].to_numpy(bool) & (reason != "set apart")
    single = (status == "not_met") & (reason == "level") & rests_on_one(sums, question.band)
    status[(sides | elsewhere | single) & out] = "watch"
    own &= (reason == "") & (sums["unlike"].abs() > _ADDED).to_numpy()
    status[((sides | elsewhere) & (status == "met")) | little | own] = "insufficient"
    told = [elsewhere, sides, single, little, own]
    return np.select(told, [OTHER_MONTHS, NO_MAJORITY, ONE_SIDE, LITTLE, OWN_GOODS], reason)


def _seen(sums: pd.DataFrame, shown: pd.DataFrame, band: tuple[float, float]) -> np.ndarray:
    """True where the interval is narrow enough to tell an ordinary level from one far outside, (H,).

    A wide interval calls nothing because it sees nothing. A ratio has none: there the mixed model's decides.
    """
    reach = NORMAL95 * sums["error"]
    low, high = shown["low"].fillna(sums["log_level"] - reach), shown["high"].fillna(sums["log_level"] + reach)
    return ((low >= np.log(max(band[0] - NEAR, 1e-9))) & (high <= np.log(band[1] + NEAR))).to_numpy()


def _guarded(sums: pd.DataFrame, decision: Decision, question: Question, seen: np.ndarray) -> np.ndarray:
    """Hold the decision back where it says more than was seen; the reason of each verdict, (H,).

    Nothing is in order where much is set apart or the interval is wide; goods that are not alike confirm nothing; and
    where districts differ so much that none of them is the price, nothing is judged but who stands far off even so.
    """
    status, band = decision.status, question.band
    doubted = doubtful(sums, band[0]).to_numpy() & (status == "met")
    # Where nothing is left but lines set apart, this is what there is to look at.
    doubted |= (sums["lines"] == 0).to_numpy() & (sums["lines_declared"] >= LEAST_LINES).to_numpy()
    status[doubted] = "watch"
    spread = sums["spread_of_groups"].to_numpy()
    off = np.fmax(np.abs(sums["log_level"].to_numpy()), np.abs(decision.mean))
    priceless = no_common_price(sums["spread_of_groups"], band).to_numpy()
    moved = (
        sums["moved_share"].fillna(0.0).to_numpy() >= _MOSTLY if "moved_share" in sums else np.zeros(len(sums), bool)
    )
    unlike = of_grades(sums, band).to_numpy() | (priceless & (off < _GRADES * spread))
    unlike &= np.isin(status, OUT)  # who is suspect only is told why, too
    status[unlike] = "watch"
    unjudged = priceless & ~moved & (off < _OF_GROUPS * spread) & (status != "insufficient") & ~doubted
    # Groups that differ by more than honest ones are believed to call nobody who is one of them.
    believed = drawn_together(sums["spread_of_groups"], sums, question.by, question.base_period).to_numpy()
    beyond = np.sqrt(np.maximum(believed**2 - MOST_ORDINARY**2, 0.0))
    unjudged |= np.isin(status, OUT) & ~moved & ~doubted & (off < _OF_GROUPS * beyond)
    status[unjudged] = "insufficient"
    wide = (status == "met") & (~seen | (decision.outside > LIKELY_INSIDE))
    status[wide] = "insufficient"
    out = np.isin(status, OUT)
    return np.select([doubted, unlike | unjudged, wide, out], ["set apart", "mixed goods", WIDE, "level"], "")


def by_other_chapters(decision: Decision, reason: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Confirm nobody whom only what its enterprises do in other chapters puts outside; the reasons, (H,)."""
    only = told & (reason == "level")
    decision.status[only] = "watch"
    return np.where(only, OTHER_CHAPTERS, reason)


def prices_below(cells: pd.DataFrame, band: tuple[float, float]) -> pd.Series:
    """True for cells that price below the others, by what they stand out for: level, level by value, or set apart.

    Parameters
    ----------
    cells : DataFrame: level, level_weighted, reason, set_apart_below and set_apart_above
    band : levels that are in order
    """
    value = (cells["reason"] == BY_VALUE) & cells["level"].between(*band) & cells["level_weighted"].notna()
    level = cells["level"].mask(value, cells["level_weighted"]).mask(cells["reason"] == SET_APART, 1.0)
    return (level < 1) | (~(level > 1) & (cells["set_apart_below"] >= cells["set_apart_above"]))
