"""Time and memory of simulating and writing partitioned Parquet.

    python benchmarks/simulation/speed.py --lines 1000000 --runs 3 --out /tmp

Each run is a process of its own. Wall time counts the drawing, the writing and the checksums, not the imports.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def once(lines: int, out: str, threads: int) -> None:
    from analytics.simulation import simulate

    folder = tempfile.mkdtemp(dir=out)
    before, start = os.times(), time.perf_counter()
    simulate(lines, seed=1, threads=threads).write(folder)
    wall, after = time.perf_counter() - start, os.times()
    size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
    shutil.rmtree(folder)
    cpu = after.user - before.user + after.system - before.system
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": peak, "written_mb": size / 1e6}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, nargs="+", default=[200_000, 1_000_000, 10_000_000])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--out", default=tempfile.gettempdir())
    options.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.once:
        return once(given.lines[0], given.out, given.threads)
    print("| lines | wall, s | processor, s | peak memory, MB | written, MB | load before |")
    print("|---|---|---|---|---|---|")
    for lines in given.lines:
        load = os.getloadavg()[0]
        command = [sys.executable, __file__, "--once", "--lines", str(lines), "--out", given.out]
        command += ["--threads", str(given.threads)]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(given.runs)]
        middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        print(
            f"| {lines:,} | {middle['wall']:.1f} | {middle['cpu']:.1f} | {middle['peak_mb']:.0f} "
            f"| {middle['written_mb']:.0f} | {load:.1f} |",
            flush=True,
        )
    return None


if __name__ == "__main__":
    main()
