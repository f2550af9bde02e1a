"""Column maps from YAML: found where the user stands, checked by their schema, data and never code."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analytics import plain_yaml
from analytics.errors import DataError, did_you_mean
from analytics.language import Text
from analytics.root import project_root, where_named
from analytics.tables.contract.contracts import Contract, contract
from analytics.tables.mapping.maps import ColumnMap, Field, RowRule, Unpivot

if TYPE_CHECKING:  # its import takes half a second or more: only where a map is read
    from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[1] / "maps"


@cache
def _schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    return content


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(_schema())
    return Draft202012Validator(_schema())


def shipped() -> list[str]:
    """Names of the maps that come with the package."""
    return sorted(p.stem for p in FOLDER.glob("*.yaml"))


def load(name: str | None, table: str) -> ColumnMap:
    """Read and check a column map.

    Parameters
    ----------
    name : a shipped map's name, or the path of a YAML file (relative to the project's root); None for no map
    table : canonical table that it must be for

    Raises
    ------
    DataError
        No such map, not valid, or meant for another table.
    """
    if not name:
        return ColumnMap()
    path = _path(name)
    try:
        content = plain_yaml.of_file(path, _schema())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name}: not readable as YAML in UTF-8: {error}") from None
    found = _from_yaml(content, path)
    if found.table != table:
        raise DataError(
            f"{path.name}: this map makes {found.table}, but {table} are wanted. "
            f"Maps for {table}: {', '.join(maps_for(table)) or 'none shipped'}."
        )
    return found


def maps_for(table: str) -> list[str]:
    """Names of the shipped maps that make a table."""
    return [known.name for known in every_shipped() if known.table == table]


@cache
def every_shipped() -> tuple[ColumnMap, ...]:
    """Return all shipped maps."""
    paths = [FOLDER / f"{name}.yaml" for name in shipped()]
    return tuple(_from_yaml(plain_yaml.of_file(path, _schema()), path) for path in paths)


def _path(name: str) -> Path:
    if name in shipped():
        return FOLDER / f"{name}.yaml"
    path = where_named(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    raise DataError(
        f'"{name}" is neither a shipped column map nor a YAML file here ({Path.cwd()}) or in the project '
        f"({project_root()}).{did_you_mean(name, shipped())} Shipped maps: {', '.join(shipped())}."
    )


_WORDS = ("date_format", "decimal", "thousands", "encoding", "separator", "sheet", "calendar", "time_zone")


def _from_yaml(content: Any, path: Path) -> ColumnMap:
    _refuse_invalid(content, path)
    table = contract(content["table"])
    unpivot = _unpivot(content.get("unpivot"))
    if unpivot:
        _refuse_uneven(unpivot, path)
    fields = {name: _field(rule) for name, rule in content["columns"].items()}
    _refuse_unknown(list(fields) + (list(unpivot.into) + [unpivot.values] if unpivot else []), table, path)
    _refuse_unknown(content.get("filled", []), table, path)
    return ColumnMap(
        name=path.stem,
        table=table.name,
        title=_text(content.get("title")),
        fields=fields,
        unpivot=unpivot,
        row_rules=tuple(_row_rule(rule) for rule in content.get("leave_out_rows", [])),
        left_out=tuple(content.get("leave_out_columns", [])),
        filled=tuple(content.get("filled", [])),
        missing=_tuple(content.get("missing")),
        negative=_tuple(content.get("negative")),
        strip=_tuple(content.get("strip")),
        accept=_tuple(content.get("accept")),
        **{key: content.get(key) for key in _WORDS},
        cumulative=bool(content.get("cumulative", False)),
        header_row=content.get("header_row"),
        year_ends=content.get("year_ends"),
    )


def _refuse_invalid(content: Any, path: Path) -> None:
    errors = sorted(_validator().iter_errors(content), key=lambda e: list(map(str, e.path)))
    if not errors:
        return
    lines = []
    for error in errors[:5]:
        where = ".".join(map(str, error.path)) or "the file"
        hint = ""
        if error.validator == "additionalProperties" and isinstance(error.schema, dict):
            allowed = list(error.schema.get("properties", {}))
            unknown = [key for key in error.instance if key not in allowed]
            hint = f"{did_you_mean(str(unknown[0]), allowed)} Allowed: {', '.join(allowed)}." if unknown else ""
        lines.append(f"{path.name}, {where}: {error.message}.{hint}")
    raise DataError("\n".join(lines))


def _refuse_unknown(names: list[str], table: Contract, path: Path) -> None:
    for name in names:
        if name not in table.by_name:
            raise DataError(
                f'{path.name}: "{name}" is not a column of {table.name}.{did_you_mean(name, table.names)} '
                f"Columns: {', '.join(table.names)}."
            )


def _refuse_uneven(unpivot: Unpivot, path: Path) -> None:
    for name, labels in unpivot.columns.items():
        if len(labels) != len(unpivot.into):
            raise DataError(
                f'{path.name}: unpivot gives "{name}" {len(labels)} labels, but into names {len(unpivot.into)} columns '
                f"({', '.join(unpivot.into)}). Give one label for each."
            )


def _text(value: Any) -> Text | None:
    return Text(value["en"], value["zh"]) if value else None


def _tuple(value: Any) -> tuple[str, ...]:
    return () if value is None else tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _field(rule: Any) -> Field:
    if isinstance(rule, (str, list)):
        return Field(sources=_tuple(rule))
    constant = rule.get("constant")
    return Field(
        sources=_tuple(rule.get("from")),
        join=tuple(_tuple(part) for part in rule.get("join", ())),
        between=rule.get("between", "-"),
        constant=None if constant is None else str(constant),
        factor=rule.get("factor"),
        codes={str(k): str(v) for k, v in rule.get("codes", {}).items()},
        date_format=rule.get("date_format"),
        decimal=rule.get("decimal"),
    )


def _row_rule(rule: dict[str, Any]) -> RowRule:
    reason = Text(rule["reason"]["en"], rule["reason"]["zh"])
    return RowRule(
        _tuple(rule["column"]), _tuple(rule.get("equals")), rule.get("matches"), bool(rule.get("empty")), reason,
        _tuple(rule.get("not_equals")), bool(rule.get("where_there")),
    )  # fmt: skip


def _unpivot(rule: dict[str, Any] | None) -> Unpivot | None:
    if rule is None:
        return None
    return Unpivot(_tuple(rule["into"]), rule["values"], {k: _tuple(v) for k, v in rule["columns"].items()})
