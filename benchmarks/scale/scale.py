"""Time, peak memory and ratio to a bare scan of every row-heavy step, by number of lines.

Run by hand: python benchmarks/scale/scale.py [LINES ...] [--steps STEP ...] [--repeats N] [--keep FOLDER].
By default 1e5 and 1e6 lines and all steps; figures of other volumes and steps measured before stay in the table.
Every figure comes from a process of its own. The bare scan reads the same columns of the same files in the same run.
Writes scale.csv and scale.md beside this script, and docs/scale.png.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
PRICES = ("date", "hs_code", "unit", "origin", "district", "enterprise_id", "quantity", "value", "net_mass_kg", "tax")
READ = "table = tables.read('declarations', source)"
LEVEL = "; from analytics.valuation import Question; from analytics.valuation.level import price_level as level"
PREPARED = "from analytics.valuation.comparison import prepared; p = prepared.prepare(table, Question())"
STEPS: dict[str, tuple[str, str, tuple[str, ...]]] = {  # name: made ready before, timed, columns of the bare scan
    "read and check": ("", READ, ()),
    "alignment, cells, references": (READ + LEVEL, PREPARED, PRICES),
    "cells as the model takes them": (
        READ + LEVEL + "; " + PREPARED,
        "level.compared_cells(p, ('district',), None, None)",
        PRICES,
    ),
    "all price levels": (READ, "from analytics.valuation import national_levels; national_levels(table)", PRICES),
}
SCRIPT = """
import pathlib, sys, time
import duckdb, ibis, pandas, pyarrow, analytics.valuation
from analytics import tables
from analytics.tables.engine import connection as engine
source = sys.argv[1]
{ready}
wall, cpu = time.perf_counter(), time.process_time()
{code}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(wall, cpu, int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024)
"""
SCAN = 'engine.connection().con.execute("SELECT {sums} FROM read_parquet(\'" + source + "/*.parquet\')").fetchall()'


def measured(ready: str, code: str, source: Path, repeats: int) -> tuple[float, float, float]:
    """Median seconds, processor seconds and peak memory in MB."""
    script = SCRIPT.format(ready=ready, code=code)
    runs = []
    for _ in range(repeats):
        done = subprocess.run(
            [sys.executable, "-c", script, str(source)], capture_output=True, text=True, check=False,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        runs.append([float(x) for x in done.stdout.split()[-3:]])
    wall, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
    return wall, cpu, peak


def bare_scan(columns: tuple[str, ...]) -> str:
    """Read columns and do next to nothing with them."""
    return SCAN.format(sums=", ".join(f"max({c})" for c in columns) if columns else "max(COLUMNS(*))")


COLUMNS = ["lines", "step", "seconds", "processor_seconds", "peak_mb", "scan_seconds", "ratio_to_scan", "load"]


def at(lines: int, folder: Path, steps: list[str], repeats: int) -> pd.DataFrame:
    """Steps at one volume; the lines are simulated first where they are not at hand."""
    rows: list[tuple] = []
    scans: dict[tuple[str, ...], float] = {}

    def note(step: str, figures: tuple[float, float, float], scan: float = float("nan")) -> None:
        rows.append((lines, step, *figures, scan, figures[0] / scan, os.getloadavg()[0]))
        print("{:>10,} {:18} {:8.2f} s {:8.2f} cpu-s {:6.0f} MB {:8.2f} s scan".format(*rows[-1][:6]), flush=True)

    if not folder.exists():
        code = f"tables.simulate({lines}, 7).write(pathlib.Path(source))"
        note("simulate and write", measured("", code, folder, 1))
    source = folder / "declarations"
    for step in steps:
        ready, code, columns = STEPS[step]
        if columns not in scans:
            scans[columns] = measured("engine.connection()", bare_scan(columns), source, repeats)[0]
        note(step, measured(ready, code, source, repeats), scans[columns])
    return pd.DataFrame(rows, columns=COLUMNS)


def drawn(frame: pd.DataFrame, path: Path) -> None:
    """How cost grows with the number of lines."""
    from analytics.briefing.look import theme

    fig, axes = theme.subplots(1, 2, width=9.0, height=3.6)
    for axis, column, label in zip(axes, ("seconds", "peak_mb"), ("Seconds", "Peak memory, MB"), strict=True):
        for _, part in frame.groupby("step", sort=False):
            axis.plot(part["lines"], part[column], marker="o", markersize=3, color=theme.GREY)
        ends = frame.groupby("step", sort=False).last()
        # Names where a line ends, moved apart on the log scale.
        for lines, group in ends.groupby("lines"):
            heights = theme.spread(
                list(np.log10(group[column])), 0.05 * np.log10(ends[column].max() / frame[column].min())
            )
            for step, height in zip(group.index, heights, strict=True):
                axis.annotate(str(step), (lines, 10**height), xytext=(6, 0), textcoords="offset points", fontsize=7,
                              va="center")  # fmt: skip
        axis.set(
            xscale="log",
            yscale="log",
            xlabel="Lines",
            ylabel=label,
            xlim=(7e4, 2e9),
            ylim=(None, 4 * max(ends[column])),
        )
    fig.savefig(path, dpi=110)


def main() -> None:
    """Measure, and write table and plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="*", type=float, default=[1e5, 1e6])
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=STEPS)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder of the simulated lines; by default a temporary one")
    given = parser.parse_args()
    parts = [pd.read_csv(HERE / "scale.csv")] if (HERE / "scale.csv").exists() else []
    with tempfile.TemporaryDirectory() as temporary:
        for lines in map(int, given.lines):
            parts.append(at(lines, (given.keep or Path(temporary)) / f"s{lines}", given.steps, given.repeats))  # noqa: PERF401
    frame = pd.concat(parts, ignore_index=True).drop_duplicates(["lines", "step"], keep="last")
    frame["order"] = frame["step"].map({name: i for i, name in enumerate(STEPS)}).fillna(-1)
    frame = frame.sort_values(["lines", "order"], ignore_index=True).drop(columns="order")
    frame.round(3).to_csv(HERE / "scale.csv", index=False)
    heads = ["lines", "step", "seconds", "processor seconds", "peak MB", "x bare scan"]
    shown = frame[["lines", "step", "seconds", "processor_seconds", "peak_mb", "ratio_to_scan"]]
    rows = [
        f"| {n:,} | {step} | {wall:.2f} | {cpu:.2f} | {peak:,.0f} | {'' if pd.isna(ratio) else f'{ratio:.1f}'} |"
        for n, step, wall, cpu, peak, ratio in shown.itertuples(index=False)
    ]
    load = f"load {frame['load'].min():.1f} to {frame['load'].max():.1f}"
    said = f"Measured {dt.date.today()}, {os.cpu_count()} cores, {load}."
    table = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *rows, "", said]
    (HERE / "scale.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    drawn(frame, HERE.parents[1] / "docs" / "scale.png")


if __name__ == "__main__":
    main()
