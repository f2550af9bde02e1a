"""Which parameter sets a command means, and whether their data are at hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analytics.parameters import ParameterError, ParameterSet, load, pillars
from analytics.root import project_root, shipped_root

_VARIABLE = re.compile(r"\$\{(\w+)\}|\bdatabase:(\w+)")


def find_sets(arguments: Iterable[str], overrides: Mapping[str, Any] | None = None) -> list[ParameterSet]:
    """Read and check every parameter set that the arguments name.

    Parameters
    ----------
    arguments : iterable of str
        YAML files, folders of them, or names of pillars; none means every pillar. Sets in a folder below a pillar's
        (bulk runs) are taken only when that folder or file is named.
    overrides : mapping, optional
        Values that replace those of each set (`--set`).

    Returns
    -------
    list of ParameterSet, in the order named, each once.

    Raises
    ------
    ParameterError
        Collecting the errors of all sets: everything is checked before anything starts.
    """
    paths = [path for argument in (list(arguments) or pillars()) for path in _expand(argument)]
    sets, errors = [], []
    for path in dict.fromkeys(p.resolve() for p in paths):
        try:
            sets.append(load(path, overrides))
        except ParameterError as error:
            errors.append(str(error))
    if errors:
        raise ParameterError("\n".join(errors))
    return sets


def _expand(argument: str) -> list[Path]:
    path = Path(argument)
    if argument in pillars() and not _holds_sets(path):
        path = shipped_root() / "params" / argument
    elif not path.exists() and (project_root() / argument).exists():
        path = project_root() / argument
    if path.is_dir():
        found = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
        if not found:
            raise ParameterError(f"{argument}: no parameter sets (*.yaml) in this folder.")
        return found
    if not path.exists():
        raise ParameterError(
            f'"{argument}" is neither a file, a folder nor a pillar. Pillars: {", ".join(pillars())}. '
            "Sets lie in params/<pillar>/."
        )
    return [path]


def _holds_sets(folder: Path) -> bool:
    """Whether the user's own folder of a pillar's name is meant: what stands beside him goes before the examples."""
    return folder.is_dir() and any(folder.glob("*.y*ml"))


def missing_sources(parameters: ParameterSet) -> list[str]:
    """Environment variables that the set's data sources name and that are not set."""
    texts = [value for value in parameters.values.values() if isinstance(value, str)]
    named = [a or b for text in texts for a, b in _VARIABLE.findall(text)]
    return [name for name in dict.fromkeys(named) if not os.environ.get(name)]
