"""Where a briefing came from: provenance.json, which a third party can check.

It holds the sha256 of everything that went in (data, parameters, notebook, code, definitions, versions, lock) and of
every file that came out, and no time: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from analytics import targets
from analytics.batch.fingerprint import file_digest, input_files
from analytics.batch.place import named, shown
from analytics.briefing.files import write_text
from analytics.briefing.written import kept
from analytics.briefing.written.plain import plain
from analytics.language import Language
from analytics.parameters import ParameterSet, digest, pillars
from analytics.root import project_root, where_named

NAME = "provenance.json"
_CODE = {".py", ".json", ".j2", ".html", ".css"}
_SHA = {"name": kept.TEXT, "sha256": kept.TEXT}
_FORM = {
    "subject": kept.TEXT,
    "set": kept.TEXT,
    "language": kept.TEXT,
    "params": {...: object},
    "inputs": [{"name": kept.TEXT, "sha256": kept.MAYBE_TEXT, "rows_read": kept.FIGURE}],
    "sources": {...: kept.TEXT},
    "notebook": _SHA,
    "code_sha256": kept.TEXT,
    "definitions": {...: kept.TEXT},
    "versions": {...: kept.TEXT},
    "files": {...: kept.TEXT},
}
_OUT = ("briefing.html", "result.json", "run.ipynb", "tables.xlsx", "tables/*.csv")


def write(folder: Path, parameters: ParameterSet, language: Language) -> Path:
    """Write provenance.json of a finished briefing into its folder."""
    told = collect(folder, parameters, language)
    return write_text(folder / NAME, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def collect(folder: Path, parameters: ParameterSet, language: Language) -> dict[str, Any]:
    """Return what provenance.json says of the briefing in a folder."""
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    lock = project_root() / "requirements.lock"
    values = {name: plain(value, project_root()) for name, value in parameters.values.items()}
    return {
        "subject": parameters.subject,
        "set": shown(parameters.path),
        "language": language,
        "params": values,
        "params_sha256": digest(values),
        "disclosure": parameters.disclosure,
        "inputs": [{k: i[k] for k in ("name", "source", "sha256", "rows_read", "rows_used")} for i in result["inputs"]],
        "sources": {name: file_digest(path) for name, path in named(input_files(parameters)).items()},
        "notebook": {"name": shown(parameters.notebook), "sha256": file_digest(parameters.notebook)},
        "code_sha256": code(parameters.pillar),
        "definitions": definitions(parameters, result["verdict"]["target"]),
        "versions": result["versions"],
        "lock_sha256": file_digest(lock) if lock.is_file() else None,
        "files": {p.relative_to(folder).as_posix(): file_digest(p) for glob in _OUT for p in sorted(folder.glob(glob))},
    }


def read(folder: Path) -> dict[str, Any] | None:
    """Return what provenance.json of a folder says; None where there is none, or where it is damaged."""
    told: dict[str, Any] | None = kept.read(folder / NAME, _FORM)
    return told


def definitions(parameters: ParameterSet, target: str) -> dict[str, str]:
    """Return the sha256 of what gives the figures their meaning: the plan's indicator, and the column maps used."""
    found = {f"target {target}": _sha(repr(targets.targets().get(target)))}
    for name, value in parameters.values.items():
        if "map" in name and isinstance(value, str):
            path = _map(value)
            if path is not None:
                found[f"{name} {value}"] = file_digest(path)
    return found


def _map(name: str) -> Path | None:
    own = where_named(name)
    shipped = Path(str(resources.files("analytics"))).rglob(f"maps/{Path(name).name}.yaml")
    return own if own.is_file() else next(iter(sorted(shipped)), None)


@cache
def code(pillar: str) -> str:
    """Return the sha256 of the code and templates that a pillar's figures and pages come from."""
    root = Path(str(resources.files("analytics")))
    others = {name for name in pillars() if name != pillar} | {"cli", "data"}
    files = sorted(p for p in root.rglob("*") if p.suffix in _CODE and p.relative_to(root).parts[0] not in others)
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
