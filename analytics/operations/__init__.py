"""Operations: how fast goods are released, and whether goods under supervision are where they should be."""

from analytics.operations import page
from analytics.operations.goods.exemptions import Exempted, exempted
from analytics.operations.goods.handbooks import Handbooks, balances
from analytics.operations.goods.transit import Carried, carried
from analytics.operations.release.reading import OperationsError, release_times
from analytics.operations.release.survival import Survival, kaplan_meier
from analytics.operations.release.times import ReleaseTimes

__all__ = [
    "Carried",
    "Exempted",
    "Handbooks",
    "OperationsError",
    "ReleaseTimes",
    "Survival",
    "balances",
    "carried",
    "exempted",
    "kaplan_meier",
    "page",
    "release_times",
]


def __dir__() -> list[str]:
    return sorted(__all__)
