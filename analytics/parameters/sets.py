"""One parameter set: a YAML file, checked before a kernel starts.

Papermill only warns of a mistyped name and YAML reads `1e-3` as text.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from analytics import plain_yaml
from analytics.errors import ParameterError
from analytics.parameters import beside, outside
from analytics.parameters.reference import shown
from analytics.parameters.schemas import allowed, defaults, pillar_of, pillars, schema
from analytics.root import project_root, shipped_root

if TYPE_CHECKING:  # jsonschema takes half a second to import: only where a set is checked, not in every kernel
    from jsonschema.exceptions import ValidationError

_NOTEBOOK = "notebook"  # the key by which a set names a further notebook of its pillar


@dataclass(frozen=True)
class ParameterSet:
    """A checked parameter set, defaults filled in.

    Parameters
    ----------
    subject : str
        What it runs: a pillar, or "pillar/notebook" for a further notebook of it.
    name : str
        Name of the file below the pillar's folder, without its ending.
    path : Path
    values : dict
        Every parameter of the schema.
    disclosure : str
        Rule of a page that is to leave the house, such as "3,0.85"; empty for use inside it.
    """

    subject: str
    name: str
    path: Path
    values: dict[str, Any]
    disclosure: str = ""

    @property
    def pillar(self) -> str:
        """The pillar that the set belongs to."""
        return pillar_of(self.subject)

    @property
    def notebook(self) -> Path:
        """The notebook that the set runs, as its schema names it."""
        return shipped_root() / str(schema(self.subject)["x-notebook"])


def digest(values: Mapping[str, Any]) -> str:
    """Return the sha256 of a set's values, independent of their order."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check(subject: str, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check values against the schema and fill in the defaults.

    Parameters
    ----------
    subject : str
        A pillar, or "pillar/notebook".
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

    rules = schema(subject)
    Draft202012Validator.check_schema(rules)
    found = sorted(Draft202012Validator(rules).iter_errors(dict(values)), key=lambda e: list(map(str, e.path)))
    lines = [line for error in found for line in _explain(error, rules)]
    if lines:
        raise ParameterError("\n".join(f"{where}: {line}" for line in lines))
    return {**defaults(subject), **values}


def load(path: Path, overrides: Mapping[str, Any] | None = None) -> ParameterSet:
    """Read and check one YAML file of `params/<pillar>/` (or of a folder below it).

    The key `notebook` names a further notebook of the pillar; without it the set runs the pillar's first one.

    Raises
    ------
    ParameterError
        When the file is missing, is not a YAML mapping, lies outside a pillar's folder or holds a bad value.
    """
    place = _relative(path)
    if not path.exists():
        raise ParameterError(f"{place}: no such file.")
    try:
        values = plain_yaml.read(path.read_text(encoding="utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(f"{place}: not readable as YAML in UTF-8: {error}") from error
    if not isinstance(values, dict):
        raise ParameterError(f'{place}: expected lines of "name: value", found {type(values).__name__}.')
    pillar = _pillar_of(path)
    subject = _subject(pillar, values, place)
    common = outside.taken(values, place)
    values = plain_yaml.typed(values, schema(subject))
    check(subject, values, place)
    if overrides:
        given = dict(overrides)
        common |= outside.taken(given, f"{place} with --set")
        given = plain_yaml.typed(given, schema(subject))
        values = check(subject, {**values, **given}, f"{place} with --set")
    complete = beside.paths(_with_defaults(subject, values, place), set(values), path, place)
    return ParameterSet(subject, _name_of(path, pillar), path, complete, outside.rule(common))


def _with_defaults(subject: str, values: dict[str, Any], place: str) -> dict[str, Any]:
    """Values with the defaults of the rest; own data are never joined to simulated ones.

    Raises
    ------
    ParameterError
        A table that is simulated by default is needed beside own data.
    """
    usual = defaults(subject)
    drawn = {k for k, v in usual.items() if isinstance(v, str) and v.startswith(("simulated:", "published:"))}
    own = [k for k in drawn & set(values) if values[k] and values[k] != usual[k] and "simulated:" not in str(values[k])]
    if not own:
        return {**usual, **values}
    rest = {k: v for k, v in usual.items() if k not in values}
    for name in [k for k in rest if k in drawn and str(rest[k]).startswith("simulated:")]:
        if "null" not in schema(subject)["properties"][name].get("type", ()):
            raise ParameterError(
                f'{place}: parameter "{name}" is needed beside own {own[0]}: by default it is simulated, and simulated '
                "data are not joined to real ones."
            )
        rest[name] = None
    return {**rest, **values}


def _subject(pillar: str, values: dict[str, Any], place: str) -> str:
    """Take the set's notebook out of its values, unless the pillar has a parameter of that name."""
    if _NOTEBOOK not in values or _NOTEBOOK in schema(pillar)["properties"]:
        return pillar
    subject = f"{pillar}/{values.pop(_NOTEBOOK)}"
    try:
        schema(subject)
    except ParameterError as error:
        raise ParameterError(f"{place}: {error}") from error
    return subject


def _explain(error: ValidationError, rules: Mapping[str, Any]) -> list[str]:
    if error.validator == "additionalProperties" and not error.path:
        values = cast(dict[str, Any], error.instance)
        return [_unknown(name, rules) for name in values if name not in rules["properties"]]
    name = str(error.path[0]) if error.path else ""
    rule = rules["properties"].get(name, {})
    at = "".join(f"[{p}]" for p in list(error.path)[1:])
    given = f"{shown(error.instance)} ({type(error.instance).__name__})"
    hint = ""
    if isinstance(error.instance, str) and rule.get("type") in ("number", "integer"):
        hint = " Write a number: 0.001 or 1e-3."
    return [
        f'parameter "{name}"{at}: {given} is not allowed. Allowed: {allowed(rule) if rule else error.message}.{hint}'
    ]


def _unknown(name: str, rules: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(str(name), rules["properties"], n=1)
    if near:
        return f'unknown parameter "{name}". Did you mean "{near[0]}"?'
    return f'unknown parameter "{name}". Parameters: {", ".join(rules["properties"])}.'


def _relative(path: Path) -> str:
    absolute = path.resolve()
    return str(absolute.relative_to(project_root())) if absolute.is_relative_to(project_root()) else str(path)


def _pillar_of(path: Path) -> str:
    base = (shipped_root() / "params").resolve()
    absolute = path.resolve()
    if absolute.is_relative_to(base) and len(absolute.relative_to(base).parts) > 1:
        return absolute.relative_to(base).parts[0]
    # A set outside params/ says by its folder's name which pillar it belongs to.
    for parent in absolute.parents:
        if parent.name in pillars():
            return parent.name
    raise ParameterError(
        f"{path}: cannot tell the pillar. Put the file into params/<pillar>/ or a folder named {', '.join(pillars())}."
    )


def _name_of(path: Path, pillar: str) -> str:
    parts = path.resolve().with_suffix("").parts
    at = len(parts) - 1 - parts[::-1].index(pillar)
    return "/".join(parts[at + 1 :])
