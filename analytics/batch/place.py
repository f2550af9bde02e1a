"""How a file's place is told: relative to the project where it lies in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analytics.root import project_root


def shown(path: Path) -> str:
    """Return a path relative to the project where it lies in it: what is written names no place of this machine."""
    absolute = path.resolve()
    return str(absolute.relative_to(project_root())) if absolute.is_relative_to(project_root()) else str(absolute)


def named(paths: Iterable[Path]) -> dict[str, Path]:
    """Return files by a name that tells no place of this machine: outside the project the bare name, numbered if twice.

    Parameters
    ----------
    paths : files of a set, in its order
    """
    found: dict[str, Path] = {}
    for path in paths:
        inside = path.resolve().is_relative_to(project_root())
        name = shown(path) if inside else path.name
        more = sum(known == name or known.startswith(f"{name} (") for known in found)
        found[f"{name} ({more + 1})" if more else name] = path
    return found
