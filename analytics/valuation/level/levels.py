"""The table of price levels: three definitions side by side, intervals, verdict and duty at stake."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import NORMAL95
from analytics.valuation.alike.mixed_goods import spread_of_groups
from analytics.valuation.alike.sides import not_alike
from analytics.valuation.comparison.keys import keyed
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.ratios import against_reference, ratios
from analytics.valuation.level.verdicts import by_other_chapters, judged
from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.verdict.decision import Decision, decide, decided
from analytics.valuation.verdict.departures import Grid
from analytics.valuation.verdict.grades import Grades
from analytics.valuation.verdict.posterior import within_strata
from analytics.valuation.verdict.restored import put_back, restored
from analytics.valuation.verdict.too_little import NOTHING, too_little

COLUMNS = [
    "by", "key", "period", "level", "low95", "high95", "level_included", "level_loo", "lines", "effective_n",
    "matched_value_share", "status",
]  # fmt: skip
_COUNTS = ("lines", "value", "tax_weight", "matched_lines", "matched_tax", "matched_value_share", "effective_n")
_NORMAL99 = 2.5758293035489004
MOST_AT_STAKE = 3.0
"""At most so many times what goods bear is at stake without a mark: beyond, another unit is likelier than a price."""


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
    decision = _decision(sums, thin, question, estimates, posterior)
    sums["spread_of_groups"] = spread_of_groups(sums.assign(log_level=sums["log_level"].mask(thin)), by, base_period)
    sums["other_months"], sums["unlike"], sums["one_sided"] = False, 0.0, 0.0
    if estimates is not None and base_period is None:
        sums["other_months"], sums["unlike"], sums["one_sided"] = not_alike(sums, compared, by)
    shown = _shown(sums, decision, question.method, shrunk=posterior is not None)
    reason = by_other_chapters(decision, judged(sums, decision, thin, shown, question), sums.pop("told").to_numpy() > 0)
    blank = (decision.status == "insufficient") & ((reason == "") | (untold == NOTHING))
    sums["reason"] = np.where(blank, np.where(thin, untold, NOTHING), reason)
    return _described(sums, by, decision, shown), grid


def _decision(
    sums: pd.DataFrame, thin: pd.Series, question: Question, estimates: Pair | None, posterior: pd.DataFrame | None
) -> Decision:
    """What all cells together say of each: of their posteriors, or of the mixed model where there are none."""
    sums["told"] = 0
    if estimates is None or posterior is None:
        return decide(sums["log_level"].mask(thin).to_numpy(), sums["error"].to_numpy(), question.band)
    by = list(question.by)
    of = sums[by].merge(pd.concat([estimates.keys, posterior], axis=1), on=by, how="left")
    sums["apart"], sums["told"] = of["apart"], of["told"].fillna(0).astype(int)
    return decided(of["mean"], of["low"], of["high"], of["outside"].mask(thin))


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
