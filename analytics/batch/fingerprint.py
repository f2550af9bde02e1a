"""What a briefing was made from: a run whose fingerprint has not changed need not be repeated."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from importlib import resources
from pathlib import Path

from analytics.language import Language
from analytics.parameters import ParameterSet, digest
from analytics.root import project_root

_CODE = {".py", ".yaml", ".csv", ".json", ".j2", ".html", ".css"}


def fingerprint(parameters: ParameterSet, language: Language) -> str | None:
    """Return the sha256 of notebook, package, parameters and input files; None where an input cannot be told unchanged.

    A database may have changed without a trace: sets that read one are always run.
    """
    if any(isinstance(v, str) and v.startswith("database:") for v in parameters.values.values()):
        return None
    total = hashlib.sha256()
    for part in (language, digest(parameters.values), file_digest(parameters.notebook), package_digest()):
        total.update(part.encode())
    for path in input_files(parameters):
        total.update(f"{path.name}:{file_digest(path)}".encode())
    return total.hexdigest()


def input_files(parameters: ParameterSet) -> list[Path]:
    """Files that the set's values name: sources (several joined by " + "), column maps, reference tables."""
    found: list[Path] = []
    for value in parameters.values.values():
        if not isinstance(value, str):
            continue
        for part in re.split(r"\s+\+\s+", os.path.expandvars(value)):
            path = project_root() / part
            if part and path.is_file():
                found.append(path)
            elif part and path.is_dir():
                found.extend(sorted(p for p in path.rglob("*") if p.is_file()))
    return found


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def package_digest() -> str:
    """Return the sha256 of the package's code, templates and tables."""
    root = Path(str(resources.files("analytics")))
    total = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in _CODE):
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()
