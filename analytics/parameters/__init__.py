"""Parameter sets: read, checked against the schema of what they run, and explained.

A parameter is described once, in `params/<pillar>/schema.json` (a JSON Schema that editors understand too); a pillar's
further notebooks have `params/<pillar>/<notebook>.schema.json` each.
"""

from analytics.errors import ParameterError
from analytics.parameters.reference import reference, reference_page
from analytics.parameters.schemas import allowed, defaults, pillar_name, pillar_of, pillars, schema, subjects
from analytics.parameters.sets import ParameterSet, check, digest, load

__all__ = [
    "ParameterError",
    "ParameterSet",
    "allowed",
    "check",
    "defaults",
    "digest",
    "load",
    "pillar_name",
    "pillar_of",
    "pillars",
    "reference",
    "reference_page",
    "schema",
    "subjects",
]


def __dir__() -> list[str]:
    return sorted(__all__)
