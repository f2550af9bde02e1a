"""The table of price levels: three definitions side by side, intervals, verdict and duty at stake."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.valuation.alike.mixed_goods import (
    drawn_together,
    no_common_price,
    no_majority,
    of_grades,
    spread_of_groups,
)
from analytics.valuation.comparison.keys import LEAST_LINES, contrasted, keyed
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.ratios import against_reference, common_months, ratios, unlike
from analytics.valuation.level.set_apart import doubtful
from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.verdict.by_value import beyond_band, call_by_value, disputed
from analytics.valuation.verdict.decision import LIKELY_INSIDE, MOST_ORDINARY, NEAR, Decision, decide, decided
from analytics.valuation.verdict.departures import Grid
from analytics.valuation.verdict.grades import Grades
from analytics.valuation.verdict.posterior import within_strata
from analytics.valuation.verdict.restored import put_back, restored
from analytics.valuation.verdict.too_little import LITTLE, NOTHING, too_little

COLUMNS = [
    "by", "key", "period", "level", "low95", "high95", "level_included", "level_loo", "lines", "effective_n",
    "matched_value_share", "status",
]  # fmt: skip
_COUNTS = ("lines", "value", "tax_weight", "matched_lines", "matched_tax", "matched_value_share", "effective_n")
_NORMAL99 = 2.5758293035489004
_COMMON = 0.1  # share of lines in months of a good that others declare, too, below which months are not common
OUT = ("watch", "not_met")
JUDGED = ("met", *OUT)
MOST_AT_STAKE = 3.0
"""At most so many times what goods bear is at stake without a mark: beyond, another unit is likelier than a price."""
_MOSTLY, _GRADES = 0.5, 4.0  # share of value in mixed goods; spreads of these that grades may explain
_OF_GROUPS = 2.0  # spreads of the groups of goods without a common price, from which on one stands far off
WIDE, BY_VALUE, SET_APART = "wide interval", "by value", "set apart"
NO_MAJORITY, OTHER_MONTHS = "no majority", "other months"
OTHER_CHAPTERS = "other chapters"
OWN_GOODS, _ADDED = "own goods", 0.02  # what goods that nobody else declares alike must add to a level (log) to be told


def levels(
    compared: pd.DataFrame,
    question: Question,
    estimates: Pair | None,
    apart: pd.DataFrame,
    mixed: pd.DataFrame,
    mix: Grades | None = None,
) -> tuple[pd.DataFrame, Grid | None]:
    """Levels of every key, by all definitions, with interval, verdict and duty at stake; and how often cells depart.

    Parameters
    ----------
    compared : DataFrame, one row a cell, group and enterprise with its reference
    question : what was asked
    estimates : the country-product-dummy pair; None where nothing inside the table compares
    apart : lines and value set apart of every cell of the data (`set_apart`)
    mixed : share of every cell's value in mixed goods, and how these differ (`mixture_of`)
    mix : what the mix of grades adds to the levels, where it is known
    """
    by, band, base_period = tuple(question.by), question.band, question.base_period
    sums = apart.merge(ratios(compared, by), on=list(by), how="left").merge(mixed, on=list(by), how="left")
    sums[list(_COUNTS)] = sums[list(_COUNTS)].fillna(0)
    sums["span"] = sums["span"].ffill().bfill()
    back = None
    if estimates is not None and len(estimates.keys):
        back = restored(compared, estimates.keys, by, base_period)
        sums = sums.merge(put_back(estimates, back), on=list(by), how="left")
    for name in ("log_level", "sampling", "error", "log_weighted", "weighted_error", "enterprises"):
        if name not in sums:
            sums[name] = np.nan
    if estimates is None:
        sums = against_reference(sums, compared, by)
    if base_period is not None:
        sums = sums[sums["period"] != base_period].reset_index(drop=True)
    untold = too_little(sums, question)
    thin = untold != ""
    # Where the band's edge can be told from 1, a level that is called in order is known to be.
    sums["precise"] = ~thin & (_NORMAL99 * sums["sampling"] <= min(-np.log(band[0]), np.log(band[1])))
    sums["grade_mix"] = 1.0
    if mix is not None and estimates is not None:
        grade = estimates.keys.assign(grade_mix=np.exp(mix.shift))
        sums["grade_mix"] = sums[list(by)].merge(grade, on=list(by), how="left")["grade_mix"].fillna(1.0)
    posterior, grid = None, None
    if estimates is not None and back is not None and base_period is None:
        posterior, grid = within_strata(estimates, band, back, mix) or (None, None)
    if estimates is None or posterior is None:
        decision = decide(sums["log_level"].mask(thin).to_numpy(), sums["error"].to_numpy(), band)
    else:
        of = sums[list(by)].merge(pd.concat([estimates.keys, posterior], axis=1), on=list(by), how="left")
        sums["apart"], sums["told"] = of["apart"], of["told"].eq(True)
        decision = decided(of["mean"], of["low"], of["high"], of["outside"].mask(thin))
    sums["spread_of_groups"] = spread_of_groups(sums.assign(log_level=sums["log_level"].mask(thin)), by, base_period)
    sums["other_months"], sums["unlike"] = False, 0.0
    if estimates is not None and base_period is None:
        sums["other_months"], sums["unlike"] = _not_alike(sums, compared, by)
    shown = _shown(sums, decision, question.method, shrunk=posterior is not None)
    reason = _judged(sums, decision, thin, shown, question)
    if "told" in sums:
        told = sums.pop("told").to_numpy() & (reason == "level")
        decision.status[told] = "watch"  # not confirmed: its own lines alone leave it open
        reason = np.where(told, OTHER_CHAPTERS, reason)
    blank = (decision.status == "insufficient") & ((reason == "") | (untold == NOTHING))
    sums["reason"] = np.where(blank, np.where(thin, untold, NOTHING), reason)
    return _described(sums, by, decision, shown), grid


def _not_alike(sums: pd.DataFrame, compared: pd.DataFrame, by: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Cells that meet the others in other months only, and what goods that nobody else declares alike add, (H,)."""
    contrast = contrasted(by, None)
    met = common_months(compared, by, contrast).merge(unlike(compared, by, contrast), on=list(by))
    met = sums[list(by)].merge(met, on=list(by), how="left")
    return met["common_months"].to_numpy() < _COMMON, met["unlike"].to_numpy()


