"""The published tables that the simulation follows."""

import csv
from importlib import resources


def published(name: str) -> list[dict[str, str]]:
    """Rows of a table carried by the package under analytics/data."""
    with resources.files("analytics.data").joinpath(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
