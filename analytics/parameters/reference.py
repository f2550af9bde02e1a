"""The reference of all parameters, as Markdown tables."""

from __future__ import annotations

import json
import re
from typing import Any

from analytics.parameters.schemas import allowed, schema


def reference(subject: str) -> str:
    """Return the reference of a subject's parameters as a Markdown table."""
    rows = ["| parameter | what | unit | allowed | default |", "|---|---|---|---|---|"]
    for name, rule in schema(subject)["properties"].items():
        what = rule["title"] + (f": {rule['description']}" if rule.get("description") else "")
        cells = (f"`{name}`", what, rule.get("unit", ""), allowed(rule), shown(rule["default"]))
        rows.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(rows)


def renew_reference(page: str) -> str:
    """Replace the tables between `<!-- parameters: SUBJECT -->` and `<!-- end -->` in a Markdown page."""

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}\n{reference(found[2])}\n{found[3]}"

    return re.sub(r"(<!-- parameters: ([\w/]+) -->).*?(<!-- end -->)", table, page, flags=re.DOTALL)


def shown(value: Any) -> str:
    """Write a value as a parameter file would."""
    return "none" if value is None else json.dumps(value, ensure_ascii=False, default=str)
