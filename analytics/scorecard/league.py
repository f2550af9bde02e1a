"""Districts among their like: coastal, border and inland apart, with limits that allow for their size."""

from __future__ import annotations

import math

import pandas as pd
from scipy.stats import norm

from analytics.scorecard.card import Scorecard
from analytics.scorecard.compute.declared import ALL
from analytics.scorecard.plan import Goal
from analytics.tables import published

LEAST_ALIKE = 3  # districts of a kind below which nobody can say what is usual for it
_OUTER = float(norm.ppf(0.999))  # one district in 500 lies outside by chance


def kinds() -> dict[str, str]:
    """Kind of each district whose code is known: coastal, border, inland."""
    rows = published("customs_districts")
    return dict(zip(rows["code"].astype(str).str.zfill(4), rows["type_2010"].astype(str), strict=True))


def league(card: Scorecard, goal: Goal) -> pd.DataFrame:
    """Districts of one goal against the share of their own group.

    Returns
    -------
    DataFrame with district, kind, value, numerator, denominator, group (share of the like, in percent), low, high
    (limits of the funnel at the district's size), outside ("above", "below", ""); largest districts first.
    Districts without a known kind form a group of their own; groups of fewer than three have no limits.

    Notes
    -----
    Limits p ± 3.09 sqrt(p(1-p)/n), widened by the spread of the districts beyond chance (Spiegelhalter 2005,
    multiplicative overdispersion, at least 1).
    """
    known, rows = kinds(), []
    for (name, year, district), m in card.measures.items():
        if name == (goal.restates or goal.id) and year == card.year and district != ALL and m.denominator > 0:
            rows.append((district, known.get(district, "other"), m.value, m.numerator, m.denominator))
    frame = pd.DataFrame(rows, columns=["district", "kind", "value", "numerator", "denominator"])
    if frame.empty:
        return frame.assign(group=math.nan, low=math.nan, high=math.nan, outside="")
    together = frame.groupby("kind")[["numerator", "denominator"]].transform("sum")
    p = together["numerator"] / together["denominator"]
    error = (p * (1 - p) / frame["denominator"]).clip(lower=1e-12) ** 0.5
    z = (frame["value"] / 100 - p) / error
    extra = z.groupby(frame["kind"]).transform(lambda v: max(float((v.clip(-3, 3) ** 2).mean()), 1.0)) ** 0.5
    frame["group"], frame["low"], frame["high"] = (
        100 * p,
        100 * (p - _OUTER * error * extra),
        100 * (p + _OUTER * error * extra),
    )
    frame["low"], frame["high"] = frame["low"].clip(lower=0), frame["high"].clip(upper=100)
    alone = frame.groupby("kind")["kind"].transform("size") < LEAST_ALIKE
    frame.loc[alone, ["low", "high"]] = math.nan
    frame["outside"] = ""
    frame.loc[frame["value"] > frame["high"], "outside"] = "above"
    frame.loc[frame["value"] < frame["low"], "outside"] = "below"
    return frame.sort_values("denominator", ascending=False, ignore_index=True)
