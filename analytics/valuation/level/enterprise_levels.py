"""Who prices apart wherever it declares: a level for every enterprise, false discoveries controlled."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.statistics import MAD_TO_SD, NORMAL95
from analytics.tables.engine import connection as engine
from analytics.valuation.alignment.medians import median_error, spread_between
from analytics.valuation.alike.mixed_goods import GOODS, mixture_of, of_grades
from analytics.valuation.comparison.prepared import Prepared
from analytics.valuation.level.verdicts import OUT
from analytics.valuation.verdict.decision import LIKELY_INSIDE, NEAR, decide

_FEWEST = 5
_SPREADS = 4.0  # of enterprises without a usual price, from which on one stands far off
_SOME, _DEARER = 8, 0.2  # enterprises that stand apart, and share of them that are dearer, at least
_MOST_APART = 1 / 3  # of enterprises; where more stand apart, none of their prices is the usual one
_NORMAL_MEDIAN = np.sqrt(1.57)
COLUMNS = [
    "enterprise", "status", "level", "low95", "high95", "probability_outside", "lines", "goods", "districts", "value",
    "usual",
]  # fmt: skip


def enterprise_levels(prepared: Prepared, band: tuple[float, float], goods: pd.DataFrame | None = None) -> pd.DataFrame:
    """Level of every named enterprise against like goods, wherever it declares.

    Parameters
    ----------
    prepared : lines with their offsets and deviations
    band : levels that are in order
    goods : how much enterprises differ in each good (`mixed_goods.goods`); who buys the dearer grade of a code that
        holds two is watched and not confirmed

    Returns
    -------
    DataFrame, those outside first, the farthest first: `enterprise`, `status` (met, watch, not_met; insufficient under
    five lines, or where its own lines do not show that it is in order), `level` (drawn towards 1 by what honest
    enterprises differ; missing where insufficient) with `low95` and `high95`, `probability_outside`, `lines`, `goods`,
    `districts`, `value`, `usual` (False throughout where enterprises differ so much that none of their prices is the
    usual one: only who stands far off all of them is told).

    Notes
    -----
    The median log deviation from like goods, offsets of districts, goods and practices included. Honest enterprises
    differ; their spread is learnt from the better known half and belongs to the error, and how many stand apart and by
    how much is learnt from all (Efron 2010, Large-Scale Inference).
    """
    every = prepared.kept
    kept = every.filter(every.enterprise != "")
    columns = {"off": kept["shift"] + kept.deviation, "spread": kept.spread, "value": kept.value}
    lines = engine.fetch(kept.select("enterprise", "district", *GOODS, **columns))
    if lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    code, names = pd.factorize(lines["enterprise"], sort=True)
    by = lines.groupby(code)
    table = pd.DataFrame(
        {
            "enterprise": names,
            "lines": by.size(),
            "goods": by["product"].nunique(),
            "districts": by["district"].nunique(),
            "value": by["value"].sum(),
        }
    )
    effect = by["off"].median().to_numpy()
    normal = _NORMAL_MEDIAN * by["spread"].median().to_numpy() / np.sqrt(table["lines"].to_numpy())
    error = np.maximum(normal, median_error(code, lines["off"].to_numpy(), len(names)))
    known = (table["lines"] >= _FEWEST).to_numpy()
    honest = spread_between(effect, error, known)
    judged = decide(np.where(known, effect, np.nan), np.hypot(error, honest), band)
    # That others are in order draws an enterprise to 1; only its own lines can show that it is.
    reach = NORMAL95 * error
    seen = (np.exp(effect - reach) >= band[0] - NEAR) & (np.exp(effect + reach) <= band[1] + NEAR)
    untold = (judged.status == "met") & ~(seen & (judged.outside <= LIKELY_INSIDE))
    usual = _usual_price(np.where(untold, "insufficient", judged.status), effect, known)
    if not usual:
        untold |= _among_others(judged.status, effect, known)
    judged.status[untold] = "insufficient"
    for known_of in (judged.mean, judged.low, judged.high, judged.outside):
        known_of[untold] = np.nan
    if goods is not None:
        judged.status[_of_grades(lines, goods, names, effect, band) & (judged.status == "not_met")] = "watch"
    table = table.assign(
        status=judged.status,
        level=np.exp(judged.mean),
        low95=np.exp(judged.low),
        high95=np.exp(judged.high),
        probability_outside=judged.outside,
        rank=table.index.map(dict(enumerate(-np.abs(judged.mean)))),
        usual=usual,
        order=pd.Series(judged.status).map({"not_met": 0, "watch": 1, "met": 2, "insufficient": 3}),
    )
    return table.sort_values(["order", "rank", "enterprise"], ignore_index=True)[COLUMNS]


def _usual_price(status: np.ndarray, effect: np.ndarray, known: np.ndarray) -> bool:
    """Whether enterprises have a usual price: no more than a third of those with five lines stand apart from it.

    Nor more than half of those that can be judged, with a fifth of them dearer: who undervalues is not dear.
    """
    out = np.isin(status, OUT)
    dearer = float((effect[out] > 0).mean()) if out.any() else 0.0
    half = out.sum() >= _SOME and 2 * out.sum() > (status != "insufficient").sum() and dearer >= _DEARER
    return bool(out.sum() <= _MOST_APART * known.sum() and not half)


def _among_others(status: np.ndarray, effect: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Enterprises within four robust spreads of the middle, where all differ: not judged; others suspect at most."""
    away = np.abs(effect - np.median(effect[known]))
    spread = MAD_TO_SD * float(np.median(away[known]))
    status[status == "not_met"] = "watch"
    return np.isin(status, OUT) & (away < _SPREADS * spread)


def _of_grades(
    lines: pd.DataFrame, goods: pd.DataFrame, names: pd.Index, effect: np.ndarray, band: tuple[float, float]
) -> np.ndarray:
    """Enterprises whose distance from the band the grades of their codes may explain, in the order of `names`."""
    weighed = lines.assign(lines=1.0, aligned_value=lines["value"] / np.exp(lines["off"]))
    mixed = mixture_of(weighed, goods, ["enterprise"]).set_index("enterprise").reindex(names)
    return of_grades(mixed.reset_index(drop=True).assign(log_level=effect), band).to_numpy()
