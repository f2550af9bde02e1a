"""Files that a briefing keeps for other programs, read again: whole and of their form, or not at all.

A file that somebody edited, or a disk that was full, must break no index and no comparison, and be told as damaged.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FARTHEST = 1e300  # a figure beyond it is none


class _Figure:
    """A finite number."""


class _Count:
    """A whole number from 0."""


class _TableFile:
    """The place of a table beside its result: tables/<name>.csv."""


COUNT, FIGURE, MAYBE_FIGURE = _Count, _Figure, (_Figure, None)
TEXT, MAYBE_TEXT = str, (str, None)
BOTH = {"en": TEXT, "zh": TEXT, ...: ()}
VERDICT = {"target": MAYBE_TEXT, "status": TEXT, "value": MAYBE_FIGURE, "low": MAYBE_FIGURE, "high": MAYBE_FIGURE}
LEAD = {"text": BOTH, "district?": MAYBE_TEXT, "since?": MAYBE_TEXT}
INPUT = {"name": TEXT, "first_period": MAYBE_TEXT, "last_period": MAYBE_TEXT}
RESULT: dict[str, Any] = {
    "params": {...: object},
    "inputs": [INPUT],
    "verdict": {**VERDICT, "text": BOTH},
    "figures": {...: MAYBE_FIGURE},
    "tables": {...: _TableFile},
    "leads?": ({"total": COUNT, "shown": [LEAD], "by_district?": {...: COUNT}}, None),
    "standing?": ({"changed?": [BOTH], "counts?": ({...: COUNT}, None)}, None),
}


def fits(value: Any, form: Any) -> bool:
    """Whether a JSON value has a form.

    Parameters
    ----------
    value : as `json.loads` gives it
    form : a type; `FIGURE`; a tuple of forms, None among them for null; a list of one form; a mapping of keys to forms,
        "name?" for a key that may be missing, `...` for all others, `()` for none

    Examples
    --------
    >>> fits({"a": [1.5, 2]}, {"a": [FIGURE]}), fits({"a": ["x"]}, {"a": [FIGURE]}), fits({}, {"a?": TEXT})
    (True, False, True)
    """
    if form is None:
        return value is None
    if isinstance(form, tuple):
        return any(fits(value, one) for one in form)
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(item, form[0]) for item in value)
    if isinstance(form, Mapping):
        return isinstance(value, dict) and _holds(value, form)
    if form in (_Figure, _Count):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        number = number and abs(value) < _FARTHEST and math.isfinite(value)
        return number and (form is _Figure or (isinstance(value, int) and value >= 0))
    if form is _TableFile:
        return isinstance(value, str) and re.fullmatch(r"tables/[\w.-]{1,120}\.csv", value) is not None
    return isinstance(value, form) and (not isinstance(value, str) or _writable(value))


def _holds(value: dict[Any, Any], form: Mapping[Any, Any]) -> bool:
    named = {key.removesuffix("?"): (one, key.endswith("?")) for key, one in form.items() if key is not ...}
    there = all(key in value or may_lack for key, (_, may_lack) in named.items())
    rest = form.get(..., object)
    return there and all(fits(item, named[key][0] if key in named else rest) for key, item in value.items())


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return True


def read(path: Path, form: Any) -> Any:
    """Read a JSON file of a form; None where it is not there, damaged or of another form."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if fits(value, form) else None


def read_result(folder: Path) -> dict[str, Any] | None:
    """Return what result.json of a briefing's folder says; None where it is not there, damaged or of another form."""
    found: dict[str, Any] | None = read(folder / "result.json", RESULT)
    return found
