"""Parameter sets: read, checked against the pillar's schema, and explained.

A parameter is described once, in `params/<pillar>/schema.json` (a JSON Schema that editors understand too). Papermill
only warns of a mistyped name and YAML reads `1e-3` as text: so every set is checked here, before a kernel starts.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from analytics.errors import ParameterError
from analytics.root import project_root

if TYPE_CHECKING:  # jsonschema takes half a second to import: only where a set is checked, not in every kernel
    from jsonschema.exceptions import ValidationError

PILLARS = ("tax_forecast", "valuation", "smuggling", "scorecard")
INJECTED = ("output_dir", "language")


@dataclass(frozen=True)
class ParameterSet:
    """A checked parameter set, defaults filled in."""

    pillar: str
    name: str
    path: Path
    values: dict[str, Any]

    @property
    def notebook(self) -> Path:
        """The notebook that the set runs, as its schema names it."""
        return project_root() / str(schema(self.pillar)["x-notebook"])


def pillars() -> list[str]:
    """Pillars that have a schema in this project, in their usual order."""
    return [p for p in PILLARS if _schema_path(p).exists()]


def _schema_path(pillar: str) -> Path:
    return project_root() / "params" / pillar / "schema.json"


@cache
def _read_schema(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def schema(pillar: str) -> dict[str, Any]:
    """Return the JSON Schema of a pillar's parameters.

    Raises
    ------
    ParameterError
        When there is no such pillar.
    """
    path = _schema_path(pillar)
    if not path.exists():
        near = difflib.get_close_matches(pillar, PILLARS, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise ParameterError(f'"{pillar}" is not a pillar.{hint} Pillars: {", ".join(pillars())}.')
    return _read_schema(path)


def defaults(pillar: str) -> dict[str, Any]:
    """Return the default of every parameter."""
    return {name: rule["default"] for name, rule in schema(pillar)["properties"].items()}


def digest(values: Mapping[str, Any]) -> str:
    """Return the sha256 of a set's values, independent of their order."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check(pillar: str, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check values against the schema and fill in the defaults.

    Parameters
    ----------
    pillar : str
    values : mapping of parameter name to value
    where : str
        The file (or "--set") that the values come from, named in the error.

    Returns
    -------
    dict of every parameter of the schema.

    Raises
    ------
    ParameterError
        Naming every key at fault, the value given, what is allowed, and the nearest name to a mistyped one.
    """
    from jsonschema import Draft202012Validator

    rules = schema(pillar)
    Draft202012Validator.check_schema(rules)
    found = sorted(Draft202012Validator(rules).iter_errors(dict(values)), key=lambda e: list(map(str, e.path)))
    lines = [line for error in found for line in _explain(error, rules)]
    if lines:
        raise ParameterError("\n".join(f"{where}: {line}" for line in lines))
    return {**defaults(pillar), **values}


def load(path: Path, overrides: Mapping[str, Any] | None = None) -> ParameterSet:
    """Read and check one YAML file of `params/<pillar>/` (or of a folder below it).

    Raises
    ------
    ParameterError
        When the file is missing, is not a YAML mapping, lies outside a pillar's folder or holds a bad value.
    """
    shown = _relative(path)
    if not path.exists():
        raise ParameterError(f"{shown}: no such file.")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(f"{shown}: not readable as YAML in UTF-8: {error}") from error
    if not isinstance(values, dict):
        raise ParameterError(f'{shown}: expected lines of "name: value", found {type(values).__name__}.')
    pillar = _pillar_of(path)
    check(pillar, values, shown)
    if overrides:
        values = check(pillar, {**values, **overrides}, f"{shown} with --set")
    return ParameterSet(pillar, _name_of(path, pillar), path, {**defaults(pillar), **values})


def reference(pillar: str) -> str:
    """Return the reference of a pillar's parameters as a Markdown table."""
    rows = ["| parameter | what | unit | allowed | default |", "|---|---|---|---|---|"]
    for name, rule in schema(pillar)["properties"].items():
        what = rule["title"] + (f": {rule['description']}" if rule.get("description") else "")
        cells = (f"`{name}`", what, rule.get("unit", ""), allowed(rule), _shown(rule["default"]))
        rows.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(rows)


def renew_reference(page: str) -> str:
    """Replace the tables between `<!-- parameters: PILLAR -->` and `<!-- end -->` in a Markdown page."""

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}\n{reference(found[2])}\n{found[3]}"

    return re.sub(r"(<!-- parameters: (\w+) -->).*?(<!-- end -->)", table, page, flags=re.DOTALL)


def allowed(rule: Mapping[str, Any]) -> str:
    """Say in words what a schema allows for a parameter."""
    if "enum" in rule:
        return ", ".join("none" if v is None else str(v) for v in rule["enum"])
    words = {
        "null": "none",
        "string": "text",
        "boolean": "true or false",
        "array": "list",
        "object": "mapping",
    }
    types = rule.get("type", "any")
    said = " or ".join(words.get(t, t) for t in ([types] if isinstance(types, str) else types))
    low, high = (
        rule.get("minimum", rule.get("exclusiveMinimum")),
        rule.get("maximum", rule.get("exclusiveMaximum")),
    )
    if low is not None and high is not None:
        return f"{said}, {low} to {high}"
    if low is not None or high is not None:
        return f"{said}, at least {low}" if low is not None else f"{said}, at most {high}"
    if isinstance(rule.get("items"), dict) and rule["items"]:
        return f"{said} of {allowed(rule['items'])}"
    return f"{said} like {rule['examples'][0]}" if rule.get("examples") else said


def _explain(error: ValidationError, rules: Mapping[str, Any]) -> list[str]:
    if error.validator == "additionalProperties" and not error.path:
        values = cast(dict[str, Any], error.instance)
        return [_unknown(name, rules) for name in values if name not in rules["properties"]]
    name = str(error.path[0]) if error.path else ""
    rule = rules["properties"].get(name, {})
    at = "".join(f"[{p}]" for p in list(error.path)[1:])
    given = f"{_shown(error.instance)} ({type(error.instance).__name__})"
    hint = ""
    if isinstance(error.instance, str) and rule.get("type") in ("number", "integer"):
        hint = " YAML reads 1e-3 as text: write 0.001 or 1.0e-3."
    return [
        f'parameter "{name}"{at}: {given} is not allowed. Allowed: {allowed(rule) if rule else error.message}.{hint}'
    ]


def _unknown(name: str, rules: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(str(name), rules["properties"], n=1)
    if near:
        return f'unknown parameter "{name}". Did you mean "{near[0]}"?'
    return f'unknown parameter "{name}". Parameters: {", ".join(rules["properties"])}.'


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _relative(path: Path) -> str:
    absolute = path.resolve()
    return str(absolute.relative_to(project_root())) if absolute.is_relative_to(project_root()) else str(path)


def _pillar_of(path: Path) -> str:
    base = (project_root() / "params").resolve()
    absolute = path.resolve()
    if absolute.is_relative_to(base) and len(absolute.relative_to(base).parts) > 1:
        return absolute.relative_to(base).parts[0]
    # A set outside params/ says by its folder's name which pillar it belongs to.
    for parent in absolute.parents:
        if parent.name in PILLARS:
            return parent.name
    raise ParameterError(
        f"{path}: cannot tell the pillar. Put the file into params/<pillar>/ or a folder named {', '.join(PILLARS)}."
    )


def _name_of(path: Path, pillar: str) -> str:
    parts = path.resolve().with_suffix("").parts
    at = len(parts) - 1 - parts[::-1].index(pillar)
    return "/".join(parts[at + 1 :])
