"""YAML in which text stays text: NO is Norway, 0100 a port, 2024-07-01 a date as it was written.

YAML's own types turn these into False, 64 and a date object. Here every scalar is read as it stands, and becomes a
number, a yes or no, or nothing only where the schema of the file wants one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_NULL = ("", "~", "null", "Null", "NULL", "none", "None", "NONE")
_YES = ("true", "yes", "on", "True", "Yes", "On", "TRUE", "YES", "ON")
_NO = ("false", "no", "off", "False", "No", "Off", "FALSE", "NO", "OFF")
_WHOLE = re.compile(r"[+-]?\d[\d_]*")
_NUMBER = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Quoted(str):
    """A text that stood in quotation marks: never anything else."""

    __slots__ = ()


class _Loader(yaml.SafeLoader):
    """Every scalar as text; merge keys and anchors as usual."""


def _scalar(loader: yaml.Loader, node: yaml.ScalarNode) -> str:
    text = str(loader.construct_scalar(node))
    return Quoted(text) if node.style is not None else text


_Loader.yaml_implicit_resolvers = {}
_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)


def read(text: str) -> Any:
    """Mappings, lists and texts of a YAML document; texts in quotation marks as `Quoted`.

    Raises
    ------
    yaml.YAMLError
        Not a YAML document.
    """
    return yaml.load(text, _Loader)


def of_file(path: Path, schema: Mapping[str, Any]) -> Any:
    """Content of a file as its schema wants it.

    Raises
    ------
    yaml.YAMLError, UnicodeDecodeError
        Not a YAML document, or not in UTF-8.
    """
    return typed(read(path.read_text(encoding="utf-8-sig")), schema)


def typed(value: Any, rule: Mapping[str, Any], rules: Mapping[str, Any] | None = None) -> Any:
    """A value as its schema wants it; what cannot be so stays text, for the schema to refuse.

    Parameters
    ----------
    value : as `read` gives it
    rule : JSON Schema of the value
    rules : the whole schema, for references to its definitions
    """
    whole = rules if rules is not None else rule
    rule = _resolved(rule, whole)
    if isinstance(value, dict):
        named, further = rule.get("properties", {}), rule.get("additionalProperties", {})
        further = further if isinstance(further, Mapping) else {}
        return {str(k): typed(v, named.get(k, further), whole) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v, _items(rule), whole) for v in value]
    return _plain(value, _types(rule, whole)) if isinstance(value, str) else value


def _resolved(rule: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in rule:
        found: Any = whole
        for part in str(rule["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        return _resolved({**found, **{k: v for k, v in rule.items() if k != "$ref"}}, whole)
    for branch in (b for b in rule.get("oneOf", ()) if _resolved(b, whole).get("type") == "object"):
        return {**rule, **_resolved(branch, whole)}
    return rule


def _items(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    items = rule.get("items", {})
    return items if isinstance(items, Mapping) else {}


def _types(rule: Mapping[str, Any], whole: Mapping[str, Any]) -> set[str]:
    if "enum" in rule and "type" not in rule:
        names = {type(None): "null", bool: "boolean", int: "integer", float: "number"}
        return {names.get(type(v), "string") for v in rule["enum"]}
    found: set[str] = set()
    for part in (rule, *(_resolved(b, whole) for b in (*rule.get("oneOf", ()), *rule.get("anyOf", ())))):
        kind = part.get("type", ())
        found |= {kind} if isinstance(kind, str) else set(kind)
    return found


def _plain(text: str, types: set[str]) -> Any:
    """Text as the first of the types that it can be; text where text is wanted and it is not a bare number or null."""
    if isinstance(text, Quoted):
        return str(text)
    if ("null" in types or not types) and text in _NULL:
        return None
    if "boolean" in types and "string" not in types and text in (*_YES, *_NO):
        return text in _YES
    if {"number", "integer"} & types and _WHOLE.fullmatch(text):
        return text if "string" in types and str(int(text)) != text else int(text)
    if "number" in types and "string" not in types and _NUMBER.fullmatch(text):
        return float(text)
    return text
