"""What a new month costs when the months before it are kept: seconds of a month, of all anew, and of one reading.

    python benchmarks/scale/months.py [LINES] [MONTHS]

LINES declaration lines in MONTHS files of a month each (Parquet). Printed are processor seconds: all months read and
kept, the last month alone on the state of the others, all at once without a state; and how far the levels are apart.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics import tables, valuation

_PART = 1_000_000


def written(folder: Path, lines: int, months: int) -> list[Path]:
    """A file a month: simulated lines, their dates spread evenly over the months wanted."""
    first = pd.Period("2023-01", "M")
    files = [folder / f"{first + at}.parquet" for at in range(months)]
    each = lines // months
    for at, path in enumerate(files):
        parts = []
        for part in range(0, each, _PART):
            made = tables.as_pandas(tables.simulate(min(_PART, each - part), 100 * at + part // _PART).declarations)
            made = made.drop_duplicates(["declaration_id", "line_no"], keep="last")
            day = made["date"].dt.day.clip(upper=28) - 1
            start = (first + at).to_timestamp()
            made["date"] = (start + pd.to_timedelta(day, unit="D")).astype(made["date"].dtype)
            parts.append(made.assign(declaration_id=f"{at}-{part}-" + made["declaration_id"].astype(str)))
        pd.concat(parts).to_parquet(path, index=False)
    return files


def timed(what: str, run: Callable[[], Any]) -> tuple[float, Any]:
    """Run, and print processor and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{what}: {cpu:.1f} s of processor, {wall:.1f} s of wall", flush=True)
    return cpu, result


def apart(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Largest relative difference of levels and counts."""
    a, b = (f.sort_values(["by", "key"]).select_dtypes("number").to_numpy(float) for f in (one, other))
    return float(np.nanmax(np.abs(a - b) / np.maximum(np.abs(a), 1e-12))) if a.shape == b.shape else float("inf")


def main() -> None:
    """Print the table."""
    lines = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    months = int(sys.argv[2]) if len(sys.argv) > 2 else 25
    os.environ.setdefault("ANALYTICS_MASK_KEY", "a key for measuring only")
    root = Path(tempfile.mkdtemp(prefix="months-"))
    try:
        files = written(root, lines, months)
        print(f"{lines:,} lines, {months} months, {sum(f.stat().st_size for f in files) / 2**20:.0f} MB", flush=True)
        full, every = timed("all months, nothing kept", lambda: valuation.levels_by_month(files, root / "all"))
        shutil.copytree(root / "all", root / "before")
        for path in (root / "before").glob(f"{files[-1].stem}.*"):
            path.unlink()
        last, new = timed("last month, the others kept", lambda: valuation.levels_by_month(files, root / "before"))
        print(f"share: {last / full:.3f}; levels apart by {apart(every.levels, new.levels):.1e}")
        source = " + ".join(map(str, files))
        at_once, _ = timed(
            "read and judged at once", lambda: valuation.national_levels(tables.read("declarations", source))
        )
        print(f"share: {last / at_once:.3f}")
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