def _judged(
    sums: pd.DataFrame, decision: Decision, thin: pd.Series, shown: pd.DataFrame, question: Question
) -> np.ndarray:
    """Let the levels by value speak, then hold back what was not seen; the reason of each verdict, (H,)."""
    band = question.band
    by_value = decide(sums["log_weighted"].mask(thin).to_numpy(), sums["weighted_error"].to_numpy(), band)
    sums["probability_by_value"] = by_value.outside
    called = call_by_value(decision, by_value, beyond_band(sums["log_weighted"].to_numpy(), band))
    against = disputed(sums, band)
    reason = _guarded(sums, decision, question, _seen(sums, shown, band) & ~against)
    reason = np.where((called & (reason == "level")) | (against & (reason == WIDE)), BY_VALUE, reason)
    reason = np.where(_in_order_by_value(sums, decision, band), BY_VALUE, reason)
    return _sided(sums, decision, reason, question)


def _in_order_by_value(sums: pd.DataFrame, decision: Decision, band: tuple[float, float]) -> np.ndarray:
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
    apart = no_majority(sums.assign(called=out), question.by, question.base_period)
    sides = apart.to_numpy(bool) & (reason != "set apart")
    compared = np.fmin(sums["matched_value_share"].to_numpy(), (sums["matched_lines"] / sums["lines"]).to_numpy())
    little = (status == "met") & (compared < _MOSTLY)
    whole = (sums["log_level"] + sums["unlike"]).fillna(0.0).to_numpy()  # with what nobody else declares alike
    own = (status == "met") & ~little & beyond_band(whole, question.band, NORMAL95 * sums["error"].to_numpy())
    # Months of their own: prices may have moved, which nothing but the other months' stillness speaks against.
    elsewhere = sums["other_months"].to_numpy(bool) & (reason != "set apart")
    status[(sides | elsewhere) & out] = "watch"
    own &= (reason == "") & (sums["unlike"].abs() > _ADDED).to_numpy()
    status[((sides | elsewhere) & (status == "met")) | little | own] = "insufficient"
    told = [elsewhere, sides, little, own]
    return np.select(told, [OTHER_MONTHS, NO_MAJORITY, LITTLE, OWN_GOODS], reason)


def _shown(sums: pd.DataFrame, decision: Decision, method: str, *, shrunk: bool) -> pd.DataFrame:
    """Log level that is shown, `point`, with its interval, `low` and `high`; without one where it is a ratio."""
    if shrunk and method == "cpd":
        return pd.DataFrame({"point": decision.mean, "low": decision.low, "high": decision.high}, sums.index)
    point, error = {
        "cpd": (sums["log_level"], sums["error"]),
        "weighted": (sums["log_weighted"], sums["weighted_error"]),
        "ratio": (np.log(sums["level_loo"]), sums["error"] * np.nan),
    }[method]
    return pd.DataFrame({"point": point, "low": point - NORMAL95 * error, "high": point + NORMAL95 * error})


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
    doubted = doubtful(sums).to_numpy() & (status == "met")
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
    unlike &= status == "not_met"
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


def _described(sums: pd.DataFrame, by: tuple[str, ...], decision: Decision, shown: pd.DataFrame) -> pd.DataFrame:
    point, low, high = shown["point"], shown["low"], shown["high"]
    weighted, spread = sums["log_weighted"], NORMAL95 * sums["weighted_error"]
    result = keyed(sums, by).assign(
        level=np.exp(point),
        low95=np.exp(low),
        high95=np.exp(high),
        status=decision.status,
        probability_outside=decision.outside,
        shrunk=np.exp(decision.mean),
        level_mixed=np.exp(sums["log_level"]),
        apart=sums.get("apart", np.nan),
        level_weighted=np.exp(weighted),
        weighted_low95=np.exp(weighted - spread),
        weighted_high95=np.exp(weighted + spread),
    )
    # What the matched goods would bear at the others' prices, less what they bear: of the level that is shown.
    for name, log in {"duty_at_stake": point, "duty_low": high, "duty_high": low}.items():
        stake = result["matched_tax"] * np.expm1(-log).clip(lower=0, upper=MOST_AT_STAKE)
        # Prices of other months may have moved since: a question, not an amount.
        result[name] = stake.mask(result["other_months"], 0.0)
    result["capped"] = np.expm1(-point) > MOST_AT_STAKE
    front = [*COLUMNS, *[c for c in by if c not in COLUMNS]]
    return result[[*front, *[c for c in result.columns if c not in front]]]
