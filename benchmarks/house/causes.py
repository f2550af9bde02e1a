"""Planted changes of data, parameters, code and definitions: does `analytics diff` name the right cause, and it alone?

    python benchmarks/house/causes.py [CHANGES] [SEED]

A small project reads a table of its own with a column map of its own; every change is made to its files, the set is run
in the same process that checks it (no kernel), and the two records are compared.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics.batch.checks import provenance
from analytics.batch.checks.causes import causes

SCHEMA = {
    "type": "object",
    "title": "Lines",
    "additionalProperties": False,
    "x-notebook": "notebooks/valuation/n.ipynb",
    "properties": {
        "declarations": {"title": "Source", "type": "string", "default": "a.csv"},
        "column_map": {"title": "Map", "type": ["string", "null"], "default": "maps/m.yaml"},
        "rate": {"title": "Rate", "type": "number", "default": 0.04},
        "by": {"title": "By", "type": "array", "default": ["district"]},
        "place": {"title": "Place", "type": "string", "default": "here"},
    },
}


class Project:
    """The files of a set, and the record of what it was made from."""

    def __init__(self, root: Path, rng: random.Random) -> None:
        self.root, self.rng = root, rng
        for folder in ("params/valuation", "notebooks/valuation", "maps", "out"):
            (root / folder).mkdir(parents=True)
        (root / "pyproject.toml").touch()
        (root / "params/valuation/schema.json").write_text(json.dumps(SCHEMA))
        self.values: dict[str, Any] = {}
        self.rows = [[f"d{i}", rng.randint(1, 9), rng.randint(10, 999)] for i in range(40)]
        self.map = {"table": "declarations", "columns": {"declaration_id": "id", "value": "v"}}
        self.notebook, self.target = "cells", "price_level"
        self.versions = {"python": "3.11", "numpy": "2.4.6", "duckdb": "2.0.0"}

    def record(self) -> dict[str, Any]:
        """Write all files and return what provenance.json would say."""
        from analytics.batch.sets import find_sets

        text = "\n".join(",".join(map(str, row)) for row in self.rows)
        (self.root / "a.csv").write_text(text)
        (self.root / "b.csv").write_text(text)
        (self.root / "maps/m.yaml").write_text(json.dumps(self.map))
        (self.root / "notebooks/valuation/n.ipynb").write_text(self.notebook)
        path = self.root / "params/valuation/s.yaml"
        path.write_text(json.dumps(self.values))
        [found] = find_sets([str(path)])
        source = found.values["declarations"]
        digest = provenance.file_digest(self.root / source)
        entry = {"name": "declarations", "source": source, "sha256": digest}
        result = {
            "inputs": [{**entry, "rows_read": len(self.rows), "rows_used": len(self.rows)}],
            "verdict": {"target": self.target},
            "versions": self.versions,
        }
        (self.root / "out/result.json").write_text(json.dumps(result))
        return provenance.collect(self.root / "out", found, "en")


def plant(p: Project) -> str:
    """Make one change and return its kind."""
    rng = p.rng

    def value() -> str:
        p.rows[rng.randrange(len(p.rows))][2] += rng.randint(1, 9)
        return "data"

    def row() -> str:
        p.rows.append([f"n{rng.random()}", 1, 5])
        return "data"

    def gone() -> str:
        p.rows.pop(rng.randrange(len(p.rows)))
        return "data"

    def rate() -> str:
        p.values["rate"] = round(rng.uniform(0.05, 0.5), 4)
        return "parameter"

    def words() -> str:
        p.values[rng.choice(["place"])] = f"there {rng.random()}"
        return "parameter"

    def listed() -> str:
        p.values["by"] = [*p.values.get("by", ["district"]), f"c{rng.randint(1, 10**6)}"]
        return "parameter"

    def cells() -> str:
        p.notebook += "\nmore"
        return "code"

    def library() -> str:
        p.versions = {**p.versions, rng.choice(["numpy", "duckdb"]): f"9.{rng.randint(0, 10**6)}"}
        return "code"

    def column() -> str:
        p.map = {**p.map, "columns": {**p.map["columns"], "value": f"v{rng.randint(1, 10**6)}"}}  # type: ignore[dict-item]
        return "definition"

    def indicator() -> str:
        p.target = "hit_rate" if p.target == "price_level" else "price_level"
        return "definition"

    changes: list[Callable[[], str]] = [value, row, gone, rate, words, listed, cells, library, column, indicator]
    return rng.choice(changes)()


def main() -> None:
    """Print how many changes were named with their cause and no other."""
    count, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    right: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        os.chdir(root)
        p = Project(root, random.Random(seed))
        before = p.record()
        for _ in range(count):
            kind = plant(p)
            after = p.record()
            planted[kind] += 1
            right[kind] += [c.kind for c in causes(before, after)] == [kind]
            before = after
    print(f"{sum(right.values())} of {count} named with the right cause and no other: {dict(right)} of {dict(planted)}")


if __name__ == "__main__":
    main()
