"""Parameters that every set takes, whatever it runs: whether its page is to leave the house, and by which rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analytics.errors import ParameterError

COMMON: dict[str, dict[str, Any]] = {
    "outside": {
        "title": "For outside the house",
        "description": "Tables, figures and sentences keep the rule of disclosure below, or are withheld. "
        "`analytics run --outside` says so for all sets named.",
        "type": "boolean",
        "default": False,
    },
    "fewest_enterprises": {
        "title": "Fewest enterprises",
        "description": "A cell is told outside only if so many enterprises stand behind it.",
        "type": "integer",
        "minimum": 2,
        "maximum": 1000,
        "default": 3,
    },
    "largest_share": {
        "title": "Largest share",
        "description": "A cell is told outside only if no enterprise has more of it.",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "default": 0.85,
    },
    "published_already": {
        "title": "Published already",
        "description": "The administration has published the inputs: nothing is withheld.",
        "type": "boolean",
        "default": False,
    },
}


def taken(values: dict[str, Any], where: str) -> dict[str, Any]:
    """Take the common parameters out of a set's values and return them.

    Raises
    ------
    ParameterError
        A value that is not allowed.
    """
    from jsonschema import Draft202012Validator

    from analytics.parameters.schemas import allowed

    found = {name: values.pop(name) for name in COMMON if name in values}
    for name, value in found.items():
        if not Draft202012Validator(COMMON[name]).is_valid(value):
            raise ParameterError(
                f'{where}: parameter "{name}": {json.dumps(value, ensure_ascii=False, default=str)} is not allowed. '
                f"Allowed: {allowed(COMMON[name])}."
            )
    return found


def rule(given: Mapping[str, Any]) -> str:
    """Return the rule of disclosure as it is written ("3,0.85"); empty for use inside the house."""
    values = {name: given.get(name, about["default"]) for name, about in COMMON.items()}
    if not values["outside"]:
        return ""
    public = ",public" if values["published_already"] else ""
    return f"{values['fewest_enterprises']},{values['largest_share']:g}{public}"
