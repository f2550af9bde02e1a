"""Quality of data: what a file holds, what is missing or odd in it, and how far the plan's two figures can be told."""

from analytics.quality import page
from analytics.quality.measure import Quality, measure

__all__ = ["Quality", "measure", "page"]


def __dir__() -> list[str]:
    return sorted(__all__)
