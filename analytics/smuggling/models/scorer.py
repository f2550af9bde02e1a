"""Approve a saved model once, so that it may score often."""

from __future__ import annotations

import datetime
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from analytics.smuggling.features.frames import InputError

TOLD = (
    "model", "trained_from", "trained_to", "lines", "labelled", "findings", "base_rate", "copies", "fingerprint",
    "columns",
)  # fmt: skip
CARD, APPROVAL = "model.json", "approval.json"


def card(path: str | Path) -> dict[str, Any]:
    """Facts of a saved model that its approval rests on: data, period, counts, fingerprint."""
    facts = json.loads(_read(path, CARD))
    told = (
        "model",
        "trained_from",
        "trained_to",
        "lines",
        "labelled",
        "findings",
        "base_rate",
        "copies",
        "fingerprint",
    )
    return {name: facts[name] for name in told} | {"columns": facts["columns"]}


def approve(path: str | Path, by: str) -> Path:
    """Write into a saved model who approved its card, and of which content.

    Parameters
    ----------
    path : file written by `save`
    by : name or office that answers for it
    """
    if not by.strip():
        raise InputError("approve: say who approves the model.")
    if APPROVAL in zipfile.ZipFile(path).namelist():
        raise InputError(f"{path}: approved already ({json.loads(_read(path, APPROVAL))['by']}). Save the model anew.")
    approval = {"by": by, "on": datetime.date.today().isoformat(), "content": _content(path)}
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(APPROVAL, json.dumps(approval, ensure_ascii=False))
    return Path(path)


def approved(path: str | Path) -> dict[str, str]:
    """Who approved a saved model, and when.

    Raises
    ------
    InputError
        Nobody did, or the file was changed since.
    """
    with zipfile.ZipFile(path) as file:
        if APPROVAL not in file.namelist():
            raise InputError(
                f"{path}: nobody approved this model. Read its card (analytics score {path} --card), then approve it: "
                f'analytics score {path} --approve "name or office".'
            )
    found: dict[str, str] = json.loads(_read(path, APPROVAL))
    if found["content"] != _content(path):
        raise InputError(f"{path}: changed since {found['by']} approved it on {found['on']}. Save and approve it anew.")
    return found


def _read(path: str | Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as file:
            return file.read(name)
    except (zipfile.BadZipFile, KeyError, FileNotFoundError) as broken:
        raise InputError(f"{path}: this is no saved risk model ({broken}). Save one with smuggling.save.") from None


def _content(path: str | Path) -> str:
    """sha256 of all that the model is made of, whatever the zip's own times."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(path) as file:
        for name in sorted(set(file.namelist()) - {APPROVAL}):
            digest.update(name.encode() + file.read(name))
    return digest.hexdigest()
