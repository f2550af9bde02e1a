"""What reading and checking costs at volume, beside a bare DuckDB on the same file, in one run.

Run by hand on two idle cores: python benchmarks/tables/volume.py [LINES]. A million simulated lines are repeated under
new numbers; each way runs in a process of its own, wall and processor seconds without the imports, peak memory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

SCRIPT = """
import pathlib, time
import analytics.tables, duckdb, pandas
from analytics.tables.engine import connection
connection.duckdb()
wall, cpu = time.perf_counter(), time.process_time()
{code}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 2**20
print(wall, cpu, peak, rows)
"""
READ = "from analytics import tables; rows = tables.read('declarations', {path!r}).accounting.rows_read"
BARE = (
    "c = duckdb.connect(); c.execute('set enable_progress_bar = false'); {threads}"
    "c.execute('create table t as select * from {read}'); rows = c.execute('select count(*) from t').fetchall()[0][0]"
)


def write(folder: Path, lines: int) -> tuple[Path, Path]:
    """Write declarations as CSV and Parquet; every line beyond the first million repeats one under a new number."""
    from analytics.tables import simulate

    csv, parquet = folder / "declarations.csv", folder / "declarations.parquet"
    made = min(lines, 1_000_000)
    con = duckdb.connect()
    con.register("made", simulate(made, 7).declarations)
    query = (
        "select * replace (declaration_id || '-' || k as declaration_id) "
        f"from made, range({max(lines // made, 1)}) as r(k)"
    )
    con.execute(f"copy ({query}) to '{parquet}' (format parquet)")
    con.execute(f"copy (from '{parquet}') to '{csv}' (header)")
    con.close()
    return csv, parquet


def measured(code: str) -> tuple[float, float, float, int]:
    """Wall and processor seconds, peak memory in GB, rows; in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", SCRIPT.format(code=code)], capture_output=True, text=True, check=True)
    wall, cpu, peak, rows = map(float, ran.stdout.splitlines()[-1].split())
    return wall, cpu, peak, int(rows)


def main(lines: int) -> None:
    """Print a line a way, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        csv, parquet = map(str, write(Path(folder), lines))
        sizes = ", ".join(f"{Path(p).suffix[1:]} {Path(p).stat().st_size / 1e6:,.0f} MB" for p in (csv, parquet))
        print(f"{lines:,} lines ({sizes}) made in {time.perf_counter() - started:.0f} s", flush=True)
        text, one = f"read_csv(\\'{csv}\\')", "c.execute('set threads = 1'); "
        ways = {
            "CSV, bare read_csv": BARE.format(threads="", read=text),
            "CSV, bare read_csv, one thread": BARE.format(threads=one, read=text),
            "CSV, read and checked": READ.format(path=csv),
            "Parquet, bare scan into a table": BARE.format(threads="", read=f"read_parquet(\\'{parquet}\\')"),
            "Parquet, read and checked": READ.format(path=parquet),
        }
        found = {}
        for name, code in ways.items():
            found[name] = measured(code)
            wall, cpu, peak, rows = found[name]
            print(f"{name:34s}{wall:7.1f} s{cpu:7.1f} s of processor{peak:6.2f} GB {rows:,} rows", flush=True)
        ours, bare = found["CSV, read and checked"], found["CSV, bare read_csv"]
        wall, cpu = (mine / theirs for mine, theirs in zip(ours[:2], bare[:2], strict=True))
        print(f"CSV against a bare read_csv: {wall:.1f} times the wall, {cpu:.1f} times the processor")


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
