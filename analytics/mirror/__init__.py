"""Mirror statistics: what a country says it imports against what its partners say they sent there.

Plain pandas in and out; a page or a pillar decides what to make of it.
"""

from analytics.mirror.elasticity import PUBLISHED, Elasticity, elasticity
from analytics.mirror.flows import CELL, Both, MirrorError, lag_shares, lagged, matched
from analytics.mirror.gaps import Gaps, gaps
from analytics.mirror.prices import price_levels, reference_prices, usual_price_ratio
from analytics.mirror.transit import through_hubs

__all__ = [
    "CELL",
    "PUBLISHED",
    "Both",
    "Elasticity",
    "Gaps",
    "MirrorError",
    "elasticity",
    "gaps",
    "lag_shares",
    "lagged",
    "matched",
    "price_levels",
    "reference_prices",
    "through_hubs",
    "usual_price_ratio",
]


def __dir__() -> list[str]:
    return sorted(__all__)
