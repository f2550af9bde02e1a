"""The same figures from `analytics run`, JupyterLab and plain papermill, whatever the number of jobs and threads.

    python benchmarks/house/every_way.py FOLDER [--lines N] [--way N ...] [SET ...]

Runs sets (by default one of each of the first three pillars) in each way and compares result.json and all tables to the
byte. JupyterLab is `jupyter execute`: all cells of a copy of the notebook in which the set's values stand as an analyst
would type them. `--lines` shortens simulated sources; `--way` takes some of the ways only (0 to 4), to be compared with
what FOLDER holds of the first: a long comparison can be made in parts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from analytics.batch import find_sets
from analytics.parameters import ParameterSet

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SETS = ["tax_forecast/china_2025_june", "valuation/simulated_districts", "smuggling/simulated"]
THREADS = {n: {"OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n} for n in ("1", "4")}
WAYS = {
    "run, 1 job": ("run", THREADS["1"], 1),
    "run, 2 jobs, 4 threads of linear algebra": ("run", THREADS["4"], 2),
    "jupyter execute": ("jupyter", {}, 1),
    "papermill, 1 thread": ("papermill", THREADS["1"], 1),
    "papermill, 4 threads": ("papermill", THREADS["4"], 1),
}


def project(folder: Path, lines: int | None) -> Path:
    """A copy of notebooks and sets, simulated sources shortened."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path in (folder / "params").rglob("*.yaml") if lines else ():
        path.write_text(re.sub(r"simulated:lines=\d+", f"simulated:lines={lines}", path.read_text("utf-8")), "utf-8")
    return folder


def by_hand(found: ParameterSet, place: Path) -> Path:
    """The notebook with the set's values in its cell of parameters, and a folder of its own."""
    notebook = nbformat.read(found.notebook, 4)
    [cell] = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    given = {**dict(found.values), "output_dir": str(place)}
    cell.source += "\n" + "\n".join(f"{key} = {value!r}" for key, value in given.items())
    path = Path(found.notebook).with_name(f"by_hand_{found.name}.ipynb")  # in the project: its key masks the names
    nbformat.write(notebook, path)
    return path


def commands(sets: list[ParameterSet], way: str, folder: Path, jobs: int) -> Iterator[list[object]]:
    """Commands that run the sets in one way; each leaves its files in FOLDER/en/PILLAR/NAME."""
    if way == "run":
        yield [BIN / "analytics", "run", *(s.path for s in sets), "--jobs", jobs, "--force", "--out", folder]
        return
    for found in sets:
        place = folder / "en" / found.pillar / found.name
        place.mkdir(parents=True, exist_ok=True)
        if way == "papermill":
            given = [x for key, value in dict(found.values).items() for x in ("-y", json.dumps({key: value}))]
            yield [BIN / "papermill", found.notebook, place / "run.ipynb", "-k", "python3", *given,
                   "-p", "output_dir", place]  # fmt: skip
        else:
            yield [BIN / "jupyter", "execute", by_hand(found, place), "--kernel_name=python3"]


def written(place: Path) -> dict[str, str]:
    """Checksums of what a run has written."""
    files = [place / "result.json", *sorted((place / "tables").glob("*.csv"))]
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.exists()}


def main() -> None:
    """Print for each set and way what differs from the first way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--lines", type=int)
    parser.add_argument("--way", type=int, nargs="*", default=list(range(len(WAYS))))
    given = parser.parse_args()
    os.chdir(project(given.folder.resolve() / "project", given.lines))
    sets = find_sets([f"params/{name}.yaml" for name in given.sets or SETS])
    ways = list(WAYS.items())
    for number in given.way:
        name, (way, env, jobs) = ways[number]
        folder = Path.cwd().parent / str(number)
        for command in commands(sets, way, folder, jobs):
            own = {**os.environ, **env, "JUPYTER_PREFER_ENV_PATH": "1"}
            done = subprocess.run([str(c) for c in command], env=own, capture_output=True, text=True)
            if done.returncode:
                print(f"{name}: {command}\n{(done.stdout + done.stderr)[-2000:]}", flush=True)
        for found in sets:
            key = f"{found.pillar}/{found.name}"
            seen = written(folder / "en" / key)
            base = written(Path.cwd().parent / "0" / "en" / key)
            other = [f for f in sorted(base.keys() | seen.keys()) if base.get(f) != seen.get(f)]
            told = other or (f"equal ({len(seen)} files)" if seen else "no files: the run failed")
            print(f"{key}: {name}: {told}", flush=True)


if __name__ == "__main__":
    main()
