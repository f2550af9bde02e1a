"""Does a finding hang on a choice? Levels of some cells under other definitions, filters and references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import keyed
from analytics.valuation.comparison.prepared import Prepared, realigned
from analytics.valuation.comparison.question import Question
from analytics.valuation.comparison.ratios import ratios
from analytics.valuation.comparison.references import RUNGS
from analytics.valuation.level.price_level import compared_cells, estimated, judged
from analytics.valuation.level.result import PriceLevel
from analytics.valuation.verdict.posterior import within_strata
from analytics.valuation.verdict.restored import restored

STRICT = 2.5  # robust spreads beyond which the strict filter leaves a line out
DEFINITIONS = ("judged", "mixed", "weighted", "loo", "included")
RERUNS = ("strict", "unfiltered", "quarter")


def sensitivity(level: PriceLevel, keys: Sequence[str]) -> pd.DataFrame:
    """Level of some cells under other choices; with each filter and reference their chapters are judged anew.

    Parameters
    ----------
    level : PriceLevel
    keys : cells, as in column `key`

    Returns
    -------
    DataFrame, one row a key in the order given:

    - definitions: `judged` (as the page gives it), `mixed`, `weighted`, `loo`, `included`;
    - filter: `strict` (lines beyond 2.5 robust spreads left out), `unfiltered` (none left
      out; the regressions still give an outlying line less weight);
    - reference: `quarter` (like goods of the same quarter instead of the same month);
      `same_month` is the leave-one-out ratio with the closest references only.

    Missing where nothing compares.

    Notes
    -----
    Offsets, weights and variances are those of all lines under the other choice. How often cells depart by how much,
    and the mix of grades, stay as the page found them: they belong to the trade, not to the choice.
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
        anew = _anew(level, question, chosen, quarterly=quarterly).rename(columns={"level": name})
        result = result.merge(anew, on=["key", "period"], how="left")
    frame = level.compared
    near = frame[frame["rung"] == RUNGS[0]].groupby(by)[["tax_weight", "base"]].sum()
    result = result.merge((near["tax_weight"] / near["base"]).rename("same_month").reset_index(), on=by, how="left")
    order = {key: i for i, key in enumerate(keys)}
    result = result.sort_values("key", key=lambda k: k.map(order), ignore_index=True, kind="stable")
    return result[["key", *(["period"] if "period" in by else []), *DEFINITIONS, *RERUNS, "same_month"]]


def _anew(level: PriceLevel, question: Question, chosen: pd.DataFrame, *, quarterly: bool) -> pd.DataFrame:
    """Key, period and level of the chosen cells, judged with another filter or over quarters."""
    prepared = level.prepared if quarterly else realigned(level.prepared, question)
    if quarterly:
        kept = prepared.kept.mutate(month=prepared.kept.month.truncate("Q").cast("date"))
        prepared = replace(prepared, kept=engine.store(kept, "lines"), compared=None)
    other = _relevelled(level, prepared, question, chosen[list(level.by)])
    engine.drop(prepared.kept if quarterly else prepared.stored)
    # Without a breakdown by period there is one span, which quarters would name by other months.
    return other if "period" in level.by else other.assign(period=level.levels["period"].iloc[0])


def _relevelled(level: PriceLevel, prepared: Prepared, question: Question, asked: pd.DataFrame) -> pd.DataFrame:
    """Key, period and level of the cells asked for, without interval, verdict and other definitions."""
    by, grid = tuple(question.by), level.grid
    if grid is None or question.method != "cpd":  # no posterior, or another level is shown
        return judged(prepared, question).levels[["key", "period", "level"]]
    compared = compared_cells(prepared, by, None, question.reference)
    estimates = estimated(compared, question, asked)
    if not len(estimates.keys):
        return asked.iloc[:0].assign(key="", period="", level=np.nan)[["key", "period", "level"]]
    back = restored(compared, estimates.keys, by, None)
    mix = level.mix.at(estimates.keys) if level.mix is not None else None
    found = within_strata(estimates, question.band, back, mix, held=grid)
    mean = found[0]["mean"] if found is not None else np.nan
    sums = ratios(compared, by).merge(estimates.keys.assign(mean=mean), on=list(by), how="left")
    return keyed(sums, by)[["key", "period"]].assign(level=np.exp(sums["mean"]))
