"""What the page of a price level shows: functions that take its findings and return exhibits."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.briefing import Part
from analytics.language import Text
from analytics.valuation import evidence
from analytics.valuation.page.cells import breaches, leads
from analytics.valuation.page.chance import funnel
from analytics.valuation.page.choices import firmness, one_district
from analytics.valuation.page.everywhere import enterprises, mixed, nation, queries
from analytics.valuation.page.findings import Findings
from analytics.valuation.page.maps import changes, map, over_time
from analytics.valuation.page.numbers import at_stake, breach_count, coverage, uncertain
from analytics.valuation.page.opening import headline, verdict
from analytics.valuation.page.tree import contributions, pulls
from analytics.valuation.page.watching import method, watch

SECTIONS: dict[str, Callable[[Findings], Part | None]] = {
    "map": map,
    "funnel": funnel,
    "one_district": one_district,
    "over_time": over_time,
    "changes": changes,
    "pulls": pulls,
    "breaches": breaches,
    "enterprises": enterprises,
    "nation": nation,
    "mixed": mixed,
    "queries": queries,
    "firmness": firmness,
    "watch": watch,
    "method": method,
}


def exhibits(found: Findings, place: Text) -> dict[str, Part]:
    """All parts of the page that have something to show, in their order, by name."""
    parts = {name: part(found) for name, part in SECTIONS.items()}
    return {"headline": headline(found, place), **{name: part for name, part in parts.items() if part is not None}}


def figures(found: Findings) -> dict[str, float]:
    """Key figures of result.json."""
    counts = breach_count(found.level)
    stake, low, high = at_stake(found.level)
    numbers = {
        "cells_inside": counts["met"],
        "cells_suspect": counts["watch"],
        "cells_confirmed": counts["not_met"],
        "cells_insufficient": counts["insufficient"],
        "cells_uncertain": uncertain(found.level).sum(),
        "matched_value_share": coverage(found.level),
        "lines_compared": found.level.levels["lines"].sum(),
        "outliers_listed": len(found.set_apart),
        "lines_to_verify": len(found.lines),
        "at_stake": stake,
        "at_stake_low95": low,
        "at_stake_high95": high,
    }
    whole = found.nation
    if len(whole) and whole["level"].iloc[0] > 0:
        numbers["nation_level"] = whole["level"].iloc[0]
    numbers |= {f"spread_{name}": np.sqrt(v) for name, v in found.level.variances.items()}
    return {name: float(value) for name, value in numbers.items() if np.isfinite(value)}


def tables(found: Findings) -> dict[str, pd.DataFrame]:
    """Tables that other programs read, beside those of the exhibits."""
    return {
        "price_level": found.level.table,
        "contributions": contributions(found),
        "outliers": found.set_apart,
        "fair_prices": evidence.fair_prices(found.level),
        "price_gaps": evidence.gaps(found.level, told=found.lines),
    }


__all__ = [
    "SECTIONS",
    "Findings",
    "breaches",
    "changes",
    "contributions",
    "enterprises",
    "exhibits",
    "figures",
    "firmness",
    "funnel",
    "headline",
    "leads",
    "map",
    "method",
    "mixed",
    "nation",
    "over_time",
    "pulls",
    "queries",
    "tables",
    "verdict",
    "watch",
]
