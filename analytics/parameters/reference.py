"""The reference of all parameters, as Markdown tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analytics.parameters.outside import COMMON
from analytics.parameters.schemas import allowed, schema, subjects

_OPENING = """# Parameters

Written by `make reference` from the schemas beside the parameter sets: `params/<pillar>/schema.json`, and
`params/<pillar>/<notebook>.schema.json` for further notebooks. A set is checked against them before anything starts.
"""


def reference(subject: str) -> str:
    """Return the reference of a subject's parameters as a Markdown table."""
    return _table(schema(subject)["properties"])


def _table(properties: Mapping[str, Any]) -> str:
    rows = ["| parameter | what | unit | allowed | default |", "|---|---|---|---|---|"]
    for name, rule in properties.items():
        what = rule["title"] + (f": {rule['description']}" if rule.get("description") else "")
        cells = (f"`{name}`", what, rule.get("unit", ""), allowed(rule), shown(rule["default"]))
        rows.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(rows)


def reference_page() -> str:
    """Return the reference of everything that parameter sets can run, as a Markdown page."""
    common = f"## Every set\n\n{_table(COMMON)}\n"
    sections = [f"## {_heading(subject)}\n\n{reference(subject)}\n" for subject in subjects()]
    return "\n".join([_OPENING, common, *sections])


def _heading(subject: str) -> str:
    pillar, _, notebook = subject.partition("/")
    key = f", with `notebook: {notebook}`" if notebook else ""
    return f"{schema(subject)['title']} (params/{pillar}/{key})"


def shown(value: Any) -> str:
    """Write a value as a parameter file would."""
    return "none" if value is None else json.dumps(value, ensure_ascii=False, default=str)
