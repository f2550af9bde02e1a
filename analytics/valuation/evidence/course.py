"""Which goods' prices moved for most groups at once: what levels are net of, and what a reader has to know of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.tables.engine import connection as engine
from analytics.valuation.comparison.keys import GOODS, contrasted, stratified
from analytics.valuation.level.result import PriceLevel

LEAST = 0.1  # log


def courses(level: PriceLevel) -> pd.DataFrame:
    """Products whose usual price moved over the months, the widest move first.

    Parameters
    ----------
    level : PriceLevel

    Returns
    -------
    DataFrame: product, change (share, from the earlier to the later of the months with the lowest and the highest usual
    price), start, end (such as "2024-03"); of the like goods of a product those with the widest move.
    """
    question = level.question
    stratum = stratified(question.by, question.base_period)
    keys = [c for c in dict.fromkeys([*GOODS, *stratum]) if c not in contrasted(question.by, question.base_period)]
    lines = level.prepared.lines
    lines = lines.mutate(usual=lines.log_price - lines["shift"] - lines.deviation)
    found = lines.group_by(keys).agg(
        low=lines.usual.min(),
        high=lines.usual.max(),
        cheap=lines.month.argmin(lines.usual),
        dear=lines.month.argmax(lines.usual),
    )
    moved = engine.fetch(found.filter(found.high - found.low >= LEAST))
    rises = moved["cheap"] < moved["dear"]
    wide = moved["high"] - moved["low"]
    moved = moved.assign(
        width=wide,
        change=np.expm1(wide.where(rises, -wide)),
        start=moved["cheap"].where(rises, moved["dear"]).dt.strftime("%Y-%m"),
        end=moved["dear"].where(rises, moved["cheap"]).dt.strftime("%Y-%m"),
    )
    moved = moved.sort_values(["width", *keys], ascending=[False, *[True] * len(keys)])
    return moved.drop_duplicates("product")[["product", "change", "start", "end"]].reset_index(drop=True)
