"""What a briefing was made from: a run whose fingerprint has not changed need not be repeated."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from analytics.briefing.written.finishing import versions
from analytics.language import Language
from analytics.parameters import ParameterSet, digest, pillars, schema
from analytics.root import project_root, where_named

_CODE = {".py", ".yaml", ".csv", ".json", ".j2", ".html", ".css"}
# Words of a set, whatever lies in a folder of that name.
_WORDS = {
    "place", "place_zh", "district_word", "district_word_zh", "owner", "owner_zh", "currency", "district", "enterprise",
    "product", "importer", "league", "base_period", "causes", "driver_names", "exchange_rate", "tax_base",
    "known_events", "policy_events", "scenarios", "steps",
}  # fmt: skip
_DATABASE = re.compile(r"(?:^|\s\+\s)\s*database:")
# Settings that a page depends on and no parameter set names.
_SETTINGS = ("ANALYTICS_CONTACT", "ANALYTICS_DISCLOSURE", "ANALYTICS_THREADS")


def fingerprint(parameters: ParameterSet, language: Language) -> str | None:
    """Return the sha256 of notebook, code, parameters, masking key and input files of a set.

    None where an input cannot be told unchanged: a database may have changed without a trace, so that sets that read
    one are always run.
    """
    if any(_DATABASE.search(text) for text in _texts(parameters.values)):
        return None
    total = hashlib.sha256()
    settings = [f"{name}={os.environ.get(name, '')}" for name in _SETTINGS]
    tools = [f"{name} {version}" for name, version in sorted(versions().items())]
    code = (file_digest(parameters.notebook), code_digest(parameters.pillar))
    for part in (language, digest(parameters.values), parameters.disclosure, _key_digest(), *code, *tools, *settings):
        total.update(part.encode())
    for name, content in sources(parameters).items():
        total.update(f"{name}:{content}".encode())
    return total.hexdigest()


def sources(parameters: ParameterSet) -> dict[str, str]:
    """Return the sha256 of every file that a set names, in the order named, by its path."""
    return {str(path): file_digest(path) for path in input_files(parameters)}


def input_files(parameters: ParameterSet) -> list[Path]:
    """Files that the set's values name: sources (several joined by " + "), column maps, reference tables.

    Folders that the notebook writes to (`x-writes` in its schema) are no inputs: they change while it runs, and should.
    Nor are words and choices: a place called "docs" reads no folder of that name.
    """
    found: list[Path] = []
    properties = schema(parameters.subject)["properties"]
    read = {name: v for name, v in parameters.values.items() if _names_files(name, properties.get(name, {}))}
    for value in _texts(read):
        for part in re.split(r"\s+\+\s+", value):
            path = where_named(os.path.expandvars(part.strip()))
            if part.strip() and _is(path, Path.is_file):
                found.append(path)
            elif part.strip() and _is(path, Path.is_dir):
                found.extend(sorted(p for p in path.rglob("*") if p.is_file()))
    return list(dict.fromkeys(found))


def _names_files(name: str, told: dict[str, Any]) -> bool:
    chosen = any(key in part for part in (told, told.get("items", {})) for key in ("enum", "pattern"))
    return name not in _WORDS and not chosen and not told.get("x-writes")


def _is(path: Path, kind: Any) -> bool:
    try:
        return bool(kind(path))
    except (OSError, ValueError):  # a text too long, or of no file's form
        return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    state = path.stat()
    return _file_digest(path, state.st_size, state.st_mtime_ns, state.st_ino)


@cache
def _file_digest(path: Path, size: int, changed: int, node: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key_digest() -> str:
    """Return the sha256 of the masking key: another key gives other names on every page."""
    given = os.environ.get("ANALYTICS_MASK_KEY")
    kept = project_root() / "private" / "mask.key"
    content = given.encode() if given else (kept.read_bytes() if kept.is_file() else b"")
    return hashlib.sha256(b"key" + content).hexdigest()


@cache
def code_digest(pillar: str) -> str:
    """Return the sha256 of the code, templates and tables behind a pillar's pages: its own and the shared ones."""
    root = Path(str(resources.files("analytics")))
    others = {name for name in pillars() if name != pillar} | {"cli"}
    total = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in _CODE):
        below = path.relative_to(root)
        if below.parts[0] not in others:
            total.update(str(below).encode() + path.read_bytes())
    return total.hexdigest()
