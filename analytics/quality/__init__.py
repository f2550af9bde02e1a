"""Quality of data: what a file holds, what is missing or odd in it, and how far the plan's two figures can be told."""

from analytics.quality import page
from analytics.quality.first import FirstLook, first_look
from analytics.quality.measure import Quality, measure

__all__ = ["FirstLook", "Quality", "first_look", "measure", "page"]


def __dir__() -> list[str]:
    return sorted(__all__)
