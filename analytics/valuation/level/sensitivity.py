"""Does a finding hang on a choice? Levels of some cells under other definitions, filters and references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import contrasted, keyed
from analytics.valuation.comparison.prepared import Prepared, realigned
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.ratios import ratios
from analytics.valuation.comparison.references import RUNGS
from analytics.valuation.level.price_level import compared_cells, estimated, judged, mix_of_grades
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.regression.fixed_effects import Pair
from analytics.valuation.verdict.grades import Grades
from analytics.valuation.verdict.posterior import within_strata
from analytics.valuation.verdict.restored import restored

STRICT = 2.5  # robust spreads beyond which the strict filter leaves a line out
DEFINITIONS = ("judged", "mixed", "weighted", "loo", "included")
RERUNS = ("strict", "unfiltered", "quarter")


def sensitivity(level: PriceLevel, keys: Sequence[str]) -> pd.DataFrame:
    """Level of some cells under other choices; each filter and reference goes through the whole model again.

    Parameters
    ----------
    level : PriceLevel
    keys : cells, as in column `key`

    Returns
    -------
    DataFrame, one row a key in the order given:

    - definitions: `judged` (as the page gives it), `mixed`, `weighted`, `loo`, `included`;
    - filter, everything computed anew: `strict` (lines beyond 2.5 robust spreads left out), `unfiltered` (none left
      out; the regressions still give an outlying line less weight);
    - reference, computed anew: `quarter` (like goods of the same quarter instead of the same month);
      `same_month` is the leave-one-out ratio with the closest references only.

    Missing where nothing compares.
    """
    by = list(level.by)
    chosen = level.levels[level.levels["key"].isin(list(keys))]
    result = chosen[["key", "period", *[c for c in by if c != "period"]]].assign(
        judged=chosen["level"],
        mixed=np.exp(chosen["log_level"]),
        weighted=chosen["level_weighted"],
        loo=chosen["level_loo"],
        included=chosen["level_included"],
    )
    asked = level.question
    for name, (question, quarterly) in {
        "strict": (replace(asked, outlier_threshold=STRICT), False),
        "unfiltered": (replace(asked, outlier_threshold=0.0), False),
        "quarter": (asked, True),
    }.items():
        anew = _anew(level, question, quarterly=quarterly).rename(columns={"level": name})
        result = result.merge(anew, on=["key", "period"], how="left")
    frame = level.compared
    near = frame[frame["rung"] == RUNGS[0]].groupby(by)[["tax_weight", "base"]].sum()
    result = result.merge((near["tax_weight"] / near["base"]).rename("same_month").reset_index(), on=by, how="left")
    order = {key: i for i, key in enumerate(keys)}
    result = result.sort_values("key", key=lambda k: k.map(order), ignore_index=True, kind="stable")
    return result[["key", *(["period"] if "period" in by else []), *DEFINITIONS, *RERUNS, "same_month"]]


def _anew(level: PriceLevel, question: Question, *, quarterly: bool) -> pd.DataFrame:
    """Key, period and level, judged with another filter or over quarters."""
    prepared = level.prepared if quarterly else realigned(level.prepared, question)
    if quarterly:
        kept = prepared.kept.mutate(month=prepared.kept.month.truncate("Q").cast("date"))
        prepared = replace(prepared, kept=engine.store(kept, "lines"))
    other = _relevelled(prepared, question)
    engine.drop(prepared.kept if quarterly else prepared.lines)
    # Without a breakdown by period there is one span, which quarters would name by other months.
    return other if "period" in level.by else other.assign(period=level.levels["period"].iloc[0])


def _relevelled(prepared: Prepared, question: Question) -> pd.DataFrame:
    """Key, period and level of every cell that compares, as `judged` gives them and without the rest of it.

    For asking many questions of the same lines: no interval, verdict or other definition is worked out.
    """
    by = tuple(question.by)
    if question.base_period is not None or question.method != "cpd" or not contrasted(by, None):
        return judged(prepared, question).levels[["key", "period", "level"]]
    compared = compared_cells(prepared, by, None, question.reference)
    estimates = estimated(compared, question, by_value=False)
    found = _means(compared, question, estimates, mix_of_grades(prepared, estimates, by))
    return judged(prepared, question).levels[["key", "period", "level"]] if found is None else found


def _means(compared: pd.DataFrame, question: Question, estimates: Pair, mix: Grades | None) -> pd.DataFrame | None:
    """Level alone of every key, as in column `level` of `levels`; None where there is no posterior."""
    by = tuple(question.by)
    if not len(estimates.keys):
        return None
    back = restored(compared, estimates.keys, by, None)
    posterior = within_strata(estimates, question.band, back, mix, means_only=True)
    if posterior is None:
        return None
    told = estimates.keys.assign(log_level=back.against_bulk(estimates.mixed.log), mean=posterior["mean"])
    sums = ratios(compared, by).merge(told, on=list(by), how="left")
    level = np.exp(sums["mean"])
    return keyed(sums, by)[["key", "period"]].assign(level=level)
