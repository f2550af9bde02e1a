"""Time to read and check a declarations file, and the memory it takes. Run by hand: python benchmarks/tables/reading.py [LINES].

Peers read the same file without any check: pandas (C parser, all text) and DuckDB alone (all text).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__)
WAYS = {
    "tables.read CSV": "from analytics import tables; t = tables.read('declarations', {csv!r}); rows = t.accounting.rows_read",
    "tables.read CSV, not masked": "from analytics import tables; t = tables.read('declarations', {csv!r}, mask=False); rows = t.accounting.rows_read",
    "tables.read CSV, 500 MB": "from analytics import tables; tables.configure(memory_limit='500MB'); t = tables.read('declarations', {csv!r}); rows = t.accounting.rows_read",
    "tables.read Parquet": "from analytics import tables; t = tables.read('declarations', {parquet!r}); rows = t.accounting.rows_read",
    "pandas CSV, no checks": "import pandas as pd; rows = len(pd.read_csv({csv!r}, dtype=str))",
    "duckdb CSV, no checks": "import duckdb; c = duckdb.connect(); c.execute('create table t as from read_csv({csv!r}, all_varchar=true)'.replace(chr(39)+chr(39), chr(39))); rows = c.execute('select count(*) from t').fetchone()[0]",
}


def run(code: str) -> tuple[float, float, float, int]:
    """Seconds, processor seconds, peak memory in MB and rows of a piece of code in a process of its own (imports not counted)."""
    script = (
        "import analytics.tables, pandas, duckdb, resource, time; t0 = time.perf_counter(); c = resource.getrusage(resource.RUSAGE_SELF); c0 = c.ru_utime + c.ru_stime\n"
        f"{code}\n"
        "cpu = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(time.perf_counter() - t0, cpu.ru_utime + cpu.ru_stime - c0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows)"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), float(out[1]), float(out[2]), int(out[3])


def main(lines: int, repeats: int = 3) -> None:
    from analytics.tables.simulation import simulate

    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = Path(folder) / "declarations.csv", Path(folder) / "declarations.parquet"
        t0 = time.perf_counter()
        made = simulate(min(lines, 1_000_000), 7).declarations
        print(f"simulated {len(made):,} lines in {time.perf_counter() - t0:.1f} s")
        import duckdb

        con = duckdb.connect()
        con.register("made", made)
        times = max(lines // 1_000_000, 1)
        con.execute(
            f"create table t as select * replace (declaration_id || '-' || k as declaration_id) "
            f"from made, range({times}) as r(k)"
        )
        con.execute(f"copy t to '{csv}' (header)")
        con.execute(f"copy t to '{parquet}' (format parquet)")
        con.close()
        print(f"CSV {csv.stat().st_size / 1e6:.0f} MB, Parquet {parquet.stat().st_size / 1e6:.0f} MB")
        for name, code in WAYS.items():
            found = sorted(run(code.format(csv=str(csv), parquet=str(parquet))) for _ in range(repeats))
            seconds, cpu, memory, rows = found[len(found) // 2]
            print(f"{name:32s} {seconds:7.2f} s  {cpu:7.2f} s of processor  {memory:7.0f} MB  {rows:,} rows", flush=True)


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
