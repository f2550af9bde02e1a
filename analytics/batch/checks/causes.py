"""Why two runs of a set differ: data, parameters, code, definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from analytics.language import Text

Kind = Literal["data", "parameter", "code", "definition"]
WORD: dict[Kind, Text] = {
    "data": Text("data", "数据"),
    "parameter": Text("parameter", "参数"),
    "code": Text("code", "程序"),
    "definition": Text("definition", "口径"),
}


@dataclass(frozen=True)
class Cause:
    """One thing that was not the same in both runs."""

    kind: Kind
    what: Text


def causes(a: dict[str, Any], b: dict[str, Any]) -> list[Cause]:
    """Return all that differs in what two runs were made from.

    Parameters
    ----------
    a, b : what provenance.json says of the earlier and the later run
    """
    return [*_parameters(a, b), *_data(a, b), *_definitions(a, b), *_code(a, b)]


def _parameters(a: dict[str, Any], b: dict[str, Any]) -> list[Cause]:
    before, after = a.get("params", {}), b.get("params", {})
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    found = [_change("parameter", name, before.get(name), after.get(name)) for name in names]
    if a.get("subject") != b.get("subject"):
        found.append(_change("parameter", "notebook", a.get("subject"), b.get("subject")))
    return found


def _change(kind: Kind, name: str, before: Any, after: Any) -> Cause:
    return Cause(kind, Text(f"{name}: {_said(before)} → {_said(after)}", f"{name}：{_said(before)} → {_said(after)}"))


def _said(value: Any) -> str:
    return "—" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _data(a: dict[str, Any], b: dict[str, Any]) -> list[Cause]:
    """Inputs whose content differs; the same rows under another name are no change of the data."""
    before, after = _inputs(a), _inputs(b)
    found = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            what = Text(f"{name}: only in one of the runs", f"{name}：仅见于其中一次运行")
            found.append(Cause("data", what))
        elif old["sha256"] != new["sha256"]:
            rows = (f"{old['rows_read']:,}", f"{new['rows_read']:,}")
            same = rows[0] == rows[1]
            en = f"{name}: other content, {rows[0]} rows" if same else f"{name}: {rows[0]} → {rows[1]} rows"
            zh = f"{name}：内容不同，{old['rows_read']}行"
            zh = zh if same else f"{name}：{old['rows_read']} → {new['rows_read']}行"
            found.append(Cause("data", Text(en, zh)))
    return found


def _inputs(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Inputs by name; several of one name are told apart by their place."""
    found: dict[str, dict[str, Any]] = {}
    for entry in told.get("inputs", []):
        name = str(entry["name"])
        found[name if name not in found else f"{name} ({len(found) + 1})"] = entry
    return found


def _definitions(a: dict[str, Any], b: dict[str, Any]) -> list[Cause]:
    before, after = a.get("definitions", {}), b.get("definitions", {})
    # A map or indicator named by another parameter value is a change of that parameter, told above.
    return [
        Cause("definition", Text(f"{name}: its content changed", f"{name}：内容已变"))
        for name in before
        if name in after and before[name] != after[name]
    ] + _targets(before, after)


def _targets(before: dict[str, str], after: dict[str, str]) -> list[Cause]:
    old, new = (next((n for n in told if n.startswith("target ")), "") for told in (before, after))
    return [_change("definition", "indicator", old[7:], new[7:])] if old != new and old and new else []


def _code(a: dict[str, Any], b: dict[str, Any]) -> list[Cause]:
    found = []
    if a.get("notebook", {}).get("sha256") != b.get("notebook", {}).get("sha256"):
        found.append(Cause("code", Text("the notebook", "笔记本")))
    if a.get("code_sha256") != b.get("code_sha256"):
        found.append(Cause("code", Text("the package", "程序包")))
    before, after = a.get("versions", {}), b.get("versions", {})
    found += [
        _change("code", n, before.get(n), after.get(n)) for n in {**before, **after} if before.get(n) != after.get(n)
    ]
    return found
