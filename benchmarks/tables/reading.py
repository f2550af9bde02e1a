"""Time, processor time and memory to read and check a declarations file.

Run by hand: python benchmarks/tables/reading.py [LINES]. The peers read the same file without any check, all as text.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

READ = (
    "from analytics import tables; {limit}"
    "rows = tables.read('declarations', {path!r}, mask={mask}).accounting.rows_read"
)
LIMIT = "tables.configure(memory_limit='500MB'); "
PANDAS = "import pandas as pd; rows = len(pd.read_csv({path!r}, dtype=str))"
DUCKDB = (
    "import duckdb; c = duckdb.connect(); c.execute('set enable_progress_bar = false'); "
    "c.execute('create table t as select * from read_csv(?, all_varchar = true)', [{path!r}]); "
    "rows = c.execute('select count(*) from t').fetchall()[0][0]"
)
SCRIPT = """
import pathlib, time
import analytics.tables, duckdb, pandas
wall, cpu = time.perf_counter(), time.process_time()
{code}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(wall, cpu, peak, rows)
"""


def measured(code: str, repeats: int = 3) -> tuple[float, float, float, int]:
    """Median seconds, processor seconds, peak memory in MB, and rows; each time in a process of its own."""
    found = []
    for _ in range(repeats):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(code=code)], capture_output=True, text=True, check=True
        )
        found.append([float(x) for x in ran.stdout.splitlines()[-1].split()])
    wall, cpu, peak, rows = (statistics.median(column) for column in zip(*found, strict=True))
    return wall, cpu, peak, int(rows)


def write(folder: Path, lines: int) -> tuple[Path, Path]:
    """Write simulated declarations as CSV and Parquet; beyond a million lines they are repeated under new numbers."""
    from analytics.tables import simulate

    csv, parquet = folder / "declarations.csv", folder / "declarations.parquet"
    con = duckdb.connect()
    con.register("made", simulate(min(lines, 1_000_000), 7).declarations)
    con.execute(
        "create table t as select * replace (declaration_id || '-' || k as declaration_id) "
        f"from made, range({max(lines // 1_000_000, 1)}) as r(k)"
    )
    con.execute(f"copy t to '{csv}' (header)")
    con.execute(f"copy t to '{parquet}' (format parquet)")
    con.close()
    return csv, parquet


def main(lines: int) -> None:
    """Print a line for every way of reading."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        csv, parquet = map(str, write(Path(folder), lines))
        sizes = ", ".join(f"{Path(p).suffix[1:]} {Path(p).stat().st_size / 1e6:.0f} MB" for p in (csv, parquet))
        print(f"{lines:,} lines ({sizes}) made in {time.perf_counter() - started:.1f} s")
        ways = {
            "tables.read CSV": READ.format(limit="", path=csv, mask=True),
            "tables.read CSV, not masked": READ.format(limit="", path=csv, mask=False),
            "tables.read CSV, limit 500 MB": READ.format(limit=LIMIT, path=csv, mask=True),
            "tables.read Parquet": READ.format(limit="", path=parquet, mask=True),
            "pandas CSV, no checks": PANDAS.format(path=csv),
            "duckdb CSV, no checks": DUCKDB.format(path=csv),
        }
        for name, code in ways.items():
            wall, cpu, peak, rows = measured(code)
            print(f"{name:30s} {wall:7.1f} s {cpu:7.1f} s of processor {peak:7.0f} MB {rows:,} rows", flush=True)


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
