"""What a project's notebooks take: their schemas, found in `params/`, and what these allow.

A subject is what has a schema: a pillar ("valuation", its first notebook) or a further notebook of it
("valuation/dossier", described in params/valuation/dossier.schema.json).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analytics.errors import ParameterError
from analytics.language import Text
from analytics.root import shipped_root

_LAST = 1_000  # place of a pillar whose schema gives none
_WORDS = {"null": "none", "string": "text", "boolean": "true or false", "array": "list", "object": "mapping"}


def pillars() -> list[str]:
    """Pillars of this project: every folder of params/ that holds a schema.json, in the order the schemas give."""
    found = [path.parent.name for path in (shipped_root() / "params").glob("*/schema.json")]
    return sorted(found, key=lambda pillar: (schema(pillar).get("x-order", _LAST), pillar))


def subjects() -> list[str]:
    """Everything that parameter sets can run: each pillar, followed by its further notebooks."""
    return [subject for pillar in pillars() for subject in (pillar, *_further(pillar))]


def _further(pillar: str) -> list[str]:
    found = sorted((shipped_root() / "params" / pillar).glob("*.schema.json"))
    return [f"{pillar}/{path.name.removesuffix('.schema.json')}" for path in found]


def pillar_of(subject: str) -> str:
    """Return the pillar of a subject: "valuation" of "valuation/dossier"."""
    return subject.partition("/")[0]


def pillar_name(pillar: str) -> Text:
    """Return a pillar's name for readers, from its schema's `x-name`; its own name where no schema gives one."""
    path = _schema_path(pillar)
    name = _read_schema(path).get("x-name") if path.exists() else None
    return Text(**name) if name else Text(pillar, pillar)


def _schema_path(subject: str) -> Path:
    pillar, _, notebook = subject.partition("/")
    return shipped_root() / "params" / pillar / (f"{notebook}.schema.json" if notebook else "schema.json")


@cache
def _read_schema(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def schema(subject: str) -> dict[str, Any]:
    """Return the JSON Schema of a subject's parameters.

    Parameters
    ----------
    subject : str
        A pillar ("valuation"), or a further notebook of it ("valuation/dossier").

    Raises
    ------
    ParameterError
        When there is no such pillar or notebook.
    """
    path = _schema_path(subject)
    if path.exists():
        return _read_schema(path)
    pillar, _, notebook = subject.partition("/")
    if pillar in pillars():
        known = [further.partition("/")[2] for further in _further(pillar)]
        raise ParameterError(f'"{notebook}" is not a notebook of {pillar}.{_hint(notebook, known)} {_listed(known)}')
    raise ParameterError(
        f'"{pillar}" is not a pillar.{_hint(pillar, pillars())} Pillars: {", ".join(pillars()) or "none"}.'
    )


def _hint(given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def _listed(known: list[str]) -> str:
    return f"Notebooks to name: {', '.join(known)}." if known else "It has one notebook: leave the key out."


def defaults(subject: str) -> dict[str, Any]:
    """Return the default of every parameter."""
    return {name: rule["default"] for name, rule in schema(subject)["properties"].items()}


def allowed(rule: Mapping[str, Any]) -> str:
    """Say in words what a schema allows for a parameter."""
    if "enum" in rule:
        return ", ".join("none" if v is None else str(v) for v in rule["enum"])
    types = rule.get("type", "any")
    said = " or ".join(_WORDS.get(t, t) for t in ([types] if isinstance(types, str) else types))
    low = rule.get("minimum", rule.get("exclusiveMinimum"))
    high = rule.get("maximum", rule.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{said}, {low} to {high}"
    if low is not None or high is not None:
        return f"{said}, at least {low}" if low is not None else f"{said}, at most {high}"
    if isinstance(rule.get("items"), dict) and rule["items"]:
        return f"{said} of {allowed(rule['items'])}"
    return f"{said} like {rule['examples'][0]}" if rule.get("examples") else said
