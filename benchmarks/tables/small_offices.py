"""Small offices: random small panels and short series through the pages of three pillars, without a kernel.

    python benchmarks/tables/small_offices.py 0 60 found.jsonl

Panels have 1 to 2,000 lines, often one district, one code, one month or no outcomes; series have under five years, or
annual receipts alone. Exhibits are composed in both languages and not drawn. What is noted: an exception that is no
message for analysts, a message, or a page with its status; a page that is "met" on next to nothing is noted too.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd

os.environ.setdefault("ANALYTICS_MASK_KEY", "a key for generated files only")
from analytics import briefing
from analytics.briefing.exhibits import faults
from analytics.errors import AnalystError
from analytics.parameters import load

QUICK = {"tax_forecast": {"record_years": 4, "paths": 200}}


def panel(rng: np.random.Generator) -> pd.DataFrame:
    """Declarations of a small office."""
    count = int(10 ** rng.uniform(0, 3.3))
    districts, codes, firms = (int(rng.integers(1, most + 1)) if rng.random() < 0.6 else 1 for most in (4, 12, 30))
    days = int(rng.integers(1, 700)) if rng.random() < 0.7 else 20
    quantity = np.round(rng.lognormal(4, 1, count), 1)
    frame = pd.DataFrame({
        "declaration_id": [f"D{i:06d}" for i in range(count)],
        "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, days, count), "D"),
        "district": [f"{5100 + 100 * d}" for d in rng.integers(0, districts, count)],
        "enterprise_id": [f"E{e}" for e in rng.integers(0, firms, count)],
        "hs_code": [f"{c:08d}" for c in 3038900 + 10 * rng.integers(0, codes, count)],
        "origin": rng.choice(["JP", "DE", "VN"], count) if rng.random() < 0.7 else "JP",
        "unit": "kg", "quantity": quantity, "net_mass_kg": quantity,
        "value": np.round(quantity * 30 * np.exp(rng.normal(0, 0.3, count)), 2) if rng.random() < 0.9 else 100.0,
        "currency": "CNY",
    })  # fmt: skip
    if rng.random() < 0.4:
        frame["inspected"] = rng.random(count) < rng.choice([0.0, 0.05, 0.5, 1.0])
        frame["finding"] = np.where(frame["inspected"], rng.random(count) < 0.2, None)
    return frame.drop(columns=[c for c in ("origin", "enterprise_id") if rng.random() < 0.1])


def series(rng: np.random.Generator) -> pd.DataFrame:
    """Receipts of a short or annual series."""
    if rng.random() < 0.3:
        years = int(rng.integers(1, 15))
        return pd.DataFrame(
            {"ds": [str(y) for y in range(2024 - years, 2024)], "y": np.round(rng.lognormal(6, 0.2, years), 1)}
        )
    months = int(rng.integers(1, 58))
    when = pd.period_range(end="2024-06", periods=months, freq="M").astype(str)
    items = int(rng.integers(1, 4))
    every = [pd.DataFrame({"ds": when, "tax_item": f"item {i}", "y": np.round(rng.lognormal(6, 0.3, months), 1)})
             for i in range(items)]  # fmt: skip
    return pd.concat(every)


def made(pillar: str, path: Path, folder: Path) -> dict[str, Any]:
    """Result of the pillar's notebook on a file."""
    sets = folder / pillar
    sets.mkdir()
    key = "receipts" if pillar == "tax_forecast" else "declarations"
    lines = [f'{key}: "{path}"', 'place: "an office"', 'place_zh: "某关"']
    if pillar == "tax_forecast":
        frame = pd.read_csv(path, dtype=str)
        last = str(frame["ds"].max())
        lines += [f"year: {last[:4]}", f'as_of: "{last if len(last) > 4 else last + "-12"}"']
    lines += ["enterprises: null"] if pillar == "smuggling" else []
    (sets / "mine.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = load(sets / "mine.yaml")
    cells = [c.source for c in nbformat.read(chosen.notebook, 4).cells if c.cell_type == "code"]
    names: dict[str, Any] = {}
    exec(cells[0], names)
    names |= dict(chosen.values) | QUICK.get(pillar, {}) | {"output_dir": str(folder / f"{pillar}_page")}
    for cell in cells[1:]:
        exec(cell, names)
    return json.loads((folder / f"{pillar}_page" / "result.json").read_text(encoding="utf-8"))


def composed(*parts: Any) -> None:
    """Instead of drawing: every exhibit held against the rules of the house."""
    for part in (p for p in parts if p is not None):
        if found := faults(part):
            raise AssertionError(f"an exhibit breaks the rules of the house: {found[:2]}")


def judged(pillar: str, path: Path, folder: Path) -> tuple[str, str]:
    """What became of a file on a pillar's page."""
    try:
        verdict = made(pillar, path, folder)["verdict"]
    except AnalystError as error:
        return "message", f"{type(error).__name__}: {error}"[:300]
    except Exception:  # what is looked for: whatever is no message for analysts, noted whole
        return "exception", traceback.format_exc()[-900:]
    return verdict["status"], verdict["text"]["en"]


def main(first: int, last: int, out: Path) -> None:
    """Of three numbers two are panels and one is a series: each goes through the pages that take it."""
    briefing.show = composed  # type: ignore[assignment]
    done = {json.loads(line)["number"] for line in out.open()} if out.exists() else set()
    seen: collections.Counter[str] = collections.Counter()
    started = time.process_time()
    with out.open("a", encoding="utf-8") as log, tempfile.TemporaryDirectory() as scratch:
        for number in (n for n in range(first, last) if n not in done):
            rng = np.random.default_rng([15, number])
            short = number % 3 == 2
            folder = Path(scratch) / str(number)
            folder.mkdir()
            frame = series(rng) if short else panel(rng)
            frame.to_csv(folder / "mine.csv", index=False)
            for pillar in ("tax_forecast",) if short else ("valuation", "smuggling"):
                status, said = judged(pillar, folder / "mine.csv", folder)
                seen[f"{pillar} {status}"] += 1
                entry = {"number": number, "rows": len(frame), "pillar": pillar, "status": status, "said": said}
                log.write(json.dumps(entry, ensure_ascii=False) + "\n")
                log.flush()
            if time.process_time() - started > float(os.environ.get("SECONDS_AT_MOST", "1e9")):
                break
    print(dict(seen))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
