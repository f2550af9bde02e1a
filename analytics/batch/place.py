"""How a file's place is told: relative to the project where it lies in it."""

from __future__ import annotations

from pathlib import Path

from analytics.root import project_root


def shown(path: Path) -> str:
    """Return a path relative to the project where it lies in it: what is written names no place of this machine."""
    absolute = path.resolve()
    return str(absolute.relative_to(project_root())) if absolute.is_relative_to(project_root()) else str(absolute)
