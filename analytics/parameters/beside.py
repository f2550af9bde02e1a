"""Paths in a parameter set: from where the user stands, or from the folder of the set itself; never from either."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from analytics.errors import ParameterError
from analytics.root import standing, where_named

_LONGEST = 1_000  # characters; no path is longer


def paths(values: dict[str, Any], given: Collection[str], set_file: Path, place: str) -> dict[str, Any]:
    """Values of a set whose relative paths are found from where its notebook runs.

    Parameters
    ----------
    values : every parameter of the set
    given : names of those that the set itself names; the defaults are the suite's own
    set_file : the set
    place : how the set is named in an error

    Raises
    ------
    ParameterError
        One name leads to two files: one from where the user stands and one beside the set.
    """
    folder = set_file.resolve().parent
    return {
        name: _source(value, folder, f'{place}: parameter "{name}"') if name in given and _may_be(value) else value
        for name, value in values.items()
    }


def _may_be(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) < _LONGEST and "\n" not in value


def _source(value: str, folder: Path, where: str) -> str:
    """A source of one or several parts, each found."""
    return " + ".join(_part(part, folder, where) for part in value.split(" + "))


def _part(part: str, folder: Path, where: str) -> str:
    named = part.strip()
    if not named or ":" in named or named.startswith(("~", "$", "/")):
        return part
    here, beside = where_named(named), folder / named
    found = [path for path in (here, beside) if path.exists()]
    if len(found) > 1 and not here.samefile(beside):
        raise ParameterError(
            f'{where}: "{named}" leads to two files, {here} from where you stand and {beside.resolve()} beside the '
            "set. Write the whole path of the one that is meant."
        )
    if not found or (standing() / named).exists():
        return part
    return os.path.relpath(found[0], standing())
