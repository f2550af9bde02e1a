"""Values as JSON knows them, and texts that tell no place of this machine."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.language import Text

_JOINED = re.compile(r"(\s+\+\s+)")
_ABSOLUTE = re.compile(r"/|~[/\\]|[A-Za-z]:[/\\]|\\\\")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def plain(value: Any, root: Path | None = None) -> Any:
    """Return a value as JSON knows it: missing as null, numbers as Python's own, no path of this machine.

    Examples
    --------
    >>> plain(float("nan")) is None
    True
    """
    if isinstance(value, Text):
        return value._asdict()
    if isinstance(value, Mapping):
        return {str(k): plain(v, root) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v, root) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()  # a numpy scalar
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return without_machine(str(value), root)


def without_machine(text: str, root: Path | None = None) -> str:
    """Shorten absolute paths: below the project to the relative path, elsewhere to the name.

    Examples
    --------
    >>> without_machine("/mnt/my data/a.csv + ${DATA}/b.csv")
    'a.csv + ${DATA}/b.csv'
    """
    if root is not None:
        text = text.replace(f"{root.resolve()}/", "").replace(f"{root}/", "")
    parts = _JOINED.split(text)  # whole values first: the names of folders may hold blanks
    text = "".join(
        re.split(r"[/\\]", p.rstrip("/\\"))[-1] if _ABSOLUTE.match(p) and "\n" not in p else p for p in parts
    )
    return re.sub(r"(?<![\w$}./])(?:/[^/\s+]+)+/([^/\s]+)", r"\1", text)


def cell_without_machine(source: str) -> str:
    """Shorten the absolute paths in the strings of a cell."""
    return _STRING.sub(lambda found: f'"{without_machine(found[1])}"', source)
